import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { NotRepairable } from './domain/errors.ts';
import type { Reference } from './domain/profile.ts';

export interface Vaults {
  readonly ssm: () => Pick<SSMClient, 'send'>;
  readonly secretsManager: () => Pick<SecretsManagerClient, 'send'>;
}

/**
 * Reads what a profile only refers to. The value must not leave the function that asked for it. Throws `NotRepairable`
 * that names the reference where it cannot be read.
 */
export async function reveal(reference: Reference, vaults: Vaults, code?: string): Promise<string> {
  if ('fromPerson' in reference) {
    if (code === undefined) throw new NotRepairable('no person gave a code');
    return code;
  }
  if ('fromParameter' in reference) {
    const Name = reference.fromParameter;
    const read = () => vaults.ssm().send(new GetParameterCommand({ Name, WithDecryption: true }));
    return (await readable(`parameter ${Name}`, read)).Parameter?.Value ?? '';
  }
  const SecretId = reference.fromSecret;
  const read = () => vaults.secretsManager().send(new GetSecretValueCommand({ SecretId }));
  return (await readable(`secret ${SecretId}`, read)).SecretString ?? '';
}

const FINAL = /NotFound|AccessDenied|InvalidKeyId|DecryptionFailure|Validation|InvalidRequest|InvalidParameter/;

async function readable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !FINAL.test(error.name)) throw error;
    throw new NotRepairable(`${what} cannot be read (${error.name})`, { cause: error });
  }
}
