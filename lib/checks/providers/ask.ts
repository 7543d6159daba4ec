import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Finding } from '../../domain/finding.ts';
import type { Providers } from '../../domain/profile.ts';
import { askMessagingHealth } from './messaging-health.ts';
import { askSes } from './ses.ts';
import { askSns } from './sns.ts';
import { askTwilio, type TwilioAround } from './twilio.ts';

export interface Around extends Omit<TwilioAround, 'endpoint'> {
  /** The user's door, without a slash at the end. */
  readonly url: string;
  readonly sns: () => Pick<SNSClient, 'send'>;
  readonly ses: () => Pick<SESv2Client, 'send'>;
  readonly twilioEndpoint?: string;
}

/** Asks every provider that the profile declares. What cannot be looked at is a finding of its own; the others stand. */
export async function askProviders(declared: Providers, around: Around): Promise<Finding[]> {
  const { twilio, messagingHealth, sns, ses } = declared;
  const findings = await Promise.all([
    twilio && askTwilio(twilio, { ...around, endpoint: around.twilioEndpoint }),
    messagingHealth && askMessagingHealth(messagingHealth, around),
    sns && askSns(around.sns),
    ses && askSes(ses, around.ses),
  ]);
  return findings.flatMap((some) => some ?? []);
}
