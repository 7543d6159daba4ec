import type { Account } from '../account.ts';
import type { Site } from '../build/site.ts';
import type { SandboxClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { ClientTokens } from './tokens.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** What a call that changes something works with. */
export interface World {
  readonly account: Account;
  readonly clock: Pick<SandboxClock, 'now' | 'after'>;
  readonly random: Random;
  readonly tokens: ClientTokens;
}

export const worldOf = (account: Account, clock: World['clock'], random: Random): World => ({
  account,
  clock,
  random,
  tokens: new ClientTokens(),
});

export const siteOf = ({ account, clock, random }: World): Site => ({ account, random, now: clock.now() });

export const nowIn = ({ clock }: World): string => clock.now().toISOString();
