import { describe, expect, it } from 'vitest';
import type { EgressDependency } from '../../../lib/egress/facts.ts';
import { addGatewayEndpoint } from '../../../lib/remedies/add-gateway-endpoint.ts';
import { addInterfaceEndpoints } from '../../../lib/remedies/add-interface-endpoints.ts';
import { openSecurityGroup } from '../../../lib/remedies/open-security-group.ts';
import { afterwards, weigh } from '../../../lib/remedies/weigh.ts';
import {
  DATABASE,
  defaultRoute,
  dualStack,
  FAR,
  type Facts,
  gatewayEndpoint,
  group,
  healthy,
  interfaceEndpoint,
  peered,
  S3,
  SECRETS,
  TWILIO,
} from '../egress/topology.ts';
import { basisOf } from './endpoint-basis.ts';

const closed = (change: (facts: Facts) => void = () => {}, out: object[] = []) => {
  const facts = healthy();
  group(facts, 'sg-app').IpPermissionsEgress = out;
  change(facts);
  return facts;
};
const withDefaultGroup = (made: Facts): void => {
  made.SecurityGroups.push({ GroupId: 'sg-default', GroupName: 'default', VpcId: 'vpc-1' });
};
const carried = (made: Facts, GroupId: string, ...instanceIds: string[]): void => {
  for (const InstanceId of instanceIds)
    made.NetworkInterfaces.push({
      NetworkInterfaceId: `eni-${InstanceId}`,
      Attachment: { InstanceId },
      Groups: [{ GroupId }],
    });
};
const all = (basis: ReturnType<typeof basisOf>) => weigh(openSecurityGroup, basis);
const only = (basis: ReturnType<typeof basisOf>) => {
  const [weighed, ...others] = all(basis);
  expect(others).toEqual([]);
  if (!weighed) throw new Error('nothing was proposed');
  return weighed;
};
const rulesOf = ({ proposal }: ReturnType<typeof only>) =>
  ((proposal.step?.details.rules ?? []) as { groupId: string; protocol: string; port: number; to: string }[]).map(
    ({ groupId, protocol, port, to }) => `${groupId} ${protocol}/${port} ${to}`,
  );

