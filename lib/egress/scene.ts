import type { AppRunnerClient, Service } from '@aws-sdk/client-apprunner';
import type { Finding } from '../domain/finding.ts';
import type { Dependency } from '../domain/profile.ts';
import { names } from '../names.ts';
import { describeConnector } from '../target/apprunner.ts';
import { collectFacts, type Ec2Reader, type Gap, type RdsReader } from './collect.ts';
import { collectDatabases } from './databases.ts';
import type { EgressConnector, EgressDependency, EgressFacts, EgressResult } from './facts.ts';
import { fitPaths } from './fit.ts';
import { judgeEgress } from './judge.ts';
import { databaseOf } from './plan.ts';
import { type Exposure, judgePrivacy } from './privacy.ts';
import { type Resolution, resolveDependencies } from './resolve.ts';

export interface Eyes {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly ec2: () => Ec2Reader;
  readonly rds: () => RdsReader;
}

/** All that a judgement needs to know of a service: collected once, judged here or by somebody else. */
export interface Scene {
  /** Null: egress is DEFAULT. */
  readonly connector: EgressConnector | null;
  readonly dependencies: readonly EgressDependency[];
  readonly facts: EgressFacts;
  readonly gaps: readonly Gap[];
  /** What the look-up of names could not find out. */
  readonly notes?: Resolution['notes'];
}

/** Looks at the service as it is set now, and at everything on the way to its dependencies. Read-only. */
export async function collectScene(eyes: Eyes, service: Service, declared: readonly Dependency[]): Promise<Scene> {
  const region = service.ServiceArn?.split(':')[3];
  const databases = declared.some(mayBeDatabase) ? await collectDatabases(eyes.rds()) : { gaps: [] };
  const dbInstances = databases.instances;
  const { dependencies, notes } = await resolveDependencies(declared, { region, dbInstances, resolver: names });
  const connectorArn = service.NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn;
  const connector = connectorArn ? await describeConnector(eyes.appRunner, connectorArn) : null;
  const subnetIds = [...(connector?.subnetIds ?? []), ...subnetsOf(dependencies, dbInstances)];
  const addresses = dependencies.flatMap((dependency) => dependency.addresses ?? []);
  const { facts, gaps } =
    subnetIds.length > 0
      ? await collectFacts({ ec2: eyes.ec2() }, { subnetIds, addresses, groupIds: connector?.securityGroupIds, region })
      : { facts: {}, gaps: [] };
  const seen: EgressFacts = { ...facts, ...(dbInstances && { DBInstances: dbInstances }) };
  return { connector, dependencies, facts: seen, gaps: [...databases.gaps, ...gaps], notes };
}

/** Declared as one, or by the name of its endpoint. */
const mayBeDatabase = ({ rds, host }: Dependency) =>
  rds !== undefined || /\.rds\.amazonaws\.com(\.cn)?\.?$/i.test(host ?? '');

/** Where the databases are: their groups and routes decide whether the internet reaches them. */
const subnetsOf = (dependencies: readonly EgressDependency[], dbInstances: EgressFacts['DBInstances']): string[] =>
  (dbInstances ?? [])
    .filter((instance) => dependencies.some((dependency) => databaseOf([instance], dependency)))
    .flatMap(({ DBSubnetGroup }) => DBSubnetGroup?.Subnets ?? [])
    .flatMap(({ SubnetIdentifier }) => SubnetIdentifier ?? []);

export const exposureOf = ({ dependencies, facts }: Scene): Exposure[] =>
  judgePrivacy(dependencies, facts.DBInstances, facts);

/** One finding per dependency, and one per call that was not answered. Pure. */
export function judgeScene(scene: Scene): Finding[] {
  const { connector, dependencies, facts, gaps, notes = [] } = scene;
  const results = connector
    ? judgeEgress(facts, connector, dependencies)
    : exposureOf(scene).map(asDefaultEgress(dependencies));
  const findings = results.map(asFinding).map((finding) => withNotes(finding, notes));
  return [...fitPaths(findings), ...gaps.map(asGap)];
}

/** With egress DEFAULT everything public is reached and nothing private. https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html */
const asDefaultEgress =
  (dependencies: readonly EgressDependency[]) =>
  ({ name, reachableFromInternet, because }: Exposure): EgressResult => {
    const status = ({ yes: 'ok', no: 'broken', unknown: 'unknown' } as const)[reachableFromInternet];
    const dependency = dependencies.find((candidate) => candidate.name === name);
    const hops = [
      {
        kind: 'default-egress',
        id: 'App Runner',
        status: 'ok',
        because: 'leaves from App Runner’s own network, past the VPC',
      },
      { kind: 'destination', id: dependency?.host ?? name, status, because },
    ] as const;
    const cause = dependency?.rds ? 'database-unreachable' : 'no-route';
    const failed = status === 'broken' ? ({ cause } as const) : {};
    return { name, status, ...failed, because, subnets: [{ subnetId: '', status, ...failed, hops: [...hops] }] };
  };

/** A way that works for a part of the traffic only is broken for somebody. */
const asFinding = ({ name, status, cause, because, subnets }: EgressResult): Finding => ({
  id: `egress:${name}`,
  check: 'egress',
  subject: name,
  status: status === 'degraded' ? 'broken' : status,
  ...(cause && { cause }),
  because: because.replace(/\.$/, ''),
  evidence: [],
  paths: subnets,
});

/** A verdict that rests on less than was asked for says so. */
const withNotes = (finding: Finding, notes: Resolution['notes']): Finding => {
  const more = notes.filter(({ name, because }) => name === finding.subject && !finding.because.includes(because));
  return { ...finding, because: [finding.because, ...more.map(({ because }) => because)].join('; ') };
};

const asGap = ({ action, because }: Gap): Finding => ({
  id: `egress:${action}`,
  check: 'egress',
  subject: action,
  status: 'unknown',
  because: `could not look (${action}): ${because}`,
  evidence: [],
});
