import { isIP } from 'node:net';
import * as z from 'zod/mini';
import { Dependency, type Profile } from '../domain/profile.ts';
import type { EnvironmentVariable } from '../domain/service.ts';
import { defaultHost, serviceOfHost } from '../egress/services.ts';
import { type Endpoint, hostsIn, keyOf } from './endpoints.ts';
import { environmentEndpoints, environmentServices } from './environment.ts';

/** What was found in the account about a service that has no profile. Values and log lines go in here and do not come out. */
export interface Found {
  readonly service: string;
  readonly region?: string;
  /** The host of the service's own door, which is no dependency of it. */
  readonly door?: string;
  readonly environment: readonly EnvironmentVariable[];
  readonly logLines: readonly string[];
  readonly databases: readonly Database[];
  /** The VPC of the connector, where the service leaves through one. */
  readonly vpcId?: string;
  /** What App Runner asks to see whether an instance lives. */
  readonly healthPath?: string;
}

export interface Database {
  readonly id: string;
  readonly host?: string;
  readonly vpcId?: string;
}

/** A profile as somebody writes it, without what is left to the defaults. */
export type ProfileDraft = z.input<typeof Profile>;
export type DependencyDraft = ProfileDraft['dependencies'][number];

export interface Draft {
  readonly dependencies: DependencyDraft[];
  /** Found, but more than a profile takes. */
  readonly leftOut: number;
}

const MOST_DEPENDENCIES = 50;
/** Logs name every host of every user's link; those named most often are the ones the service talks to. */
const MOST_FROM_LOGS = 10;
const MOST_RULES = 100;
const LONGEST_NAME = 64;

/** Some address that is public for good: whether the service gets out at all. Nothing is sent there. */
export const INTERNET: DependencyDraft = { name: 'the internet', address: '1.1.1.1', port: 443 };

/**
 * What the service seems to need: hosts and AWS services of its environment, databases of its VPC or of its environment,
 * hosts its log names, and the internet.
 */
export function draftDependencies(found: Found): Draft {
  const named = environmentEndpoints(found.environment);
  const logged = mostNamed(found.logLines);
  const ownDatabases = found.databases.filter(
    ({ host, vpcId }) =>
      (found.vpcId !== undefined && vpcId === found.vpcId) || [...named, ...logged].some((one) => one.host === host),
  );
  const hosts = [...named, ...logged]
    .filter(({ host }) => host !== found.door && !found.databases.some((database) => database.host === host))
    .map((one) => dependencyOf(one, found.region));
  const all = [
    ...ownDatabases.map(({ id }): DependencyDraft => ({ name: id, rds: id })),
    ...environmentServices(found.environment).map((aws): DependencyDraft => ({ name: aws, aws })),
    ...hosts,
  ];
  const distinct = [...new Map(all.map((one) => [targetOf(one), one])).values()];
  const kept = withNames(distinct)
    .filter((one) => z.safeParse(Dependency, one).success)
    .slice(0, MOST_DEPENDENCIES - 1);
  return { dependencies: [...kept, INTERNET], leftOut: distinct.length - kept.length };
}

function mostNamed(lines: readonly string[]): Endpoint[] {
  const counts = new Map<string, { endpoint: Endpoint; count: number }>();
  for (const endpoint of lines.flatMap(hostsIn)) {
    const key = keyOf(endpoint);
    counts.set(key, { endpoint, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count || (keyOf(a.endpoint) < keyOf(b.endpoint) ? -1 : 1))
    .slice(0, MOST_FROM_LOGS)
    .map(({ endpoint }) => endpoint);
}

/** An AWS service by its name where the host is the one its SDK uses, so that endpoints of the VPC count. */
function dependencyOf({ host, port }: Endpoint, region: string | undefined): DependencyDraft {
  // A row of digits alone would be taken for a phone number.
  if (isIP(host)) return { name: `address ${host}`, address: host, port };
  const aws = serviceOfHost(host);
  const here = aws && region && (aws.region ?? region) === region ? aws.service : undefined;
  const usual = here && region ? defaultHost(here, region) : undefined;
  if (here && usual && (usual === host || here === 's3')) {
    return { name: here, aws: here, ...(port !== 443 && { port }) };
  }
  return { name: host, host, port };
}

const targetOf = ({ host, address, aws, rds, port = 443 }: DependencyDraft): string =>
  rds ? `rds ${rds.toLowerCase()}` : `${aws ?? host ?? address} ${port}`;

/** Names are what findings are called by: short, and each only once. */
function withNames(dependencies: readonly DependencyDraft[]): DependencyDraft[] {
  const taken = new Set<string>([INTERNET.name]);
  return dependencies.map((dependency) => {
    const { name, port } = dependency;
    const short = cut(name, LONGEST_NAME);
    const alternatives = [short, `${cut(name, LONGEST_NAME - 6)}:${port}`];
    for (let n = 2; n <= dependencies.length + 1; n++) alternatives.push(`${cut(name, LONGEST_NAME - 4)} ${n}`);
    const free = alternatives.find((candidate) => !taken.has(candidate)) ?? short;
    taken.add(free);
    return { ...dependency, name: free };
  });
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** A profile to begin with: what was found, for its owner to correct. Names of variables only, never a value. */
export function draftProfile(found: Found): ProfileDraft {
  const { service, environment, healthPath } = found;
  const set = [...new Set(environment.filter(({ value }) => value !== '').map(({ name }) => name))];
  const rules = set.filter((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)).slice(0, MOST_RULES);
  return {
    service,
    dependencies: draftDependencies(found).dependencies,
    ...(rules.length > 0 && { environment: rules.map((name) => ({ name, required: true })) }),
    ...twilio(set),
    ...(healthPath && isPlainPath(healthPath) && { probes: [healthProbe(healthPath)] }),
  };
}

const healthProbe = (path: string) => ({ name: 'health', label: 'health ok', path, expect: { status: 200 } });

/** A query may carry a key. */
const isPlainPath = (path: string): boolean => /^\/(?!\/)[\w./-]{0,200}$/.test(path);

function twilio(names: readonly string[]): Pick<ProfileDraft, 'providers'> {
  const has = (name: string) => names.includes(name);
  if (!has('TWILIO_ACCOUNT_SID') || !has('TWILIO_AUTH_TOKEN')) return {};
  const verify = has('TWILIO_VERIFY_SERVICE_SID') && { verifyServiceSid: 'TWILIO_VERIFY_SERVICE_SID' };
  return { providers: { twilio: { accountSid: 'TWILIO_ACCOUNT_SID', authToken: 'TWILIO_AUTH_TOKEN', ...verify } } };
}
