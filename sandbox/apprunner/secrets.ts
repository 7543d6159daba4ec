import type { Account } from '../account.ts';

/**
 * What `RuntimeEnvironmentSecrets` may refer to: a secret's ARN, with `:json-key:stage:version` after it or not, a
 * parameter's ARN, or a parameter's name. https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html
 */
export function readSecret({ secretsManager, ssm }: Account, reference: string): string | undefined {
  const [, parameterName] = /^arn:aws:ssm:[^:]+:\d+:parameter(\/.+)$/.exec(reference) ?? [];
  if (parameterName ?? !reference.startsWith('arn:')) return ssm.parameters[parameterName ?? reference]?.Value;
  const [arn = '', key, stage] = splitSuffix(reference);
  const secret = secretsManager.secrets.find(({ ARN }) => ARN === arn);
  const value = secret?.versions.find(({ VersionStages }) =>
    VersionStages.includes(stage || 'AWSCURRENT'),
  )?.SecretString;
  if (value === undefined || !key) return value;
  try {
    const found: unknown = JSON.parse(value)[key];
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}

function splitSuffix(reference: string): (string | undefined)[] {
  const parts = reference.split(':');
  return [parts.slice(0, 7).join(':'), ...parts.slice(7)];
}

/** The environment instances get, or the names that could not be read. */
export function readEnvironment(account: Account, variables: Record<string, string>, secrets: Record<string, string>) {
  const read = Object.entries(secrets).map(([name, reference]) => [name, readSecret(account, reference)] as const);
  const missing = read.flatMap(([name, value]) => (value === undefined ? [name] : []));
  return { environment: { ...variables, ...Object.fromEntries(read) } as Record<string, string>, missing };
}
