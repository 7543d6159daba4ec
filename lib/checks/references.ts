import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentVariable } from '../domain/service.ts';
import { parseReference } from '../target/references.ts';

/** What is known of the thing a secret refers to, without its value. */
export type ReferenceState =
  | { readonly state: 'there'; readonly changedAt?: Date }
  | { readonly state: 'gone' }
  | { readonly state: 'unknown'; readonly because: string };

export interface Registries {
  readonly ssm: () => Pick<SSMClient, 'send'>;
  readonly secretsManager: () => Pick<SecretsManagerClient, 'send'>;
}

const GONE = ['ResourceNotFoundException', 'ParameterNotFound', 'ParameterVersionNotFound'];

/** Looks every secret reference of the environment up, by the name of its variable. */
export async function lookUpReferences(
  registries: Registries,
  environment: readonly EnvironmentVariable[],
): Promise<ReadonlyMap<string, ReferenceState>> {
  const references = environment.flatMap(({ name, secretReference }) =>
    secretReference ? [{ name, secretReference }] : [],
  );
  return new Map(
    await Promise.all(
      references.map(
        async ({ name, secretReference }) => [name, await lookUpReference(registries, secretReference)] as const,
      ),
    ),
  );
}

/** Whether the thing a reference names is there. */
export async function lookUpReference(registries: Registries, text: string): Promise<ReferenceState> {
  const reference = parseReference(text);
  const action = reference.kind === 'secret' ? 'secretsmanager:DescribeSecret' : 'ssm:GetParameter';
  try {
    const changedAt =
      reference.kind === 'secret'
        ? await secretChanged(registries, reference.id)
        : await parameterChanged(registries, reference.name);
    return { state: 'there', ...(changedAt && { changedAt }) };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    return GONE.includes(name)
      ? { state: 'gone' }
      : { state: 'unknown', because: `${action} was not answered (${name})` };
  }
}

async function secretChanged({ secretsManager }: Registries, SecretId: string): Promise<Date | undefined> {
  const secret = await secretsManager().send(new DescribeSecretCommand({ SecretId }));
  // A secret that waits for its deletion cannot be read any more.
  if (secret.DeletedDate)
    throw Object.assign(new Error('scheduled for deletion'), { name: 'ResourceNotFoundException' });
  return secret.LastChangedDate;
}

/** Without decryption the value comes back as ciphertext, and nothing of it is kept. */
async function parameterChanged({ ssm }: Registries, Name: string): Promise<Date | undefined> {
  const { Parameter } = await ssm().send(new GetParameterCommand({ Name, WithDecryption: false }));
  return Parameter?.LastModifiedDate;
}
