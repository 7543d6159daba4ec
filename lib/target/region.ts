import {
  type AppRunnerClient,
  ListServicesCommand,
  type ListServicesCommandOutput,
  ListVpcConnectorsCommand,
  type ListVpcConnectorsCommandOutput,
  type ServiceSummary,
} from '@aws-sdk/client-apprunner';
import { ServiceNotFound } from '../domain/errors.ts';
import { describe } from './apprunner.ts';

type Client = Pick<AppRunnerClient, 'send'>;

export interface RegionConnector {
  readonly arn: string;
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/** The connectors of the region that a service can use: INACTIVE ones are deleted. https://docs.aws.amazon.com/apprunner/latest/api/API_VpcConnector.html */
export async function listConnectors(client: Client): Promise<RegionConnector[]> {
  const connectors: RegionConnector[] = [];
  let NextToken: string | undefined;
  do {
    const page: ListVpcConnectorsCommandOutput = await client.send(
      new ListVpcConnectorsCommand({ MaxResults: 100, NextToken }),
    );
    for (const { VpcConnectorArn = '', Subnets = [], SecurityGroups = [], Status } of page.VpcConnectors ?? []) {
      if (Status !== 'ACTIVE') continue;
      connectors.push({ arn: VpcConnectorArn, subnetIds: Subnets, securityGroupIds: SecurityGroups });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return connectors.sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

/** Services with the connectors that they leave through; without those whose connector is gone. */
export const withConnectors = <C extends { readonly arn: string }>(
  services: RegionServices['neighbours'],
  connectors: readonly C[],
): { readonly name: string; readonly connector: C }[] =>
  services.flatMap(({ name, connectorArn }) => {
    const connector = connectors.find(({ arn }) => arn === connectorArn);
    return connector ? [{ name, connector }] : [];
  });

export interface RegionServices {
  /** Those that leave through a connector, by name. */
  readonly neighbours: { readonly name: string; readonly connectorArn: string }[];
  /** Those that this role may not describe: how they leave is not known. */
  readonly unseen: { readonly name: string; readonly createdAt: Date | undefined }[];
}

/** App Runner publishes no rates for its calls: a region of services is not asked for all at once. */
const AT_ONCE = 8;

/** The other services of the region. */
export async function listNeighbours(client: Client, ownArn: string): Promise<RegionServices> {
  const summaries: ServiceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page: ListServicesCommandOutput = await client.send(new ListServicesCommand({ MaxResults: 20, NextToken }));
    summaries.push(...(page.ServiceSummaryList ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  const others = summaries
    .filter(({ ServiceArn, Status }) => ServiceArn !== ownArn && Status !== 'DELETED')
    .sort((a, b) => ((a.ServiceName ?? '') < (b.ServiceName ?? '') ? -1 : 1));
  const neighbours: RegionServices['neighbours'] = [];
  const unseen: RegionServices['unseen'] = [];
  for (let at = 0; at < others.length; at += AT_ONCE) {
    const some = others.slice(at, at + AT_ONCE);
    const ways = await Promise.all(some.map(({ ServiceArn = '' }) => wayOf(client, ServiceArn)));
    some.forEach(({ ServiceName: name = '', CreatedAt: createdAt }, index) => {
      const way = ways[index];
      if (way === 'unseen') unseen.push({ name, createdAt });
      else if (way) neighbours.push({ name, ...way });
    });
  }
  return { neighbours, unseen };
}

/** Undefined: not through a connector, or not there any more. */
async function wayOf(client: Client, arn: string): Promise<{ connectorArn: string } | 'unseen' | undefined> {
  try {
    const { NetworkConfiguration } = await describe(client, arn);
    const connectorArn = NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn;
    return connectorArn ? { connectorArn } : undefined;
  } catch (error) {
    if (error instanceof ServiceNotFound) return undefined;
    if (error instanceof Error && error.name.startsWith('AccessDenied')) return 'unseen';
    throw error;
  }
}
