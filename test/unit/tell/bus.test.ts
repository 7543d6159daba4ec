import { expect, it } from 'vitest';
import { putFinished } from '../../../lib/tell/bus.ts';

const finished: Parameters<typeof putFinished>[2] = {
  kind: 'finished',
  run: 'r1',
  service: 'shop',
  verdict: 'recovered',
  summary: 'well',
  nextSteps: [],
};
const busThat = (answer: object) => ({ send: async () => answer }) as never;

it('is not told when an entry of it failed, although the call went well', async () => {
  const failed = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'later' }] };
  await expect(putFinished(busThat(failed), 'default', finished)).rejects.toThrow(
    'events:PutEvents: InternalFailure: later',
  );
  await putFinished(busThat({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }), 'default', finished);
});
