import { describe, expect, it } from 'vitest';
import type { Account } from '../../../sandbox/account.ts';
import { cache } from '../../../sandbox/build/data.ts';
import { gatewayEndpoint, interfaceEndpoint } from '../../../sandbox/build/endpoints.ts';
import { securityGroup, tcpFrom, tcpFromGroup } from '../../../sandbox/build/interfaces.ts';
import { route, subnet } from '../../../sandbox/build/network.ts';
import { paths } from '../../../sandbox/network.ts';
import { one, world } from './world.ts';

const tableById = (account: Account, id: string) =>
  one(account.ec2.routeTables, ({ RouteTableId }) => RouteTableId === id);
const natById = (account: Account, id: string) =>
  one(account.ec2.natGateways, ({ NatGatewayId }) => NatGatewayId === id);

describe('DEFAULT egress', () => {
  it('reaches public addresses', () =>
    expect(world({ egress: 'DEFAULT' }).reaches('verify.twilio.com', 443)).toBe(true));

  it('gets no answer from a port nobody serves', () =>
    expect(world({ egress: 'DEFAULT' }).reaches('verify.twilio.com', 25)).toBe(false));

  it('resolves a public database to its public address and reaches it', () => {
    const { reach, host } = world({ egress: 'DEFAULT' });
    expect(reach(host, 5432)).toEqual([{ from: 'DEFAULT', address: '54.160.71.18', reached: true, via: 'local' }]);
  });

  it('does not reach a private database', () => {
    const { reach, host } = world({ egress: 'DEFAULT', publicDatabase: false });
    expect(reach(host, 5432)).toMatchObject([{ reached: false, because: expect.stringContaining('is private') }]);
  });

  it('does not reach a public database whose group lets only some of the internet in', () => {
    const { account, databaseGroup, reaches, host } = world({ egress: 'DEFAULT' });
    one(account.ec2.securityGroups, ({ GroupId }) => GroupId === databaseGroup).IpPermissions = [
      tcpFrom('3.0.0.0/8', 5432),
    ];
    expect(reaches(host, 5432)).toBe(false);
  });

  it('does not reach a public database in a subnet without a route to the internet gateway', () => {
    const { account, open, reaches, host } = world({ egress: 'DEFAULT' });
    const table = one(account.ec2.routeTables, ({ Associations }) =>
      Boolean(Associations?.some(({ SubnetId }) => SubnetId === open)),
    );
    table.Routes = table.Routes?.filter(({ GatewayId }) => GatewayId === 'local');
    expect(reaches(host, 5432)).toBe(false);
  });

  it('is refused by a database that is stopped', () => {
    const { account, reach, host } = world({ egress: 'DEFAULT' });
    one(account.rds.instances, () => true).DBInstanceStatus = 'stopped';
    expect(reach(host, 5432)).toMatchObject([{ reached: false, symptom: 'refused' }]);
  });

  it('is kept out of the VPC by block-ingress, but not from other public addresses', () => {
    const { account, reaches, host } = world({ egress: 'DEFAULT' });
    account.ec2.blockPublicAccess.InternetGatewayBlockMode = 'block-ingress';
    expect([reaches(host, 5432), reaches('verify.twilio.com', 443)]).toEqual([false, true]);
  });
});

