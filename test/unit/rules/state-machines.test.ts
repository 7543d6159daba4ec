import { readdirSync, readFileSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../lib/domain/profile.ts';
import { collectStates, type MachineFile, machineFiles, type NamedState } from './asl.ts';

const HOUSE_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const SELF_EVIDENT = ['Choice'];
/** Functions that change something outside the table. */
const CHANGES = [
  'UseDefaultEgress',
  'UseVpcEgress',
  'SetEnvironment',
  'Redeploy',
  'RepairRoute',
  'OpenSecurityGroup',
  'AddGatewayEndpoint',
  'AddInterfaceEndpoints',
  'AddNatGateway',
];

const isLambda = ({ state }: NamedState) =>
  state.Type === 'Task' && !String(state.Resource).includes(':states:startExecution');
const isToken = ({ state }: NamedState) => String(state.Resource).endsWith('.waitForTaskToken');
const named = (states: readonly NamedState[]) => states.map(({ name }) => name);

describe.each(machineFiles())('$file', ({ definition, text }: MachineFile) => {
  const states = collectStates(definition);
  const tasks = states.filter(({ state }) => state.Type === 'Task');

  it('is valid, with paths and ARNs checked', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: true });
    expect(isValid, errorsText('\n')).toBe(true);
  });

  it('has a comment on the machine and on every state that is not self-evident', () => {
    expect(definition.Comment).toBeTruthy();
    const silent = states.filter(({ state }) => !state.Comment && !SELF_EVIDENT.includes(state.Type));
    expect(named(silent)).toEqual([]);
  });

  it('names states uniquely, in short phrases, and choices as questions', () => {
    expect(new Set(named(states)).size).toBe(states.length);
    expect(named(states.filter(({ name }) => name.length > 40 || !/^[A-Z][A-Za-z' ]+\??$/.test(name)))).toEqual([]);
    expect(named(states.filter(({ name, state }) => name.endsWith('?') !== (state.Type === 'Choice')))).toEqual([]);
  });

  it('gives every machine and task a time limit', () => {
    expect(definition.TimeoutSeconds).toBeGreaterThan(0);
    const unlimited = tasks.filter(
      ({ state }) => state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined,
    );
    expect(named(unlimited)).toEqual([]);
  });

  it('puts the house retrier first on every Lambda task, and a patient one for RetryLater', () => {
    const wrong = tasks.filter(isLambda).filter(({ state }) => {
      const [house, later] = state.Retry ?? [];
      const { ErrorEquals, ...pace } = house ?? {};
      const expected = {
        IntervalSeconds: 1,
        MaxAttempts: 5,
        BackoffRate: 2,
        MaxDelaySeconds: 20,
        JitterStrategy: 'FULL',
      };
      return (
        JSON.stringify(ErrorEquals) !== JSON.stringify(HOUSE_ERRORS) ||
        JSON.stringify(pace) !== JSON.stringify(expected) ||
        JSON.stringify(later?.ErrorEquals) !== '["RetryLater"]'
      );
    });
    expect(named(wrong)).toEqual([]);
  });

  it('never retries what it does not know: States.ALL is in no retrier', () => {
    const greedy = states.filter(({ state }) =>
      state.Retry?.some(({ ErrorEquals }) => ErrorEquals.some((name) => name.startsWith('States.'))),
    );
    expect(named(greedy)).toEqual([]);
  });

  it('keeps States.ALL alone and last', () => {
    const wrong = states.filter(({ state }) =>
      (state.Catch ?? []).some(
        ({ ErrorEquals }, at, all) =>
          ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || at < all.length - 1),
      ),
    );
    expect(named(wrong)).toEqual([]);
  });

  it('gives every choice a default', () => {
    expect(named(states.filter(({ state }) => state.Type === 'Choice' && !state.Default))).toEqual([]);
  });

  it('catches the time-out of every question to a person', () => {
    const open = tasks
      .filter(isToken)
      .filter(({ state }) => !state.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout')));
    expect(named(open)).toEqual([]);
  });

  it('hands announcements over without waiting for them, and goes on whatever becomes of that', () => {
    const telling = tasks.filter(({ state }) => state.Resource === 'arn:aws:states:::lambda:invoke');
    const wrong = telling.filter(
      ({ state }) =>
        state.Parameters?.InvocationType !== 'Event' ||
        state.ResultPath !== null ||
        JSON.stringify(state.Catch) !==
          JSON.stringify([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: state.Next }]),
    );
    expect(named(wrong)).toEqual([]);
  });

  it('leads from every task that changes something to the undo', () => {
    const changing = tasks.filter(({ state }) => CHANGES.some((name) => state.Resource === `\${${name}}`));
    const lost = changing.filter(
      ({ state }) =>
        !state.Catch?.some(({ ErrorEquals, Next }) => ErrorEquals.includes('States.ALL') && Next === 'Undo changes'),
    );
    expect(named(lost)).toEqual([]);
  });

  it('polls by wait, look and choice: every loop goes through a Wait', () => {
    expect(loopsWithoutWait(states)).toEqual([]);
  });

  it('speaks JSONPath, and asks for nothing of the context that a branch would falsify', () => {
    expect(text).not.toMatch(
      /QueryLanguage|"Assign"|\$states|SecondsPath"(?<!TimeoutSecondsPath")|TimestampPath|\$\$\.State\./,
    );
    expect(text).not.toMatch(/\$\$\.Execution\.(Input|StartTime)/);
  });

  it('holds no literal account id, ARN of a resource, or secret', () => {
    const literals = text.match(/\d{12}|arn:aws:(?!states:::)[^"]+|AKIA\w+|xox[bp]-\w+/g);
    expect(literals).toBeNull();
  });

  it('names only functions that exist, and only as placeholders', () => {
    const functions = readdirSync(new URL('../../../functions/', import.meta.url)).map((file) =>
      file.replace('.ts', ''),
    );
    const used = [...text.matchAll(/\$\{(\w+)\}/g)]
      .map(([, name = '']) => name)
      .filter((name) => !name.endsWith('StateMachine'));
    const unknown = used.filter((name) => !functions.includes(name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase()));
    expect(unknown).toEqual([]);
    expect(used.length).toBeGreaterThan(0);
  });
});

/** Walks from every state along its edges, Wait states left out: coming back means a loop that never pauses. */
function loopsWithoutWait(states: readonly NamedState[]): string[] {
  const edges = new Map(states.filter(({ state }) => state.Type !== 'Wait').map(({ name, next }) => [name, next]));
  const returns = (start: string) => {
    const open = [...(edges.get(start) ?? [])];
    const seen = new Set<string>();
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === start) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(...(edges.get(name) ?? []));
    }
    return false;
  };
  return [...edges.keys()].filter(returns);
}