describe('a rule out', () => {
  it('names the prefix list of a service with a gateway endpoint', () => {
    const found = only(basisOf(closed(gatewayEndpoint), [S3]));
    expect(rulesOf(found)).toEqual(['sg-app tcp/443 pl-s3']);
    expect(found.option).toMatchObject({ blocked: false, fixes: ['files'], warnings: [], monthlyCostUsd: 0 });
  });

  it('names the group of the database, and of an interface endpoint', () => {
    expect(rulesOf(only(basisOf(closed(), [DATABASE])))).toEqual(['sg-app tcp/5432 sg-db']);
    const found = only(
      basisOf(
        closed((made) => interfaceEndpoint(made)),
        [SECRETS, DATABASE],
      ),
    );
    expect(rulesOf(found)).toEqual(['sg-app tcp/443 sg-vpce', 'sg-app tcp/5432 sg-db']);
    expect(found.option.fixes).toEqual(['secrets', 'database']);
  });

  it('names one fixed address', () => {
    const provider: EgressDependency = { name: 'provider', addresses: ['203.0.113.9'], port: 8443, protocol: 'tcp' };
    const found = only(basisOf(closed(), [provider]));
    expect(rulesOf(found)).toEqual(['sg-app tcp/8443 203.0.113.9/32']);
    expect(found.option).toMatchObject({ fixes: ['provider'], warnings: [] });
  });

  it('opens one port to the internet for a public name, and says why', () => {
    const found = only(basisOf(closed(), [TWILIO]));
    expect(rulesOf(found)).toEqual(['sg-app tcp/443 0.0.0.0/0']);
    expect(found.option.fixes).toEqual(['twilio']);
    expect(found.option.warnings).toEqual([
      'the addresses of twilio change, so that no narrower rule holds: tcp/443 is opened to 0.0.0.0/0',
    ]);
  });

  it('names the address of what stands in a peered VPC, whose groups may not be named', () => {
    const found = only(basisOf(closed(peered), [FAR]));
    expect(rulesOf(found)).toEqual(['sg-app tcp/6379 172.16.5.5/32']);
    expect(found.option).toMatchObject({ fixes: ['far'], warnings: [] });
  });

  it('is one for each family', () => {
    const both = { ...TWILIO, addresses: ['54.172.60.1', '2600:9000::1'] };
    expect(rulesOf(only(basisOf(closed(dualStack), [both])))).toEqual([
      'sg-app tcp/443 0.0.0.0/0',
      'sg-app tcp/443 ::/0',
    ]);
    expect(rulesOf(only(basisOf(closed(), [both])))).toEqual(['sg-app tcp/443 0.0.0.0/0']);
  });

  it('is the same one for several dependencies', () => {
    const found = only(basisOf(closed(), [TWILIO, { ...TWILIO, name: 'slack', host: 'slack.com' }]));
    expect(rulesOf(found)).toEqual(['sg-app tcp/443 0.0.0.0/0']);
    expect(found.option.fixes).toEqual(['twilio', 'slack']);
  });

  it('goes into the group that fewest others carry, and says who does', () => {
    const connector = { subnetIds: ['subnet-a'], securityGroupIds: ['sg-app', 'sg-own'] };
    const facts = closed((made) => made.SecurityGroups.push({ GroupId: 'sg-own', VpcId: 'vpc-1' }));
    const neighbours = [{ name: 'quotes', connector: { subnetIds: ['subnet-b'], securityGroupIds: ['sg-app'] } }];
    const shared = basisOf(facts, [TWILIO], { connector, neighbours });
    expect(rulesOf(only(shared))).toEqual(['sg-own tcp/443 0.0.0.0/0']);
    const one = only(basisOf(closed(), [TWILIO], { neighbours }));
    expect(one.option.affects).toEqual(['quotes leaves through sg-app too']);
    expect(rulesOf(only(basisOf(facts, [TWILIO], { connector })))).toEqual(['sg-app tcp/443 0.0.0.0/0']);
  });

  it('goes into the default group where the connector names none', () => {
    const connector = { subnetIds: ['subnet-a'], securityGroupIds: [] };
    const facts = closed(withDefaultGroup);
    const found = only(basisOf(facts, [TWILIO], { connector }));
    expect(rulesOf(found)).toEqual(['sg-default tcp/443 0.0.0.0/0']);
    expect(found.option.affects).toEqual([]);
  });

  it('is felt by a service whose connector names no group, where it goes into the default one', () => {
    const neighbours = [{ name: 'quotes', connector: { subnetIds: ['subnet-b'], securityGroupIds: [] } }];
    const connector = { subnetIds: ['subnet-a'], securityGroupIds: ['sg-default'] };
    const found = only(basisOf(closed(withDefaultGroup), [TWILIO], { connector, neighbours }));
    expect(found.option.affects).toEqual(['quotes leaves through sg-default too']);
  });

  it('names kinds of what else carries the group, so that the plan holds while instances come and go', () => {
    const affects = (...ids: string[]) => {
      const facts = closed((made) => {
        carried(made, 'sg-app', ...ids);
        const Groups = [{ GroupId: 'sg-app' }];
        made.NetworkInterfaces.push(
          { NetworkInterfaceId: 'eni-fn', InterfaceType: 'lambda', Groups },
          { NetworkInterfaceId: 'eni-db-2', Description: 'RDSNetworkInterface', Groups },
          { NetworkInterfaceId: 'eni-lb', InterfaceType: 'network_load_balancer', Groups },
        );
      });
      return only(basisOf(facts, [TWILIO])).option.affects;
    };
    expect(affects('i-1')).toEqual([
      'EC2 instances carry sg-app too',
      'Lambda functions carry sg-app too',
      'databases carry sg-app too',
      'other network interfaces carry sg-app too',
    ]);
    expect(affects('i-2', 'i-3', 'i-4')).toEqual(affects('i-1'));
    expect(affects()).not.toContain('EC2 instances carry sg-app too');
  });

  it('counts the interfaces of App Runner with the services that leave through them', () => {
    const neighbours = [{ name: 'quotes', connector: { subnetIds: ['subnet-b'], securityGroupIds: ['sg-app'] } }];
    const connector = { subnetIds: ['subnet-a'], securityGroupIds: ['sg-app'] };
    const inSubnets = (...subnetIds: string[]) =>
      closed((made) => {
        for (const SubnetId of subnetIds)
          made.NetworkInterfaces.push({
            NetworkInterfaceId: `eni-${SubnetId}`,
            SubnetId,
            Description: 'AWSAppRunner ENI',
            Groups: [{ GroupId: 'sg-app' }],
          });
      });
    const affects = (facts: Facts) => only(basisOf(facts, [TWILIO], { connector, neighbours })).option.affects;
    expect(affects(inSubnets('subnet-a', 'subnet-b'))).toEqual(['quotes leaves through sg-app too']);
    expect(affects(inSubnets('subnet-a', 'subnet-b', 'subnet-c'))).toEqual([
      'quotes leaves through sg-app too',
      'other App Runner connectors carry sg-app too',
    ]);
  });

  it('says so where it was not seen what else carries the group', () => {
    const { NetworkInterfaces: _, ...facts } = closed();
    expect(only(basisOf(facts, [TWILIO])).option.affects).toEqual([
      'what else carries sg-app could not be looked at (ec2:DescribeNetworkInterfaces)',
    ]);
  });

  it('keeps the rules that were seen, and changes nothing else', () => {
    const facts = closed(undefined, [
      { IpProtocol: 'tcp', FromPort: 25, ToPort: 25, IpRanges: [{ CidrIp: '10.0.0.0/16' }, { CidrIp: '10.1.0.0/16' }] },
    ]);
    const before = structuredClone(facts);
    const { proposal } = only(basisOf(facts, [TWILIO]));
    expect(proposal.step?.details.groups).toEqual([
      { groupId: 'sg-app', out: ['tcp 25-25 10.0.0.0/16', 'tcp 25-25 10.1.0.0/16'] },
    ]);
    expect(facts).toEqual(before);
  });

  it('alone does not do where there is no route either, and says so', () => {
    const { option } = only(
      basisOf(
        closed((made) => defaultRoute(made)),
        [TWILIO],
      ),
    );
    expect(option).toMatchObject({ blocked: true, fixes: [] });
    expect(option.warnings[1]).toContain('twilio needs more than this');
  });

  it('never refers to a group that is only planned', () => {
    const basis = basisOf(
      closed((made) => defaultRoute(made)),
      [SECRETS],
    );
    const [endpoints] = weigh(addInterfaceEndpoints, basis);
    if (!endpoints) throw new Error('no endpoints were proposed');
    const found = only(afterwards(basis, endpoints));
    expect(rulesOf(found)).toEqual([
      'sg-app tcp/443 10.0.1.0/24',
      'sg-app tcp/443 10.0.2.0/24',
      'sg-app tcp/443 10.0.3.0/24',
    ]);
    expect(found.option.fixes).toEqual(['secrets']);
  });

  it('never refers to a prefix list that AWS did not name', () => {
    const items = { name: 'items', aws: 'dynamodb', addresses: ['52.94.0.9'], port: 443, protocol: 'tcp' as const };
    const basis = basisOf(
      closed((made) => defaultRoute(made)),
      [items],
    );
    const [endpoint] = weigh(addGatewayEndpoint, basis);
    if (!endpoint) throw new Error('no endpoint was proposed');
    const found = only(afterwards(basis, endpoint));
    expect(rulesOf(found)).toEqual(['sg-app tcp/443 0.0.0.0/0']);
    expect(found.option.fixes).toEqual(['items']);
  });

  it('is not known to fit a full group', () => {
    const full = Array.from({ length: 60 }, (_, i) => ({
      IpProtocol: 'udp',
      FromPort: i,
      ToPort: i,
      IpRanges: [{ CidrIp: '10.0.0.0/16' }],
    }));
    expect(only(basisOf(closed(undefined, full), [TWILIO])).option.preconditions).toMatchObject([{ met: 'unknown' }]);
  });

  it('at the other end is for a person: it says which', () => {
    const facts = healthy();
    group(facts, 'sg-db').IpPermissions = [];
    const { option, proposal } = only(basisOf(facts, [DATABASE]));
    expect(option).toMatchObject({ blocked: true, fixes: [] });
    expect(option.preconditions).toMatchObject([{ met: 'no' }]);
    expect(proposal.byHand).toEqual(['Add an inbound rule to sg-db: tcp/5432 from sg-app, for database.']);
    expect(proposal.step).toBeUndefined();
  });

  it('has nothing to do with a route that is missing, or with what works', () => {
    const facts = healthy();
    defaultRoute(facts);
    expect(all(basisOf(facts, [TWILIO, DATABASE]))).toEqual([]);
    expect(all(basisOf(healthy(), [TWILIO]))).toEqual([]);
    expect(openSecurityGroup.propose({ ...basisOf(closed(), [TWILIO]), connector: null })).toEqual([]);
  });
});
