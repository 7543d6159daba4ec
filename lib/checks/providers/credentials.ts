import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { EnvironmentRule } from '../../domain/profile.ts';
import type { EnvironmentVariable } from '../../domain/service.ts';
import type { Vaults } from '../../reveal.ts';
import { parseReference, type SecretReference } from '../../target/references.ts';
import { type Looked, nameOf, notAnswered } from './look.ts';

const GONE = ['ResourceNotFoundException', 'ParameterNotFound', 'ParameterVersionNotFound'];

/**
 * The value that a variable would have if the service were deployed now: secrets are read where they are kept. It must
 * not leave the function. Why there is none is said without it.
 */
export async function readVariable(
  name: string,
  environment: readonly EnvironmentVariable[],
  vaults: Vaults,
): Promise<Looked<string>> {
  const variable = environment.find((one) => one.name === name);
  if (!variable) return { unanswered: `${name} is not set in the environment of the service` };
  const looked =
    variable.secretReference === undefined
      ? { value: variable.value ?? '' }
      : await read(name, parseReference(variable.secretReference), vaults);
  return 'value' in looked && looked.value === '' ? { unanswered: `${name} is empty` } : looked;
}

/** Reads the secrets that the profile asks to look into. They must not leave the function. */
export async function openSecrets(
  rules: readonly EnvironmentRule[],
  environment: readonly EnvironmentVariable[],
  vaults: Vaults,
): Promise<ReadonlyMap<string, Looked<string>>> {
  const names = rules.filter(({ lookInside }) => lookInside).map(({ name }) => name);
  const secret = environment.filter(
    ({ name, secretReference }) => secretReference !== undefined && names.includes(name),
  );
  return new Map(
    await Promise.all(secret.map(async ({ name }) => [name, await readVariable(name, environment, vaults)] as const)),
  );
}

async function read(name: string, reference: SecretReference, vaults: Vaults): Promise<Looked<string>> {
  const action =
    reference.kind === 'secret' ? 'secretsmanager:GetSecretValue' : 'ssm:GetParameter (and kms:Decrypt for its key)';
  try {
    if (reference.kind === 'parameter') {
      const { Parameter } = await vaults
        .ssm()
        .send(new GetParameterCommand({ Name: reference.name, WithDecryption: true }));
      return { value: Parameter?.Value ?? '' };
    }
    const { id: SecretId, versionStage: VersionStage, versionId: VersionId, jsonKey } = reference;
    const { SecretString = '' } = await vaults
      .secretsManager()
      .send(new GetSecretValueCommand({ SecretId, VersionStage, VersionId }));
    return jsonKey === undefined ? { value: SecretString } : member(name, SecretString, jsonKey);
  } catch (error) {
    if (GONE.includes(nameOf(error))) return { unanswered: `what ${name} refers to does not exist` };
    return { unanswered: `${name} could not be read: ${notAnswered(action, error)}` };
  }
}

function member(name: string, secret: string, key: string): Looked<string> {
  try {
    const value = (JSON.parse(secret) as Record<string, unknown> | null)?.[key];
    if (typeof value === 'string' || typeof value === 'number') return { value: String(value) };
    return { unanswered: `the secret that ${name} refers to has no such key` };
  } catch {
    return { unanswered: `the secret that ${name} refers to is no JSON, but the reference names a key in it` };
  }
}
