import { GetSMSAttributesCommand, GetSMSSandboxAccountStatusCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Finding } from '../../domain/finding.ts';
import { broken, finding, ok, unknown, type Verdict } from './finding.ts';
import { type Looked, look } from './look.ts';

type Client = Pick<SNSClient, 'send'>;

export interface SmsFacts {
  readonly inSandbox: Looked<boolean | undefined>;
  readonly attributes: Looked<Readonly<Record<string, string>>>;
}

/** Asks whether SNS sends SMS to everybody, in the account and region that this function runs in. */
export async function askSns(sns: () => Client): Promise<Finding[]> {
  const [inSandbox, attributes] = await Promise.all([
    look('sns:GetSMSSandboxAccountStatus', async () => {
      const { IsInSandbox } = await sns().send(new GetSMSSandboxAccountStatusCommand({}));
      return IsInSandbox;
    }),
    look('sns:GetSMSAttributes', async () => {
      const command = new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] });
      return (await sns().send(command)).attributes ?? {};
    }),
  ]);
  return [finding('sns-sms', judgeSns({ inSandbox, attributes }))];
}

/**
 * The sandbox and a limit of 0 count as `provider-suspended`: nothing is missing that the service could name; the
 * provider holds the account back, and only a request to the provider lifts that.
 */
export function judgeSns({ inSandbox, attributes }: SmsFacts): Verdict {
  if ('value' in inSandbox && inSandbox.value) {
    return broken('provider-suspended', 'SMS account is in the sandbox: only verified numbers receive');
  }
  const limit = 'value' in attributes ? attributes.value.MonthlySpendLimit : undefined;
  if (limit !== undefined && limit !== '' && Number(limit) === 0) {
    return broken('provider-suspended', 'the monthly spend limit for SMS is 0: SNS sends none that costs anything');
  }
  if ('unanswered' in inSandbox) return unknown(`could not look: ${inSandbox.unanswered}`);
  if (inSandbox.value === undefined) return unknown('SNS does not say whether the SMS account is in the sandbox');
  const outside = 'SMS account is out of the sandbox';
  if ('unanswered' in attributes) return unknown(`${outside}; the spend limit is not known: ${attributes.unanswered}`);
  // https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html
  return Number(limit) > 0
    ? ok(`${outside}, its spend limit is USD ${Number(limit)} a month`)
    : ok(`${outside}; no spend limit is set, so AWS's default holds, USD 1 a month unless it was raised`);
}
