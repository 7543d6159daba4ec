import { RetryLater } from '../../domain/errors.ts';
import { type Entry, type Ledger, markTried, type NewEntry } from '../../run/ledger.ts';
import { change, type Made, type Making } from './change.ts';

const SHOWS_WITHIN_MINUTES = 3;

/**
 * Whether EC2 may still answer as if what was done then were not: for a while it shows neither what was made nor that
 * something is gone. https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export const isRecent = ({ clock }: Ledger, at: string): boolean =>
  clock.now().getTime() - Date.parse(at) < SHOWS_WITHIN_MINUTES * 60_000;

/** Whether EC2 may only not show yet what the last try made: then it is taken neither for never made nor for gone. */
export const mayShowYet = (ledger: Ledger, { state, at, triedAt = at }: Entry): boolean =>
  (state === 'pending' || state === 'made') && isRecent(ledger, triedAt);

interface LateMaking extends Pick<Making, 'find'> {
  /** `isRetry`: an earlier try may have made it, even though it was not found. */
  readonly make: (entry: Entry, isRetry: boolean) => Promise<Made>;
  /** AWS would make one more of it: `make` waits until what an earlier try made must show. */
  readonly makesAnother?: true;
}

/** A change of EC2: the patience of its undo counts from the last try, not from the first. */
export function changeLate(
  ledger: Ledger,
  planned: NewEntry,
  { find, make, makesAnother }: LateMaking,
): Promise<Entry> {
  let before: Entry | undefined;
  return change(ledger, planned, {
    find: (entry) => {
      before = entry;
      return find(entry);
    },
    make: async (entry) => {
      const isRetry = before !== undefined && before.state !== 'not-made';
      if (isRetry && makesAnother && isRecent(ledger, entry.triedAt ?? entry.at)) {
        throw new RetryLater(`whether ${entry.what} was made by an earlier try is not known yet`);
      }
      if (before) await markTried(ledger, entry.id);
      return make(entry, isRetry);
    },
  });
}
