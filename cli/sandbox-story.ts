import { type Delivery, Profile } from '../lib/domain/profile.ts';
import { patienceOf } from '../lib/run/approval.ts';
import { ACTIONS } from '../lib/slack/delivery-modal.ts';
import { parse } from '../lib/step.ts';
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
export function storyLines(sandbox: Sandbox, given: { service: string; door: string; speed: number }): string[] {
  const { slack, apiUrl, account } = sandbox;
  const { service, door, speed } = given;
  const { requester, approver } = slack.people;
  const by = (route: string, path: string, more = '') => `by_hand ${route} ${quoted(path)}${more}`;
  const click = (action: string) => by('interactivity', `click?user=${approver.id}&action=${action}`);
  const profile = parse(Profile, JSON.parse(account.ssm.parameters[`/reconnect/services/${service}`]?.Value ?? ''));
  const patience = patienceOf(profile);
  const within = (seconds: number) =>
    `within ${seconds / 60} minutes, which are ${Math.floor(seconds / speed)} seconds at this speed`;
  return [
    '# The HTTP API, and Slack: this signs a body as Slack does and sends it',
    `API=${quoted(apiUrl)}  SLACK=${quoted(slack.url)}`,
    'slack() {',
    '  ts=$(curl -s "$SLACK/sandbox/now")',
    `  sig=v0=$(printf 'v0:%s:%s' "$ts" "$2" | openssl dgst -sha256 -hmac ${quoted(slack.signingSecret)} | sed 's/^.* //')`,
    '  curl -s -w \' (%{http_code})\\n\' "$API/slack/$1" -H "x-slack-request-timestamp: $ts" -H "x-slack-signature: $sig" --data-raw "$2"',
    '}',
    '# And this asks for the body that Slack would send when somebody does something',
    'by_hand() {',
    '  body=$(curl -sf "$SLACK/sandbox/$2") || { echo "not there yet: look, then again" >&2; return 1; }',
    '  slack "$1" "$body"',
    '}',
    '',
    `# The story of ${service}, whose users come to ${door}`,
    '# After each step, look at what Slack shows:',
    `curl -s ${quoted(`${slack.url}/sandbox/messages`)}`,
    '',
    `# 1. ${requester.name} asks for a repair`,
    by('commands', `command?user=${requester.id}&text=${encodeURIComponent(`repair ${service}`)}`),
    `# 2. ${requester.name} may not approve it; ${approver.name} may, once the plan is there, ${within(patience.approval)}`,
    click(ACTIONS.approve),
    ...arrival(profile.delivery, within(patience.delivery), click, by),
  ];
}

/** The last step, where the profile asks a person. The code cannot be sent as it is printed: a wrong one ends the run. */
function arrival(
  delivery: Delivery | undefined,
  within: string,
  click: (action: string) => string,
  by: (route: string, path: string, more?: string) => string,
): string[] {
  if (!delivery) return [];
  const takesCode = delivery.verify !== undefined;
  return [
    `# 3. The repair takes a while; then a person is asked, ${within}: ${delivery.ask}`,
    click(ACTIONS.arrived),
    ...(takesCode
      ? [
          '# The SMS is printed here when it comes: put its code behind the =',
          'CODE=',
          by('interactivity', 'submit?arrived=yes&code=', `"\${CODE:?put the code of the SMS into it first}"`),
        ]
      : [by('interactivity', 'submit?arrived=yes')]),
  ];
}
