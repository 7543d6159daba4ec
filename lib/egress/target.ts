import type { Range } from './addresses.ts';

/** Where packets to a dependency go: always addresses of one family. */
export interface Target {
  /** How sentences call it. */
  label: string;
  ranges: Range[];
  /** False: one address somewhere in `ranges`, nobody knows which, so that a part covered proves nothing. */
  exact: boolean;
  /** Prefix lists that are known to hold the target, whether or not their entries were collected. */
  prefixListIds: string[];
  /** Whether it may be in a prefix list of AWS whose entries were not collected. */
  maybeAws: boolean;
  /** Security groups of the interface at the other end, where known. */
  groups?: string[];
  /** The interface endpoint that answers, when it is one. */
  endpointId?: string;
  /** Unique within one judgement. */
  key: string;
}
