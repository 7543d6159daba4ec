import { createHash } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Random } from '../random.ts';

/** Where an account is being built: the account, its source of identifiers, and the moment it has come to. */
export interface Site {
  readonly account: Account;
  readonly random: Random;
  readonly now: Date;
}

export const MINUTE = 60_000;

export const minutesAgo = ({ now }: Site, minutes: number) => new Date(now.getTime() - minutes * MINUTE).toISOString();

export const DAY = 24 * 60;

export const arn = ({ account }: Site, service: string, rest: string) =>
  `arn:aws:${service}:${account.region}:${account.id}:${rest}`;

/** For what must be the same whatever else is built. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