describe('VPC egress to the internet', () => {
  it('goes through the NAT gateway', () => {
    const { reach, nat } = world();
    expect(reach('verify.twilio.com', 443)).toMatchObject([{ reached: true, via: nat }]);
  });

  it.each<[string, (w: ReturnType<typeof world>) => void]>([
    ['there is no default route', ({ account, table }) => tableById(account, table).Routes?.pop()],
    [
      'the default route is a blackhole',
      ({ account, table }) => Object.assign(tableById(account, table).Routes?.at(-1) ?? {}, { State: 'blackhole' }),
    ],
    [
      'a longer blackhole prefix wins over a healthy default route',
      ({ account, table }) =>
        tableById(account, table).Routes?.push(
          route('54.172.0.0/16', { NatGatewayId: 'nat-gone', State: 'blackhole' }),
        ),
    ],
    [
      'the default route is the internet gateway, because the interface has no public address',
      ({ account, table, igw }) =>
        Object.assign(tableById(account, table).Routes?.at(-1) ?? {}, { NatGatewayId: undefined, GatewayId: igw }),
    ],
    [
      'the NAT gateway is being deleted',
      ({ account, nat }) => Object.assign(natById(account, nat), { State: 'deleting' }),
    ],
    [
      'the NAT gateway is private',
      ({ account, nat }) => Object.assign(natById(account, nat), { ConnectivityType: 'private' }),
    ],
    [
      'the NAT gateway stands in the private subnet',
      ({ account, nat, closed }) => Object.assign(natById(account, nat), { SubnetId: closed }),
    ],
    [
      'the internet gateway is detached',
      ({ account }) => Object.assign(account.ec2.internetGateways[0] ?? {}, { Attachments: [] }),
    ],
    ['the group lets nothing out', ({ account, group }) => setEgress(account, group, [])],
    [
      'the group lets another port out only',
      ({ account, group }) => setEgress(account, group, [tcpFrom('0.0.0.0/0', 80)]),
    ],
    ['the network ACL denies 443 out', ({ account }) => deny(account, true, 443)],
    ['the network ACL denies answers in', ({ account }) => deny(account, false, 50_000)],
    ['public access is blocked in both directions', ({ account }) => block(account, 'block-bidirectional')],
    [
      'the VPC has no DNS',
      ({ account, home }) => Object.assign(account.ec2.vpcAttributes[home.vpcId] ?? {}, { enableDnsSupport: false }),
    ],
  ])('fails when %s', (_, breakIt) => {
    const broken = world();
    expect(broken.reaches('verify.twilio.com', 443)).toBe(true);
    breakIt(broken);
    expect(broken.reaches('verify.twilio.com', 443)).toBe(false);
  });

  it('survives block-ingress, and block-bidirectional with the subnet of the NAT gateway excluded', () => {
    const { account, open, reaches } = world();
    block(account, 'block-ingress');
    expect(reaches('verify.twilio.com', 443)).toBe(true);
    block(account, 'block-bidirectional');
    account.ec2.blockPublicAccessExclusions.push({
      ResourceArn: `arn:aws:ec2:us-east-1:123456789012:subnet/${open}`,
      InternetGatewayExclusionMode: 'allow-egress',
      State: 'create-complete',
    });
    expect(reaches('verify.twilio.com', 443)).toBe(true);
  });

  it('goes through a transit gateway to public addresses, and to no private ones outside the VPC', () => {
    const { account, table, reaches } = world();
    const last = tableById(account, table).Routes?.at(-1) ?? {};
    Object.assign(last, { NatGatewayId: undefined, TransitGatewayId: 'tgw-1' });
    expect([reaches('verify.twilio.com', 443), reaches('10.9.0.7', 443)]).toEqual([true, false]);
  });

  it('differs per subnet: one good and one bad subnet fail half of the time', () => {
    const { account, site, home, connector, service } = world();
    const bad = subnet(site, home, { cidr: '10.0.11.0/24', zone: 1, name: 'no way out' });
    one(account.apprunner.connectors, ({ VpcConnectorArn }) => VpcConnectorArn === connector).Subnets?.push(bad);
    expect(paths(account, service, 'verify.twilio.com', 443).map(({ reached }) => reached)).toEqual([true, false]);
  });
});

