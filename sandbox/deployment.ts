import { existsSync } from 'node:fs';
import type { Rule } from './eventbridge/bus.ts';
import type { Route } from './http-api/api.ts';
import { SLACK_CHANNEL } from './slack/slack.ts';

/*
 * What serverless.yml deploys besides functions, as the sandbox needs it: keep the two equal.
 */

const hasFile = (name: string) => existsSync(new URL(`../statemachines/${name}.asl.json`, import.meta.url));

export const MACHINES: readonly string[] = ['reconnect', 'diagnose', 'undo', 'sweep'].filter(hasFile);

export const ROUTES: readonly Route[] = [
  { key: 'POST /slack/commands', functionName: 'slack-door' },
  { key: 'POST /slack/interactivity', functionName: 'slack-door' },
  { key: 'POST /runs', functionName: 'start-run', authorization: 'AWS_IAM' },
  { key: 'GET /runs/{id}', functionName: 'get-run', authorization: 'AWS_IAM' },
];

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

const machineArn = ({ region, accountId }: Place, name: string) =>
  `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
const functionName = (name: string) => `reconnect-${name}`;

const RETRY = { attempts: 24, maxAgeSeconds: 3600 };

export const rules = (place: Place): readonly Rule[] => [
  {
    name: 'deployments',
    pattern: {
      source: ['aws.apprunner'],
      'detail-type': ['AppRunner Service Operation Status Change'],
      resources: [{ prefix: `arn:aws:apprunner:${place.region}:${place.accountId}:service/` }],
    },
    target: functionName('start-on-event'),
    retry: RETRY,
  },
  {
    name: 'dead-runs',
    pattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: ['reconnect', 'undo'].map((name) => machineArn(place, name)),
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    },
    target: functionName('janitor'),
    retry: RETRY,
  },
];

/** The settings of every function: lib/settings.ts reads them. */
export const settings = (place: Place, given: { slack: boolean }): Record<string, string> => ({
  RECONNECT_TABLE: 'reconnect',
  RECONNECT_TOPIC_ARN: `arn:aws:sns:${place.region}:${place.accountId}:reconnect-notifications`,
  RECONNECT_TELL_FUNCTION: functionName('tell-people'),
  RECONNECT_STATE_MACHINE_ARN: machineArn(place, 'reconnect'),
  RECONNECT_UNDO_STATE_MACHINE_ARN: machineArn(place, 'undo'),
  RECONNECT_DIAGNOSE_STATE_MACHINE_ARN: machineArn(place, 'diagnose'),
  RECONNECT_EVENT_BUS: 'default',
  RECONNECT_SLACK_CHANNEL: given.slack ? SLACK_CHANNEL : '',
  RECONNECT_SLACK_PARAMETERS: '/reconnect/slack',
  RECONNECT_SLACK_WORKER_FUNCTION: functionName('slack-worker'),
  RECONNECT_ANSWER_APPROVAL_FUNCTION: functionName('answer-approval'),
  RECONNECT_ANSWER_DELIVERY_FUNCTION: functionName('answer-delivery'),
  RECONNECT_REPORT_URL: '',
});
