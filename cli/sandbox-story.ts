import { ACTIONS } from '../lib/slack/delivery-modal.ts';
import type { Sandbox } from '../sandbox/index.ts';
import type { Product } from '../sandbox/product.ts';

/** What leads the AWS CLI, the SDKs and this command into the sandbox and nowhere else. */
export function environmentLines({ env, accountId }: Sandbox, product: Product): string[] {
  const settings = {
    ...env,
    AWS_PROFILE: '',
    RECONNECT_TABLE: process.env.RECONNECT_TABLE ?? '',
    RECONNECT_STATE_MACHINE_ARN: product.stateMachineArn,
    RECONNECT_UNDO_STATE_MACHINE_ARN: product.undoStateMachineArn,
    RECONNECT_DIAGNOSE_STATE_MACHINE_ARN: product.diagnoseStateMachineArn,
  };
  return [
    `# account ${accountId}`,
    ...Object.entries(settings).map(([name, value]) =>
      value === '' ? `unset ${name}` : `export ${name}=${quoted(value)}`,
    ),
  ];
}

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/**
 * A whole repair through Slack's payloads, by hand. The sandbox writes the bodies that Slack would send; they are signed
 * here, at the sandbox's own time, because it runs ahead of the wall clock.
 */
export function storyLines({ slack, apiUrl }: Sandbox, given: { service: string; door: string }): string[] {
  const { service, door } = given;
  const { requester, approver } = slack.people;
  const body = (path: string) => `"$(curl -s ${quoted(`${slack.url}/sandbox/${path}`)})"`;
  return [
    '# The HTTP API, and Slack: this signs a body as Slack does and sends it',
    `API=${quoted(apiUrl)}  SLACK=${quoted(slack.url)}`,
    'slack() {',
    '  ts=$(curl -s "$SLACK/sandbox/now")',
    `  sig=v0=$(printf 'v0:%s:%s' "$ts" "$2" | openssl dgst -sha256 -hmac ${quoted(slack.signingSecret)} | sed 's/^.* //')`,
    '  curl -s -w \' (%{http_code})\\n\' "$API/slack/$1" -H "x-slack-request-timestamp: $ts" -H "x-slack-signature: $sig" --data-raw "$2"',
    '}',
    '',
    `# The story of ${service}, whose users come to ${door}`,
    '# After each step, look at what Slack shows:',
    `curl -s ${quoted(`${slack.url}/sandbox/messages`)}`,
    '',
    `# 1. ${requester.name} asks for a repair`,
    `slack commands ${body(`command?user=${requester.id}&text=${encodeURIComponent(`repair ${service}`)}`)}`,
    `# 2. ${requester.name} may not approve it; ${approver.name} may, once the plan is there`,
    `slack interactivity ${body(`click?user=${approver.id}&action=${ACTIONS.approve}`)}`,
    '# 3. The repair takes a while; then a person is asked whether the SMS came. It is printed here when it does: fill in its code',
    `slack interactivity ${body(`click?user=${approver.id}&action=${ACTIONS.arrived}`)}`,
    `slack interactivity ${body('submit?arrived=yes&code=000000')}`,
  ];
}
