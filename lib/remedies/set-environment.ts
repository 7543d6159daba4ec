import type { Service } from '@aws-sdk/client-apprunner';
import * as z from 'zod/mini';
import { checkEnvironment } from '../checks/environment.ts';
import type { Place, Precondition, Step } from '../domain/plan.ts';
import { redact } from '../domain/redact.ts';
import type { EnvironmentVariable, ServiceConfiguration } from '../domain/service.ts';
import type { Ledger } from '../run/ledger.ts';
import { readFingerprintKey } from '../run/records.ts';
import { configurationOf } from '../target/apprunner.ts';
import type { Settings } from '../target/environment.ts';
import { type EnvironmentHands, setEnvironment as makeChange } from './changes/environment.ts';
import { type Basis, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';
import { brokenProbes, isRunning, pullsAgain } from './service.ts';

const Seen = z.strictObject({
  as: z.enum(['absent', 'variable', 'secret']),
  /** Of what it was set to, under the key of the run; absent when it was not there. */
  digest: z.optional(z.string()),
});

const Details = z.strictObject({
  variables: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  seen: z.record(z.string(), Seen),
});
type Details = z.infer<typeof Details>;

/** Sets variables and secrets as the profile or the request wants them. */
export const setEnvironment: Remedy = {
  name: 'set-environment',
  propose(basis: Basis): readonly Proposal[] {
    const { service, configuration, profile, diagnosis } = basis;
    const broken = diagnosis.findings.filter(({ check, status }) => check === 'environment' && status === 'broken');
    const wanted = Object.keys({ ...basis.wanted.variables, ...basis.wanted.secrets });
    const fixes = wanted.filter((name) => broken.some(({ subject }) => subject === name)).sort();
    const names = [...new Set([...fixes, ...wanted.filter((name) => isAskedFor(basis, name))])].sort();
    if (names.length === 0) return [];
    const details = detailsOf(basis, names);
    const secrets = Object.keys(details.secrets);
    return [
      {
        title: `Set ${names.join(', ')} on the service, and deploy`,
        monthlyCostUsd: 0,
        minutes: 10,
        redeploys: true,
        security:
          'variables are shown in plain text to whoever may describe the service; of secrets only the reference is, and App Runner reads them with the role of the instances',
        reversible: true,
        preconditions: [
          isVisible(configuration),
          isRunning(configuration),
          ...secrets.map((name) => exists(basis, name, details.secrets[name] ?? '')),
          ...(secrets.length > 0 ? [hasRole(configuration)] : []),
          ...keepRules(profile.environment, configuration, details),
        ],
        affects: [],
        warnings: [
          ...(fixes.length === 0
            ? [
                `nobody saw that ${names.join(', ')} is the cause: the request asks for it, and the door is tried afterwards`,
              ]
            : []),
          ...(secrets.length > 0
            ? [
                `whether the role of the instances may read what ${secrets.join(', ')} refers to was not looked at: if not, the deployment fails and App Runner rolls it back`,
              ]
            : []),
          ...pullsAgain(configuration),
        ],
        fixes: fixes.length > 0 ? fixes : brokenProbes(diagnosis),
        step: {
          target: service.arn,
          changes: names.map((name) => inWords(name, details)),
          undo: `put ${names.join(', ')} back as before, and deploy: what is overwritten is kept encrypted in SSM until the run ends`,
          details,
        },
      },
    ];
  },
};

/** Whoever starts the run wants it, whatever the findings say: it is not what the profile would set it to. */
function isAskedFor({ wanted, profile }: Basis, name: string): boolean {
  const repairTo = profile.environment.find((rule) => rule.name === name)?.repairTo;
  if (!repairTo) return true;
  return 'value' in repairTo ? wanted.variables[name] !== repairTo.value : wanted.secrets[name] !== repairTo.secret;
}

const pick = (map: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (map[name] === undefined ? [] : [[name, map[name]] as const])));

const detailsOf = ({ wanted, configuration }: Basis, names: readonly string[]): Details => ({
  variables: pick(wanted.variables, names),
  secrets: pick(wanted.secrets, names),
  seen: Object.fromEntries(names.map((name) => [name, seenIn(configuration, name)])),
});

