import type { GetAccountResponse } from '@aws-sdk/client-sesv2';
import type { Account, Plain } from './account.ts';
import { AwsError } from './http/errors.ts';
import type { RestHandler } from './http/front.ts';
import type { Model } from './http/model.ts';
import { writeJson } from './http/write.ts';
import json from './models/sesv2.json' with { type: 'json' };

const model = json as unknown as Model;
const IDENTITY = /^\/v2\/email\/identities\/([^/]+)$/;

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/ */
export function sesApi(account: Account): RestHandler {
  const allowed = (action: string) => {
    if (!account.ses?.denied?.includes(action)) return;
    const message = `User: arn:aws:iam::${account.id}:user/sandbox is not authorized to perform: ${action}`;
    throw new AwsError('AccessDeniedException', message, { status: 403 });
  };
  const shown = (shape: string, value: unknown) => ({
    status: 200,
    body: JSON.stringify(writeJson(model, shape, value)),
  });

  return async ({ method, path }) => {
    const [, identity] = IDENTITY.exec(path) ?? [];
    if (method === 'GET' && path === '/v2/email/account') {
      allowed('ses:GetAccount');
      return shown('GetAccountResponse', { ...MAY_SEND, ...account.ses?.account });
    }
    if (method === 'GET' && identity !== undefined) {
      allowed('ses:GetEmailIdentity');
      const name = decodeURIComponent(identity);
      const found = account.ses?.identities?.[name];
      if (!found) throw new AwsError('NotFoundException', `Email identity ${name} does not exist.`, { status: 404 });
      return shown('GetEmailIdentityResponse', found);
    }
    throw new AwsError('UnknownOperationException', '', { status: 404 });
  };
}

const MAY_SEND: Plain<GetAccountResponse> = {
  DedicatedIpAutoWarmupEnabled: false,
  EnforcementStatus: 'HEALTHY',
  ProductionAccessEnabled: true,
  SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 0 },
  SendingEnabled: true,
};
