import { vpcConnector } from '../build/apprunner.ts';
import { securityGroup, tcpFromGroup } from '../build/interfaces.ts';
import { natGateway, route, routeTable, subnet } from '../build/network.ts';
import type { Site } from '../build/site.ts';
import { type Atlas, atlasAccount, DATABASE, REGION, SECRETS_TIMED_OUT, SERVICE } from './atlas.ts';
import { quoteProfile, quoteService, quotesAsked } from './quotes.ts';
import type { Scenario } from './scenario.ts';

const NEIGHBOUR = 'atlas-reports';

/**
 * The name of Secrets Manager means one thing in the whole VPC: an endpoint with private DNS for the service that needs
 * it takes the neighbour's way too, and must let the neighbour in.
 */
export const sharedVpc: Scenario = {
  description: 'no way out to Secrets Manager; a neighbour in the same VPC uses it through a NAT gateway',
  region: REGION,
  build: (site) => {
    const made = atlasAccount(site, { upstream: 'secretsmanager', nat: false });
    quotesAsked(site, made.service, '/v1/quote', [SECRETS_TIMED_OUT]);
    quotesAsked(site, neighbour(site, made), '/v1/quote', ['GET /v1/quote 200']);
    const declared = { upstream: 'secretsmanager', database: DATABASE } as const;
    return {
      profiles: {
        [SERVICE]: (urls) => quoteProfile(SERVICE, urls[SERVICE], declared),
        [NEIGHBOUR]: (urls) => quoteProfile(NEIGHBOUR, urls[NEIGHBOUR], declared),
      },
    };
  },
};

/** In subnets, with a table and a group of its own. */
function neighbour(site: Site, account: Atlas) {
  const { vpcId, cidr, publicSubnets, databaseGroup, databaseHost } = account;
  const subnets = [0, 1].map((zone) =>
    subnet(site, account, { cidr: `10.20.${20 + zone}.0/24`, zone, name: `atlas-routed-${'ab'[zone]}` }),
  );
  const NatGatewayId = natGateway(site, publicSubnets[0]);
  routeTable(site, vpcId, { cidr, subnets, routes: [route('0.0.0.0/0', { NatGatewayId })] });
  const group = securityGroup(site, vpcId, { name: NEIGHBOUR });
  for (const { GroupId, IpPermissions } of site.account.ec2.securityGroups) {
    if (GroupId === databaseGroup) IpPermissions?.push(tcpFromGroup(group, 5432));
  }
  return quoteService(site, {
    name: NEIGHBOUR,
    upstream: 'secretsmanager',
    databaseHost,
    owner: 'atlas',
    connectorArn: vpcConnector(site, { name: NEIGHBOUR, subnets, groups: [group] }),
  });
}
