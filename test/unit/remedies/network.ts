import { Profile } from '../../../lib/domain/profile.ts';
import { type EgressDependency, type EgressFacts, judgeEgress } from '../../../lib/egress/judge.ts';
import { LIST_PRICES } from '../../../lib/remedies/prices.ts';
import type { Basis, Proposal } from '../../../lib/remedies/remedy.ts';
import { CONNECTOR, DATABASE, type Facts, healthy, subnet, TWILIO } from '../egress/topology.ts';

/** Everything works, and every subnet has addresses left. */
export function roomy(): Facts {
  const facts = healthy();
  for (const one of facts.Subnets) one.AvailableIpAddressCount = 200;
  return facts;
}

/** A second public subnet, in the second zone, on the table of the first. */
export function secondPublic(facts: Facts): void {
  const associated = { State: 'associated' };
  facts.Subnets.push({
    ...subnet(facts, 'subnet-pub'),
    SubnetId: 'subnet-pub-b',
    CidrBlock: '10.0.101.0/24',
    AvailabilityZone: 'us-east-1b',
  });
  facts.RouteTables.find(({ RouteTableId }) => RouteTableId === 'rtb-public')?.Associations?.push({
    SubnetId: 'subnet-pub-b',
    Main: false,
    AssociationState: associated,
  });
  facts.NetworkAcls.find(({ NetworkAclId }) => NetworkAclId === 'acl-pub')?.Associations?.push({
    SubnetId: 'subnet-pub-b',
  });
}

export const statuses = (
  facts: EgressFacts,
  dependencies: readonly EgressDependency[] = [TWILIO, DATABASE],
  connector = CONNECTOR,
): Record<string, string> =>
  Object.fromEntries(judgeEgress(facts, connector, dependencies).map(({ name, status }) => [name, status]));

/** What a plan rests on, with the findings as the judge makes them. */
export function basisOf(facts: EgressFacts, more: Partial<Basis> = {}): Basis {
  const { dependencies = [TWILIO, DATABASE], connector = CONNECTOR } = more;
  const results = connector ? judgeEgress(facts, connector, dependencies) : [];
  return {
    service: { name: 'app', arn: 'arn:app', id: '1', url: '' },
    configuration: {
      status: 'RUNNING',
      source: 'app:v1',
      egress: { type: 'VPC', vpcConnectorArn: 'arn:connector' },
      publiclyAccessible: true,
      ipAddressType: 'IPV4',
      environmentNames: [],
      environmentIsVisible: true,
      environment: {},
      secretNames: [],
      fingerprint: 'f1',
    },
    profile: Profile.parse({ service: 'some-app', dependencies: [] }),
    wanted: { variables: {}, secrets: {} },
    prices: LIST_PRICES,
    region: 'us-east-1',
    egress: results.map(({ name, status, cause }) => ({
      subject: name,
      status: status === 'degraded' ? 'broken' : status,
      ...(cause && { cause }),
    })),
    exposure: [],
    connector,
    dependencies,
    facts,
    endpointServices: [],
    neighbours: [],
    connectors: [],
    references: [],
    diagnosis: { findings: [], causes: [], probes: [], healthy: false },
    ...more,
  };
}

export const onePerZone = (): Profile =>
  Profile.parse({ service: 'some-app', dependencies: [], repair: { natGateways: 'one-per-zone' } });

export const unmet = ({ preconditions }: Proposal) => preconditions.filter(({ met }) => met !== 'yes');
