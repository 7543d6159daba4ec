import { expect, it } from 'vitest';
import { startRun } from '../../../lib/run/start.ts';

const starter = {
  client: {
    send: async () => ({ executionArn: 'arn:aws:states:us-east-1:123456789012:execution:reconnect:r1' }),
  } as never,
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:reconnect',
};
it('counts bytes, and takes as many as Step Functions does', async () => {
  const room = Buffer.byteLength(JSON.stringify({ reason: '' }));
  const reason = (bytes: number) => 'ä'.repeat(Math.floor((bytes - room) / 2)) + 'a'.repeat((bytes - room) % 2);
  expect(await startRun(starter, { reason: reason(262_144) })).toMatchObject({ run: 'r1' });
  await expect(startRun(starter, { reason: reason(262_145) })).rejects.toThrow(/^reason: too large/);
});
