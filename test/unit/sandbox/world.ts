import { emptyAccount } from '../../../sandbox/account.ts';
import { appRunnerService, vpcConnector } from '../../../sandbox/build/apprunner.ts';
import { database } from '../../../sandbox/build/data.ts';
import { awsServices } from '../../../sandbox/build/endpoints.ts';
import { securityGroup, tcpFrom } from '../../../sandbox/build/interfaces.ts';
import {
  availabilityZones,
  internetGateway,
  natGateway,
  route,
  routeTable,
  subnet,
  vpc,
} from '../../../sandbox/build/network.ts';
import { paths } from '../../../sandbox/network.ts';
import { Random } from '../../../sandbox/random.ts';

const CIDR = '10.0.0.0/16';

/** A VPC that works: private subnet → NAT → internet gateway, a database, an open connector. Tests break one thing. */
export function world(options: { egress?: 'VPC' | 'DEFAULT'; publicDatabase?: boolean } = {}) {
  const account = emptyAccount({ id: '123456789012', region: 'us-east-1' });
  const site = { account, random: new Random(7), now: new Date('2026-01-01T00:00:00Z') };
  availabilityZones(site, 'ab');
  awsServices(site);
  account.internet['verify.twilio.com'] = { addresses: ['54.172.60.31'], ports: [443] };
  const home = vpc(site, { cidr: CIDR, name: 'home' });
  const open = subnet(site, home, { cidr: '10.0.0.0/24', zone: 0, name: 'public' });
  const closed = subnet(site, home, { cidr: '10.0.10.0/24', zone: 0, name: 'private' });
  const igw = internetGateway(site, home.vpcId);
  routeTable(site, home.vpcId, { cidr: CIDR, subnets: [open], routes: [route('0.0.0.0/0', { GatewayId: igw })] });
  const nat = natGateway(site, open);
  const table = routeTable(site, home.vpcId, {
    cidr: CIDR,
    subnets: [closed],
    routes: [route('0.0.0.0/0', { NatGatewayId: nat })],
  });
  const databaseGroup = securityGroup(site, home.vpcId, { name: 'db', ingress: [tcpFrom('0.0.0.0/0', 5432)] });
  const host = database(site, {
    identifier: 'db',
    subnets: [open],
    groups: [databaseGroup],
    publiclyAccessible: options.publicDatabase ?? true,
  });
  const group = securityGroup(site, home.vpcId, { name: 'connector' });
  const connector = vpcConnector(site, { name: 'connector', subnets: [closed], groups: [group] });
  const service = appRunnerService(site, {
    name: 'backend',
    image: 'image',
    port: '8000',
    accessRoleArn: 'role',
    instanceRoleArn: 'role',
    variables: {},
    secrets: {},
    connectorArn: options.egress === 'DEFAULT' ? undefined : connector,
    ipAddressType: 'IPV4',
    healthPath: '/',
    app: { kind: 'otp', port: 8000 },
  });
  const reach = (name: string, port: number) => paths(account, service, name, port);
  const reaches = (name: string, port: number) => reach(name, port).every(({ reached }) => reached);
  return {
    account,
    site,
    home,
    open,
    closed,
    igw,
    nat,
    table,
    databaseGroup,
    host,
    group,
    connector,
    service,
    reach,
    reaches,
  };
}

export const one = <T>(items: T[], matches: (item: T) => boolean): T => {
  const found = items.find(matches);
  if (!found) throw new Error('not in the account');
  return found;
};
