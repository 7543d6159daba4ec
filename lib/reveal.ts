import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { NotRepairable } from './domain/errors.ts';
import type { Reference } from './domain/profile.ts';

export interface Vaults {
  readonly ssm: () => Pick<SSMClient, 'send'>;
  readonly secretsManager: () => Pick<SecretsManagerClient, 'send'>;
}

/** Reads what a profile only refers to. The value must not leave the function that asked for it. */
export async function reveal(reference: Reference, vaults: Vaults, code?: string): Promise<string> {
  if ('fromPerson' in reference) {
    if (code === undefined) throw new NotRepairable('no person gave a code');
    return code;
  }
  if ('fromParameter' in reference) {
    const { Parameter } = await vaults
      .ssm()
      .send(new GetParameterCommand({ Name: reference.fromParameter, WithDecryption: true }));
    return Parameter?.Value ?? '';
  }
  const { SecretString } = await vaults
    .secretsManager()
    .send(new GetSecretValueCommand({ SecretId: reference.fromSecret }));
  return SecretString ?? '';
}
