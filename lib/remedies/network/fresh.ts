import type { Entry, Ledger } from '../../run/ledger.ts';

const SHOWS_WITHIN_SECONDS = 60;

/**
 * Whether EC2 may have made something whose answer was lost and not show it yet: what is not found then is not taken for
 * never made. https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export const mayShowYet = ({ clock }: Ledger, { state, at }: Entry): boolean =>
  state === 'pending' && clock.now().getTime() - Date.parse(at) < SHOWS_WITHIN_SECONDS * 1000;
