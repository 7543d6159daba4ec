import type { Cause } from '../domain/cause.ts';
import type { Finding } from '../domain/finding.ts';
import type { EnvironmentRule } from '../domain/profile.ts';
import type { EnvironmentVariable } from '../domain/service.ts';
import type { Looked } from './providers/look.ts';
import type { ReferenceState } from './references.ts';

/** Values of secrets that were looked into, by the name of the variable. */
export type Opened = ReadonlyMap<string, Looked<string>>;

interface Verdict {
  readonly status: Finding['status'];
  readonly cause?: Cause;
  readonly because: string;
}

const ok = (because: string): Verdict => ({ status: 'ok', because });
const broken = (cause: Cause, because: string): Verdict => ({ status: 'broken', cause, because });
const unknown = (because: string): Verdict => ({ status: 'unknown', because });

/** A secret reference that leads nowhere: the next deployment fails, or the value is the old one. */
export function checkReferences(references: ReadonlyMap<string, ReferenceState>): Finding[] {
  return [...references].flatMap(([name, reference]): Finding[] => {
    if (reference.state === 'there') return [];
    const base = { id: `environment:${name}:reference`, check: 'environment', subject: name } as const;
    return reference.state === 'gone'
      ? [
          {
            ...base,
            evidence: [],
            ...broken('environment-missing', `${name} refers to a secret or parameter that does not exist`),
          },
        ]
      : [
          {
            ...base,
            evidence: [],
            ...unknown(`whether what ${name} refers to exists is not known: ${reference.because}`),
          },
        ];
  });
}

/** Judges the environment by the owner's rules. Sentences name variables and rules, never a value. */
export function checkEnvironment(
  rules: readonly EnvironmentRule[],
  environment: readonly EnvironmentVariable[],
  opened: Opened = new Map(),
): Finding[] {
  const byName = new Map(environment.map((variable) => [variable.name, variable]));
  return rules.map((rule) => ({
    id: `environment:${rule.name}`,
    check: 'environment',
    subject: rule.name,
    ...judge(rule, byName, opened),
    evidence: [],
  }));
}

function judge(rule: EnvironmentRule, environment: ReadonlyMap<string, EnvironmentVariable>, opened: Opened): Verdict {
  const variable = environment.get(rule.name);
  if (!variable || variable.value === '') return judgeMissing(rule, variable, environment);
  if (variable.value !== undefined) return judgeValue(rule, variable.value);
  const looked = opened.get(rule.name);
  if (!looked) return ok(`${rule.name} comes from a secret; its value was not looked at`);
  if ('unanswered' in looked) return unknown(`whether ${rule.name} keeps its rule is not known: ${looked.unanswered}`);
  return judgeValue(rule, looked.value);
}

function judgeValue(rule: EnvironmentRule, value: string): Verdict {
  if (rule.forbidden?.includes(value)) {
    const cause = rule.forbiddenCause ?? 'environment-invalid';
    return broken(cause, `${rule.name} has a value that the profile forbids`);
  }
  if (rule.oneOf && !rule.oneOf.includes(value)) {
    return broken('environment-invalid', `${rule.name} is none of ${rule.oneOf.join(', ')}`);
  }
  if (rule.pattern && !new RegExp(rule.pattern).test(value)) {
    return broken('environment-invalid', `${rule.name} does not match ${rule.pattern}`);
  }
  return ok(`${rule.name} is set and keeps its rule`);
}

function judgeMissing(
  rule: EnvironmentRule,
  variable: EnvironmentVariable | undefined,
  environment: ReadonlyMap<string, EnvironmentVariable>,
): Verdict {
  const state = variable ? 'is empty' : 'is not set';
  if (rule.required) return broken('environment-missing', `${rule.name} ${state}, and the service needs it`);
  if (!rule.requiredIf) return ok(`${rule.name} ${state}, which the profile allows`);
  const { name, oneOf } = rule.requiredIf;
  const other = environment.get(name);
  if (other?.secretReference)
    return unknown(`${rule.name} ${state}; whether it must be depends on ${name}, which is a secret`);
  if (other?.value !== undefined && oneOf.includes(other.value)) {
    return broken('environment-missing', `${rule.name} ${state}, and the value of ${name} makes it necessary`);
  }
  return ok(`${rule.name} ${state}, and the value of ${name} does not ask for it`);
}
