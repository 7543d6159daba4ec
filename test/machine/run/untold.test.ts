import { expect, it } from 'vitest';
import { handler as compareSweep } from '../../../functions/compare-sweep.ts';
import { handler as janitor } from '../../../functions/janitor.ts';
import { readLastSweep } from '../../../lib/sweep/records.ts';
import { answerWorld } from './doors.ts';

const CONTEXT = { awsRequestId: '1', functionName: 'f' } as never;
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:reconnect';

/** A deployment whose announcements are taken, or refused; and what was announced. */
async function deployment(status: number) {
  const world = await answerWorld();
  const announced: string[] = [];
  const take = async ({ body }: { body: Buffer }) => {
    announced.push(body.toString());
    return { status, body: '{}' };
  };
  world.sandbox.mountRest('/2015-03-31/functions/', take, { service: 'lambda' });
  process.env.RECONNECT_TELL_FUNCTION = 'reconnect-tell-people';
  process.env.RECONNECT_UNDO_STATE_MACHINE_ARN = MACHINE.replace(/reconnect$/, 'undo');
  world.state.status = 'ABORTED';
  return { ...world, announced };
}

const failed = { Error: 'Odd', Cause: JSON.stringify({ errorMessage: 'password=hunter2' }) };
const swept = { sweep: 's1', at: '2026-01-01T12:00:00Z', looks: [{ service: 'shop', failed }] };

it('remembers nothing of a sweep that nobody could be told of', async () => {
  const { table } = await deployment(403);
  await expect(compareSweep(swept, CONTEXT)).rejects.toThrow();
  expect(await readLastSweep(table, 'shop')).toEqual([]);
});

it('tells why a service could not be looked at, and nothing secret', async () => {
  const { announced } = await deployment(202);
  await compareSweep(swept, CONTEXT);
  expect(announced).toHaveLength(1);
  expect(announced[0]).toContain('could not look');
  expect(announced[0]).not.toContain('hunter2');
});

it('is called again for a death that nobody could be told of', async () => {
  await deployment(403);
  const event = { detail: { stateMachineArn: MACHINE, name: 'r1' } };
  await expect(janitor(event, CONTEXT)).rejects.toThrow();
});
