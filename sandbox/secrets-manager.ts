import type { DescribeSecretRequest, GetSecretValueRequest } from '@aws-sdk/client-secrets-manager';
import type { Account } from './account.ts';
import type { Api } from './http/api.ts';
import { AwsError } from './http/errors.ts';
import type { Model } from './http/model.ts';
import model from './models/secretsmanager.json' with { type: 'json' };

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/ */
export function secretsManagerApi(account: Account): Api {
  const find = (id: string) => {
    const secret = account.secretsManager.secrets.find(
      ({ Name, ARN }) => id === Name || id === ARN || ARN.replace(/-\w{6}$/, '') === id,
    );
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return secret;
  };
  return {
    model: model as unknown as Model,
    codes: { type: 'SerializationException', missing: 'ValidationException', constraint: 'ValidationException' },
    operations: {
      GetSecretValue: ({ SecretId = '', VersionId, VersionStage }: GetSecretValueRequest) => {
        const { Name, ARN, versions } = find(SecretId);
        const stage = VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined);
        const version = versions.find(
          (one) =>
            (stage === undefined || one.VersionStages.includes(stage)) &&
            (VersionId === undefined || one.VersionId === VersionId),
        );
        if (!version) {
          const what = stage ? `staging label: ${stage}` : `VersionId: ${VersionId}`;
          throw new AwsError(
            'ResourceNotFoundException',
            `Secrets Manager can't find the specified secret value for ${what}`,
          );
        }
        return { Name, ARN, ...version };
      },

      DescribeSecret: ({ SecretId = '' }: DescribeSecretRequest) => {
        const { Name, ARN, CreatedDate, LastChangedDate, versions } = find(SecretId);
        const VersionIdsToStages = Object.fromEntries(
          versions.map(({ VersionId, VersionStages }) => [VersionId, VersionStages]),
        );
        return { Name, ARN, CreatedDate, LastChangedDate, VersionIdsToStages, Tags: [] };
      },
    },
  };
}
