import { atlasAccount, DATABASE, REGION, SERVICE } from './atlas.ts';
import { quoteProfile, quoteService, quotesAsked } from './quotes.ts';
import type { Scenario } from './scenario.ts';

const OTHER = 'atlas-reports';

/** One outage, two services: a run begins for each of them, and both want to make the same thing. */
export const sharedOutage: Scenario = {
  description: 'two services leave through one connector, whose subnets lost their NAT gateway',
  region: REGION,
  build: (site) => {
    const made = atlasAccount(site, { nat: false, ownTables: true });
    const other = quoteService(site, {
      name: OTHER,
      upstream: 'rates',
      databaseHost: made.databaseHost,
      owner: 'atlas',
      connectorArn: site.account.apprunner.connectors[0]?.VpcConnectorArn ?? '',
    });
    for (const service of [made.service, other]) quotesAsked(site, service, '/v1/quote', []);
    const declared = { upstream: 'rates', database: DATABASE } as const;
    return {
      profiles: {
        [SERVICE]: (urls) => quoteProfile(SERVICE, urls[SERVICE], declared),
        [OTHER]: (urls) => quoteProfile(OTHER, urls[OTHER], declared),
      },
    };
  },
};
