import { ecrImage, pastOperation } from '../build/apprunner.ts';
import { interfaceEndpoint } from '../build/endpoints.ts';
import { securityGroup, tcpFrom } from '../build/interfaces.ts';
import { appRunnerWrote } from '../build/logs.ts';
import { aclEntry, networkAcl, routeTable } from '../build/network.ts';
import { minutesAgo, type Site } from '../build/site.ts';
import { leadDefaultRoute } from '../build/two-tier.ts';
import { type Atlas, atlas, RATES_TIMED_OUT, SECRETS_TIMED_OUT } from './atlas.ts';

const EVERYWHERE = '0.0.0.0/0';

const natOf = ({ account }: Site, id: string | undefined) => {
  const found = account.ec2.natGateways.find(({ NatGatewayId }) => NatGatewayId === id);
  if (!found) throw new Error(`no NAT gateway is called ${id}`);
  return found;
};

/** AWS lists a deleted gateway for about an hour; its routes stay for ever. */
const leadToDeletedNat = (site: Site, { privateTables }: Atlas): void => {
  const NatGatewayId = `nat-0${site.random.hex(16)}`;
  for (const id of privateTables) leadDefaultRoute(site, id, { NatGatewayId, State: 'blackhole' });
};

export const routeBlackhole = atlas(
  'the default route leads to a NAT gateway that was deleted, and there is no other',
  leadToDeletedNat,
  { nat: false, met: [RATES_TIMED_OUT] },
);

export const routeBlackholeOtherNat = atlas(
  'the default routes lead to a NAT gateway that was deleted, and another one stands idle',
  leadToDeletedNat,
  { ownTables: true, met: [RATES_TIMED_OUT] },
);

export const routeInternetGateway = atlas(
  'the connector is in public subnets, where its private interfaces reach no internet gateway',
  () => {},
  { connectorIn: 'public', met: [RATES_TIMED_OUT] },
);

export const natFailed = atlas(
  'the NAT gateway on the way could not be created',
  (site, { natId }) => {
    const nat = natOf(site, natId);
    Object.assign(nat, {
      State: 'failed',
      FailureCode: 'Gateway.NotAttached',
      FailureMessage: 'Network vpc has no Internet gateway attached',
      DeleteTime: minutesAgo(site, 20),
      NatGatewayAddresses: nat.NatGatewayAddresses?.map(({ PublicIp: _, ...rest }) => ({ ...rest, Status: 'failed' })),
    });
  },
  { met: [RATES_TIMED_OUT] },
);

export const natPrivate = atlas(
  'the NAT gateway on the way is a private one, which has no public address',
  (site, { natId }) => {
    const nat = natOf(site, natId);
    const [address] = nat.NatGatewayAddresses ?? [];
    const { NetworkInterfaceId, PrivateIp } = address ?? {};
    nat.ConnectivityType = 'private';
    nat.NatGatewayAddresses = [{ NetworkInterfaceId, PrivateIp, IsPrimary: true, Status: 'succeeded' }];
    for (const link of site.account.ec2.networkInterfaces) {
      if (link.NetworkInterfaceId === NetworkInterfaceId) delete link.Association;
    }
  },
  { met: [RATES_TIMED_OUT] },
);

export const aclDenies = atlas(
  'the network ACL of the private subnets lets requests out and no answers in',
  (site, { vpcId, cidr, privateSubnets }) =>
    networkAcl(site, vpcId, privateSubnets, [
      aclEntry('out', 100, { cidr: EVERYWHERE }),
      aclEntry('in', 100, { cidr }),
      aclEntry('in', 110, { cidr: EVERYWHERE, ports: [443, 443] }),
    ]),
  { met: [RATES_TIMED_OUT] },
);

export const oneSubnetOfThree = atlas(
  'every third request fails: one private subnet of three has a route table without a way out',
  (site, { vpcId, cidr, privateSubnets }) => routeTable(site, vpcId, { cidr, subnets: privateSubnets.slice(2) }),
  { zones: 3, met: [RATES_TIMED_OUT] },
);

const secretsEndpoint = (site: Site, { vpcId, privateSubnets }: Atlas, letsIn: string) =>
  interfaceEndpoint(site, {
    vpcId,
    service: 'secretsmanager',
    subnetIds: privateSubnets,
    groupIds: [securityGroup(site, vpcId, { name: 'secrets-endpoint', ingress: [tcpFrom(letsIn, 443)] })],
  });

export const endpointClosed = atlas(
  'the interface endpoint of Secrets Manager lets in only another network',
  (site, made) => secretsEndpoint(site, made, '10.99.0.0/16'),
  { upstream: 'secretsmanager', met: [SECRETS_TIMED_OUT] },
);

export const endpointDns = atlas(
  'the VPC gives no DNS host names, so the name of Secrets Manager does not lead to its endpoint',
  (site, made) => {
    secretsEndpoint(site, made, made.cidr);
    site.account.ec2.vpcAttributes[made.vpcId] = { enableDnsSupport: true, enableDnsHostnames: false };
  },
  { upstream: 'secretsmanager', nat: false, met: [SECRETS_TIMED_OUT] },
);

export const publicAccessBlocked = atlas(
  'VPC Block Public Access is on in both directions; routes and NAT gateway look perfect',
  ({ account }) =>
    Object.assign(account.ec2.blockPublicAccess, {
      State: 'update-complete',
      InternetGatewayBlockMode: 'block-bidirectional',
      ManagedBy: 'account',
    }),
  { met: [RATES_TIMED_OUT] },
);

export const databaseDown = atlas(
  'the database instance is stopped',
  ({ account }) => {
    for (const instance of account.rds.instances) instance.DBInstanceStatus = 'stopped';
  },
  { met: ['quote: failed to connect to database: dial tcp 10.20.10.10:5432: connect: connection refused'] },
);

export const databaseClosed = atlas(
  "the database's security group no longer lets the connector in",
  ({ account }, { databaseGroup }) => {
    for (const group of account.ec2.securityGroups) if (group.GroupId === databaseGroup) group.IpPermissions = [];
  },
  {
    met: ['quote: failed to connect to database (password=canary-db-password): dial tcp 10.20.10.10:5432: i/o timeout'],
  },
);

export const transitGateway = atlas(
  'everything works through a transit gateway, whose own routes nobody here can see',
  (site, { mainTableId }) => leadDefaultRoute(site, mainTableId, { TransitGatewayId: `tgw-0${site.random.hex(16)}` }),
  { nat: false },
);

export const deploymentFailed = atlas(
  'the new page answers 404: the update that brings it failed its health check and was rolled back',
  (site, { service }) => {
    ecrImage(site, 'atlas-backend:1.9.0', 60);
    pastOperation(site, service, {
      type: 'UPDATE_SERVICE',
      status: 'ROLLBACK_SUCCEEDED',
      minutesAgo: 50,
      minutes: 14,
    });
    service.UpdatedAt = minutesAgo(site, 36);
    appRunnerWrote(site, service, [
      [50, 'Service update started.'],
      [49, 'Provisioning instances and deploying image.'],
      [40, "Health check failed on port '8080'. Rolling back."],
      [36, 'Service update failed. For details, see service logs.'],
      [36, 'Service status is set to RUNNING.'],
    ]);
  },
  { page: '/v2/quote', met: ['GET /v2/quote 404'] },
);
