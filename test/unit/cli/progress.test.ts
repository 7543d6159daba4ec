import { stripVTControlCharacters } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { Progress } from '../../../cli/progress.ts';
import { planOfTwoStages, twoRounds } from '../report/rounds.ts';

type Told = Omit<HistoryEvent, 'timestamp' | 'id'>;

const exit = (name: string, document: object = {}, previousEventId = 0): Told => ({
  type: 'TaskStateExited',
  previousEventId,
  stateExitedEventDetails: { name, output: JSON.stringify(document) },
});
const enter = (name: string, document: object = {}, type: HistoryEvent['type'] = 'TaskStateEntered'): Told => ({
  type,
  stateEnteredEventDetails: { name, input: JSON.stringify(document) },
});

function told(...events: Told[]): string[] {
  const lines: string[] = [];
  const progress = new Progress((line) => lines.push(stripVTControlCharacters(line).replace(/^ *(\d+:\d\d)? */, '')));
  events.forEach((event, index) => {
    progress.tell({ ...event, id: index + 1, timestamp: new Date(index * 1000) } as HistoryEvent);
  });
  return lines;
}

it('ticks off nothing that has failed', () => {
  const failed: Told = { type: 'TaskFailed', taskFailedEventDetails: { error: 'UndoFailed', cause: 'no' } as never };
  expect(told(failed, exit('Undo changes', {}, 1))).toEqual(['✘ UndoFailed: no', '✘ Undo changes']);
});

it('tells a failure once, not again as that of the whole run', () => {
  const failure = { error: 'LockHeld', cause: 'shop is taken' } as never;
  const failed: Told = { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failure };
  const ended: Told = { type: 'ExecutionFailed', executionFailedEventDetails: failure };
  expect(told(failed, ended)).toEqual(['✘ LockHeld: shop is taken']);
});

it('ticks off what failed once and was done in the end', () => {
  const failed: Told = { type: 'TaskFailed', taskFailedEventDetails: { error: 'Throttled', cause: '' } as never };
  const done = told(failed, { type: 'TaskSucceeded', previousEventId: 1 }, exit('Release lock', {}, 2));
  expect(done.at(-1)).toBe('✔ Release lock');
});

it('says that nobody answered, or that it has not arrived', () => {
  const silent: Told = { type: 'TaskTimedOut', taskTimedOutEventDetails: { error: 'States.Timeout' } as never };
  expect(told(silent, exit('Confirm delivery', {}, 1))).toEqual(['? Confirm delivery: nobody answered in time']);
  const denied = { proof: { delivery: { status: 'denied' } } };
  expect(told(exit('Confirm delivery', denied))).toEqual(['✘ Confirm delivery', 'it has not arrived']);
  const failed = { proof: { probes: { state: 'failed', results: [] } } };
  expect(told(exit('Probe again', failed))).toEqual(['✘ Probe again']);
});

it('says what it waits for when something long begins, once', () => {
  const patience = { approval: 1800, delivery: 600 };
  expect(told(enter('Request approval', { patience }))[0]).toMatch(
    /approve the plan, at most 30 min; silence means no/,
  );
  expect(told(enter('Confirm delivery', { patience, profile: { delivery: { ask: 'Is it here?' } } }))).toEqual([
    '… asks a person, at most 10 min: Is it here?',
  ]);
  expect(told(enter('Diagnose'))[0]).toMatch(/every side is looked at/);
  const step = { step: { state: 'going', because: 'nat-1 is being made' } };
  const wait = enter('Let it come up', {}, 'WaitStateEntered');
  const look = [enter('Add NAT gateway'), exit('Add NAT gateway', step)];
  expect(told(...look, wait, ...look, wait)).toEqual([
    '✔ Add NAT gateway',
    'nat-1 is being made',
    '… the gateway comes up; this takes some minutes',
  ]);
  expect(told(enter('Let it settle', {}, 'WaitStateEntered'))[0]).toMatch(/settle/);
});

it('shows what to mind, what it costs, and that nobody is asked again', () => {
  const first = told(exit('Plan remedies', { plan: planOfTwoStages })).join('\n');
  expect(first).toMatch(/! mind: its names resolve to private addresses/);
  expect(first).toContain('costs a month: 0 USD now, 7.30 USD if every step is needed');
  expect(first).not.toContain('nobody is asked');
  expect(told(exit('Plan again', { plan: twoRounds.plan })).join('\n')).toContain('approved before, nobody is asked');
});

it('shows what another diagnosis found', () => {
  const because = 'no route leads there';
  const causes = [{ cause: 'no-route', subject: 's3', because, supportedBy: [], contradictedBy: [] }];
  const diagnosis = { probes: [], causes, gaps: [] };
  expect(told(exit('Diagnose again', { diagnosis })).join()).toContain('no-route (s3): no route leads there');
});
