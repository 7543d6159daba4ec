import { describe, expect, it } from 'vitest';
import { SandboxClock } from '../../../sandbox/clock.ts';
import { createStepFunctions } from '../../../sandbox/stepfunctions/index.ts';
import { ACCOUNT, functionArn, oneTask, REGION, waitForToken } from './account.ts';

function load(definition: unknown, substitutions: Record<string, string> = {}) {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  return createStepFunctions({
    clock: new SandboxClock({ speed: 1 }),
    region: REGION,
    accountId: ACCOUNT,
    stateMachines: [{ name: 'machine', definition: text, substitutions }],
    invokeLambda: async () => null,
    queueLambda: () => {},
  });
}

const pass = (state: object) => ({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true, ...state } } });

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation that replaces it
const PLACEHOLDER = '${Work}';

describe('a definition', () => {
  it('may name anything in its parameters', () => {
    expect(() => load(pass({ Parameters: { LogPath: '/var/log', Variable: 'x' } }))).not.toThrow();
  });

  it('has its placeholders replaced', async () => {
    const text = JSON.stringify(oneTask({ Resource: PLACEHOLDER }));
    const machine = await load(text, { Work: functionArn('work') }).handle('DescribeStateMachine', {
      stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:machine`,
    });
    expect(JSON.parse((machine as { definition: string }).definition)).toEqual(oneTask());
    expect(() => load(text)).toThrow(`state machine machine: no substitution for ${PLACEHOLDER}`);
  });

  it.each([
    ['a transition to nowhere', pass({ End: undefined, Next: 'Nowhere' }), 'not valid'],
    ['JSONata', { ...pass({}), QueryLanguage: 'JSONata' }, 'only JSONPath'],
    ['variables', pass({ Assign: { a: 1 } }), 'Assign is not supported'],
    ['a path to many values', pass({ Parameters: { 'x.$': '$.list[*].id' } }), 'only paths to one value'],
    ['the length of an array as a path', pass({ Parameters: { 'x.$': '$.list.length' } }), 'States.ArrayLength'],
    ['an unknown intrinsic', pass({ Parameters: { 'x.$': 'States.MathRandom(1, 2)' } }), 'not an intrinsic'],
    ['an unknown integration', oneTask({ Resource: 'arn:aws:states:::sqs:sendMessage' }), 'no integration'],
    ['a heartbeat without a token', oneTask({ HeartbeatSeconds: 5 }), 'heartbeats'],
    [
      'a heartbeat as long as the time-out',
      oneTask({ ...waitForToken, HeartbeatSeconds: 5, TimeoutSeconds: 5 }),
      'smaller',
    ],
    ['States.ALL in company', oneTask({ Retry: [{ ErrorEquals: ['States.ALL', 'Other'] }] }), 'stand alone'],
    ['catching what cannot be caught', oneTask({ Retry: [{ ErrorEquals: ['States.Runtime'] }] }), 'neither be retried'],
    ['a result path into an array', pass({ ResultPath: '$.list[0]' }), 'fields only'],
    [
      'a state name used twice',
      { StartAt: 'Both', States: { Both: { Type: 'Parallel', End: true, Branches: [pass({}), pass({})] } } },
      'Pass',
    ],
  ])('is refused for %s', (_, definition, message) => {
    expect(() => load(definition)).toThrow(message);
  });
});
