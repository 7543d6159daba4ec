import {
  GetAccountCommand,
  type GetAccountResponse,
  GetEmailIdentityCommand,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { Finding } from '../../domain/finding.ts';
import type { Providers } from '../../domain/profile.ts';
import { broken, finding, ok, unknown, type Verdict } from './finding.ts';
import { type Looked, look, nameOf } from './look.ts';

type Client = Pick<SESv2Client, 'send'>;

/** Asks whether SES sends mail for everybody, and for whom, in the account and region that this function runs in. */
export async function askSes(declared: NonNullable<Providers['ses']>, ses: () => Client): Promise<Finding[]> {
  const { identity } = declared;
  return Promise.all([
    look('ses:GetAccount', () => ses().send(new GetAccountCommand({}))).then((account) =>
      finding('ses-account', judgeSesAccount(account)),
    ),
    ...(identity === undefined
      ? []
      : [lookUpIdentity(ses, identity).then((state) => finding('ses-identity', judgeSesIdentity(state)))]),
  ]);
}

type Account = Pick<GetAccountResponse, 'SendingEnabled' | 'ProductionAccessEnabled' | 'EnforcementStatus'>;

/** As with SNS, an account that the provider holds back is `provider-suspended`, the sandbox included. */
export function judgeSesAccount(looked: Looked<Account>): Verdict {
  if ('unanswered' in looked) return unknown(`could not look: ${looked.unanswered}`);
  const { SendingEnabled, ProductionAccessEnabled, EnforcementStatus = '' } = looked.value;
  if (EnforcementStatus === 'SHUTDOWN') {
    return broken(
      'provider-suspended',
      'SES has shut down sending for this account: its enforcement status is SHUTDOWN',
    );
  }
  if (SendingEnabled === false) return broken('provider-suspended', 'sending is switched off for this SES account');
  if (ProductionAccessEnabled === false) {
    return broken('provider-suspended', 'SES account is in the sandbox: only verified addresses receive');
  }
  if (!SendingEnabled || !ProductionAccessEnabled) return unknown('SES does not say whether this account may send');
  return EnforcementStatus === 'PROBATION'
    ? ok('SES sends, but the account is on probation: AWS may stop it')
    : ok('SES sends, and the account is out of the sandbox');
}

export type IdentityState = 'verified' | 'unverified' | 'missing' | undefined;

async function lookUpIdentity(ses: () => Client, EmailIdentity: string): Promise<Looked<IdentityState>> {
  return look('ses:GetEmailIdentity', async () => {
    try {
      const { VerifiedForSendingStatus } = await ses().send(new GetEmailIdentityCommand({ EmailIdentity }));
      if (VerifiedForSendingStatus === undefined) return undefined;
      return VerifiedForSendingStatus ? 'verified' : 'unverified';
    } catch (error) {
      if (nameOf(error) === 'NotFoundException') return 'missing';
      throw error;
    }
  });
}

/** The identity may be somebody's address, so it is not repeated. */
export function judgeSesIdentity(looked: Looked<IdentityState>): Verdict {
  if ('unanswered' in looked) return unknown(`could not look: ${looked.unanswered}`);
  switch (looked.value) {
    case 'verified':
      return ok('the identity of the profile is verified for sending');
    case 'unverified':
      return broken(
        'provider-resource-missing',
        'the identity of the profile is not verified for sending in this region',
      );
    case 'missing':
      return broken(
        'provider-resource-missing',
        'SES has no such identity as the profile names, in this account and region',
      );
    default:
      return unknown('SES does not say whether the identity of the profile is verified');
  }
}