it('there are machines to check', () => {
  expect(machineFiles().map(({ file }) => file)).toContain('reconnect.asl.json');
  expect(readFileSync(new URL('../../../statemachines/reconnect.asl.json', import.meta.url), 'utf8')).toContain(
    'Use default egress',
  );
});

it('sweeps without changing anything or knocking at a door', () => {
  const sweep = machineFiles().find(({ file }) => file === 'sweep.asl.json');
  for (const name of [...CHANGES, 'RunProbes', 'AskProviders']) expect(sweep?.text).not.toContain(`\${${name}}`);
  expect(sweep?.text).toContain('SweepService');
});

it('gives the run more time than all its patience together', () => {
  const run = machineFiles().find(({ file }) => file === 'reconnect.asl.json')?.definition;
  // The longest answers a profile allows in each of three rounds, an operation in each, then waiting until idle, the way
  // back, and room for the rest.
  const minutes = 3 * (1440 + 120 + 60) + 30 + 60 + 240;
  expect(run?.TimeoutSeconds).toBeGreaterThan(minutes * 60);
  expect(Profile.safeParse({ ...LONGEST, approval: { timeoutMinutes: 1441 } }).success).toBe(false);
  expect(Profile.safeParse({ ...LONGEST, delivery: { ask: 'here?', timeoutMinutes: 121 } }).success).toBe(false);
  expect(Profile.safeParse(LONGEST).success).toBe(true);
});

const LONGEST = {
  service: 'some-service',
  dependencies: [],
  approval: { timeoutMinutes: 1440 },
  delivery: { ask: 'here?', timeoutMinutes: 120 },
};