function seenIn({ secretNames, environment }: ServiceConfiguration, name: string): z.infer<typeof Seen> {
  const digest = environment[name];
  if (digest === undefined) return { as: 'absent' };
  return { as: secretNames.includes(name) ? 'secret' : 'variable', digest };
}

const NOW = { absent: 'not set', variable: 'a variable', secret: 'a secret' } as const;

function inWords(name: string, { variables, secrets, seen }: Details): string {
  const now = NOW[seen[name]?.as ?? 'absent'];
  return variables[name] !== undefined
    ? `set the variable ${name} to ${JSON.stringify(redact(variables[name]))} (now ${now})`
    : `set the secret ${name} to refer to ${secrets[name]} (now ${now})`;
}

const isVisible = ({ environmentIsVisible }: ServiceConfiguration): Precondition => ({
  what: 'the environment stands in App Runner and not in apprunner.yaml',
  met: environmentIsVisible ? 'yes' : 'no',
  because: environmentIsVisible
    ? 'App Runner shows it'
    : 'the environment stands in apprunner.yaml of the repository: it is changed there',
});

const MET = { there: 'yes', gone: 'no', unknown: 'unknown' } as const;

function exists({ references }: Basis, name: string, reference: string): Precondition {
  const known = references.find((one) => one.reference === reference);
  const state = known?.state ?? 'unknown';
  return {
    what: `what ${name} is to refer to exists`,
    met: MET[state],
    because: `${reference}: ${known?.because ?? 'it was not looked up'}`,
  };
}

/** https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html */
const hasRole = ({ instanceRoleArn }: ServiceConfiguration): Precondition => ({
  what: 'the instances have a role, which reads the secrets',
  met: instanceRoleArn ? 'yes' : 'no',
  because: instanceRoleArn ?? 'the service has no instance role, and App Runner takes no secrets without one',
});

/** The rules that speak of what is set: its own, and those of others that depend on it. */
function keepRules(
  rules: Basis['profile']['environment'],
  { environment }: ServiceConfiguration,
  { variables, secrets, seen }: Details,
): Precondition[] {
  const touched = rules.filter(({ name, requiredIf }) => name in seen || (requiredIf && requiredIf.name in seen));
  const afterwards: EnvironmentVariable[] = [
    ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, secretReference]) => ({ name, secretReference })),
    // What is there already keeps its value, which nobody sees here.
    ...Object.keys(environment)
      .filter((name) => !(name in seen))
      .map((name) => ({ name, secretReference: 'as it is' })),
  ];
  return checkEnvironment(touched, afterwards).map(({ subject, status, because }) => ({
    what: `${subject} keeps its rule in the profile`,
    met: ({ ok: 'yes', broken: 'no', unknown: 'unknown' } as const)[status],
    because: status === 'ok' ? 'as far as the profile says' : because,
  }));
}

export interface Hands extends EnvironmentHands {
  readonly ledger: Ledger;
}

/** Sets what the plan names, in one deployment. */
export async function apply({ ledger, ...hands }: Hands, place: Place, step: Step): Promise<Progress> {
  const details = z.parse(Details, step.details);
  const wanted: Settings = {
    ...Object.fromEntries(Object.entries(details.variables).map(([name, value]) => [name, { value }])),
    ...Object.fromEntries(Object.entries(details.secrets).map(([name, secret]) => [name, { secret }])),
  };
  const { operationId } = await makeChange(hands, ledger, {
    id: changeId(place, 1),
    service: place.service,
    step,
    wanted,
    drift: async (service) => driftOf(service, details, await readFingerprintKey(ledger.table, ledger.run)),
  });
  const names = Object.keys(wanted).sort().join(', ');
  return { state: 'going', operationId, because: `App Runner deploys with ${names} set, which takes some minutes` };
}

function driftOf(service: Service, { seen }: Details, key: string): string | undefined {
  const now = configurationOf(service, key);
  const other = Object.entries(seen).flatMap(([name, was]) => {
    const is = seenIn(now, name);
    return is.as === was.as && is.digest === was.digest ? [] : [name];
  });
  return other.length > 0 ? `${other.sort().join(', ')} is no longer what it was when the plan was made` : undefined;
}
