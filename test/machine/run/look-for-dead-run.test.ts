import { expect, it } from 'vitest';
import { handler } from '../../../functions/look-for-dead-run.ts';
import { lockHolder, takeLock } from '../../../lib/run/lock.ts';
import { answerWorld } from './doors.ts';

/** A service whose lock is held by a run that Step Functions says this of. */
async function lookedAt(status: string) {
  const { sandbox, state, table } = await answerWorld();
  process.env.RECONNECT_UNDO_STATE_MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:undo';
  const [service] = sandbox.account.apprunner.services;
  const arn = service?.ServiceArn ?? '';
  await takeLock(table, arn, { run: 'r1', requestedBy: 'sam', since: 'now' });
  state.status = status;
  const { because } = await handler({ service: service?.ServiceName }, { awsRequestId: '1' } as never);
  return { because, holder: (await lockHolder(table, arn))?.run };
}

it('frees the lock that a run which ended well has left behind', async () => {
  const { because, holder } = await lookedAt('SUCCEEDED');
  expect(because).toMatch(/run r1 had ended and left its lock behind/);
  expect(holder).toBeUndefined();
});

it('leaves the lock to a run that goes on', async () => {
  const { because, holder } = await lookedAt('RUNNING');
  expect(because).toMatch(/^no dead run/);
  expect(holder).toBe('r1');
});
