import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { watchRun, watchStarted } from '../../../cli/watch-run.ts';
import type { RunView } from '../../../lib/domain/run-view.ts';
import { typed } from '../../end-to-end/terminal.ts';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:reconnect:by-hand';
const failing = (name: string, code?: string) =>
  Object.assign(new Error(`${name} happened`), { name, ...(code && { code }) });
const refused = failing('Error', 'ECONNREFUSED');
const denied = failing('AccessDeniedException');

/** Answers each call in turn; the last answer is given ever after. */
function inTurn(...answers: unknown[]) {
  const calls = { count: 0 };
  const send = async () => {
    const answer = answers[Math.min(calls.count, answers.length - 1)];
    calls.count += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { send, calls };
}

const over = { status: 'SUCCEEDED', events: [] };
const shown = (view: Partial<RunView>) =>
  ({
    Payload: Buffer.from(JSON.stringify({ run: 'by-hand', executionArn: ARN, ...view })),
  }) as never as InvokeCommandOutput;
const stuck = shown({ status: 'failed', failure: { error: 'States.Runtime', because: 'it broke' } });

const watched = (states: { send: unknown }, lambda: { send: unknown }, json?: true) =>
  typed((io) =>
    watchStarted(
      { states, lambda } as never,
      { executionArn: ARN, isNew: true },
      { region: 'eu-west-1', ...(json && { json }) },
      io,
      1,
    ),
  );

describe('a run that was started', () => {
  it.each([
    ['the network is gone', inTurn(over), inTurn(refused), 'AWS was not reached (ECONNREFUSED)'],
    ['the history may not be read', inTurn(denied), inTurn(stuck), 'these credentials may not do that'],
    ['the credentials are over', inTurn(failing('ExpiredTokenException')), inTurn(stuck), 'AWS credentials'],
    ['something else happens', inTurn(failing('Odd')), inTurn(stuck), 'Odd happened'],
  ])('is never told as not begun: when %s it ends with 1 and says how to go on', async (_, states, lambda, why) => {
    const { code, err } = await watched(states, lambda);
    expect(code).toBe(1);
    expect(err).toContain('run by-hand was started and goes on; watching it broke off: ');
    expect(err).toContain(why);
    expect(err).toContain('→ reconnect watch by-hand --region eu-west-1');
    expect(err).not.toMatch(/^error:/m);
  });

  it('is named before anything else, on the other stream where only the report is wanted', async () => {
    const named = '\n  run by-hand; it goes on when you stop watching\n\n';
    expect(await watched(inTurn(denied), inTurn(stuck))).toMatchObject({ out: named });
    const { out, err } = await watched(inTurn(denied), inTurn(stuck), true);
    expect([out, err.startsWith(named)]).toEqual(['', true]);
  });

  it('is still refused with 2 when its own machine says that the request was wrong', async () => {
    const wrong = shown({
      status: 'failed',
      failure: { error: 'ProfileNotFound', because: 'service: has no profile' },
    });
    await expect(watched(inTurn(over), inTurn(wrong))).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});

describe('while it watches', () => {
  it('asks again a few times when the network or AWS fails for a moment', async () => {
    const states = inTurn(refused, failing('ThrottlingException'), over);
    const lambda = inTurn(failing('TimeoutError'), failing('RetryLater'), stuck);
    const { code, err } = await watched(states, lambda);
    expect([code, err.includes('it broke')]).toEqual([1, true]);
    expect(err).not.toContain('broke off');
  });

  it('gives up after four tries, and at once where trying again is no use', async () => {
    const [gone, forbidden] = [inTurn(refused), inTurn(denied)];
    await watched(gone, inTurn(stuck));
    await watched(forbidden, inTurn(stuck));
    expect([gone.calls.count, forbidden.calls.count]).toEqual([4, 1]);
  });

  it('says of a run that it only watches that it goes on unless it has ended', async () => {
    const clients = { states: inTurn(denied), lambda: inTurn(stuck) } as never;
    const { code, err } = await typed((io) => watchRun(clients, ARN, {}, io, 1));
    expect([code, err]).toEqual([1, expect.stringContaining('run by-hand goes on, unless it has ended; watching')]);
  });
});