describe('VPC egress inside the VPC', () => {
  it('reaches a cache by its name on its port, and DEFAULT egress does not', () => {
    const seen = (['VPC', 'DEFAULT'] as const).map((egress) => {
      const { site, closed, home, group, reaches } = world({ egress });
      const guard = securityGroup(site, home.vpcId, { name: 'cache', ingress: [tcpFromGroup(group, 6379)] });
      const host = cache(site, { identifier: 'redis', subnet: closed, groups: [guard] });
      return [reaches(host, 6379), reaches(host, 6380)];
    });
    expect(seen).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  it('resolves the database to its private address and reaches it', () => {
    const { reach, host } = world();
    expect(reach(host, 5432)).toMatchObject([{ reached: true, via: 'local', address: expect.stringMatching(/^10\./) }]);
  });

  it('is let in by a rule that names the group of the connector, and not by one that names another', () => {
    const { account, databaseGroup, group, reaches, host } = world({ publicDatabase: false });
    const rules = one(account.ec2.securityGroups, ({ GroupId }) => GroupId === databaseGroup);
    const from = (GroupId: string) => [
      { ...tcpFrom('0.0.0.0/0', 5432), IpRanges: [], UserIdGroupPairs: [{ GroupId }] },
    ];
    rules.IpPermissions = from(group);
    expect(reaches(host, 5432)).toBe(true);
    rules.IpPermissions = from('sg-other');
    expect(reaches(host, 5432)).toBe(false);
  });
});

describe('endpoints', () => {
  const withoutNat = () => {
    const made = world();
    tableById(made.account, made.table).Routes?.pop();
    return made;
  };

  it('reaches S3 through a gateway endpoint of its route table, and nothing else', () => {
    const { site, home, table, reaches } = withoutNat();
    expect(reaches('s3.us-east-1.amazonaws.com', 443)).toBe(false);
    gatewayEndpoint(site, { vpcId: home.vpcId, service: 's3', routeTableIds: [table] });
    expect([reaches('s3.us-east-1.amazonaws.com', 443), reaches('verify.twilio.com', 443)]).toEqual([true, false]);
  });

  it('does not reach S3 through a gateway endpoint that is not available', () => {
    const { account, site, home, table, reaches } = withoutNat();
    gatewayEndpoint(site, { vpcId: home.vpcId, service: 's3', routeTableIds: [table] });
    Object.assign(account.ec2.vpcEndpoints[0] ?? {}, { State: 'deleting' });
    expect(reaches('s3.us-east-1.amazonaws.com', 443)).toBe(false);
  });

  it('does not reach S3 when the route is there but the endpoint does not serve its table', () => {
    const { account, site, home, table, reaches } = withoutNat();
    gatewayEndpoint(site, { vpcId: home.vpcId, service: 's3', routeTableIds: [table] });
    Object.assign(account.ec2.vpcEndpoints[0] ?? {}, { RouteTableIds: [] });
    expect(reaches('s3.us-east-1.amazonaws.com', 443)).toBe(false);
  });

  const withInterface = (options: { privateDns?: boolean; port?: number } = {}) => {
    const made = withoutNat();
    const { site, home, closed } = made;
    const group = securityGroup(site, home.vpcId, {
      name: 'endpoint',
      ingress: [tcpFrom('10.0.0.0/16', options.port ?? 443)],
    });
    interfaceEndpoint(site, {
      vpcId: home.vpcId,
      service: 'secretsmanager',
      subnetIds: [closed],
      groupIds: [group],
      privateDns: options.privateDns,
    });
    return made;
  };
  const secrets = 'secretsmanager.us-east-1.amazonaws.com';

  it('reaches Secrets Manager through an interface endpoint', () =>
    expect(withInterface().reaches(secrets, 443)).toBe(true));

  it('does not without private DNS, because the name stays public', () =>
    expect(withInterface({ privateDns: false }).reaches(secrets, 443)).toBe(false));

  it('does not when the group of the endpoint lets another port in', () =>
    expect(withInterface({ port: 80 }).reaches(secrets, 443)).toBe(false));

  it('does not when the VPC gives no DNS host names', () => {
    const { account, home, reaches } = withInterface();
    Object.assign(account.ec2.vpcAttributes[home.vpcId] ?? {}, { enableDnsHostnames: false });
    expect(reaches(secrets, 443)).toBe(false);
  });
});

function setEgress(account: Account, id: string, rules: ReturnType<typeof tcpFrom>[]) {
  one(account.ec2.securityGroups, ({ GroupId }) => GroupId === id).IpPermissionsEgress = rules;
}

function deny(account: Account, Egress: boolean, port: number) {
  const PortRange = { From: port, To: port };
  account.ec2.networkAcls[0]?.Entries?.push({
    CidrBlock: '0.0.0.0/0',
    Egress,
    Protocol: '6',
    PortRange,
    RuleAction: 'deny',
    RuleNumber: 50,
  });
}

function block(account: Account, mode: string) {
  account.ec2.blockPublicAccess.InternetGatewayBlockMode = mode;
}
