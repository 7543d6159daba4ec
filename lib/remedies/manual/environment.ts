import { isSecretName } from '../../domain/profile.ts';
import type { Basis } from '../remedy.ts';
import { askFor, type Guide, list } from './guide.ts';

/* Variables for which nobody said what they should be. */

const withoutWish = ({ wanted, diagnosis }: Basis, subjects: readonly string[]): string[] => {
  // The log and the providers know the same causes, and name no variable.
  const isVariable = (name: string) =>
    diagnosis.findings.some(({ check, subject }) => check === 'environment' && subject === name);
  return subjects.filter((name) => isVariable(name) && !(name in wanted.variables) && !(name in wanted.secrets)).sort();
};

/** What the profile says of it, so that the right value is found. */
function ruleOf({ profile }: Basis, name: string): string {
  const rule = profile.environment.find((one) => one.name === name);
  const parts = [
    ...(rule?.oneOf ? [`one of ${list(rule.oneOf)}`] : []),
    ...(rule?.pattern ? [`matching ${rule.pattern}`] : []),
    ...(rule?.forbidden ? [`not ${list(rule.forbidden)}`] : []),
  ];
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}

function wishFor(basis: Basis, names: readonly string[]): Record<string, Record<string, string>> {
  const isSecret = (name: string) => isSecretName(name) || basis.configuration.secretNames.includes(name);
  const secrets = names.filter(isSecret).map((name) => [name, '<ARN of the secret or parameter>'] as const);
  const variables = names.filter((name) => !isSecret(name)).map((name) => [name, '<value>'] as const);
  return {
    ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
    ...(secrets.length > 0 && { secrets: Object.fromEntries(secrets) }),
  };
}

export const nobodySaidWhat: Guide = (basis, subjects) => {
  const names = withoutWish(basis, subjects);
  if (names.length === 0) return undefined;
  const hidden = !basis.configuration.environmentIsVisible;
  return {
    title: `Say what ${list(names)} should be`,
    minutes: 15,
    redeploys: true,
    security: 'a value in the request can be read by whoever sees the run: give secrets by reference only',
    reversible: true,
    steps: [
      ...names.map((name) => `find out what ${name} should be${ruleOf(basis, name)}`),
      hidden
        ? 'set it in apprunner.yaml of the repository, and deploy: https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html'
        : askFor(basis, wishFor(basis, names)),
      'or write it into the profile as repairTo of the variable, so that the next run knows',
    ],
  };
};
