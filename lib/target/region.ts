import {
  type AppRunnerClient,
  DescribeServiceCommand,
  ListServicesCommand,
  type ListServicesCommandOutput,
  ListVpcConnectorsCommand,
  type ListVpcConnectorsCommandOutput,
} from '@aws-sdk/client-apprunner';

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

/** The other services of the region that leave through a connector, by name. */
export async function listNeighbours(
  client: Client,
  ownArn: string,
): Promise<{ name: string; connectorArn: string }[]> {
  const arns: string[] = [];
  let NextToken: string | undefined;
  do {
    const page: ListServicesCommandOutput = await client.send(new ListServicesCommand({ MaxResults: 20, NextToken }));
    for (const { ServiceArn = '', Status } of page.ServiceSummaryList ?? []) {
      if (ServiceArn !== ownArn && Status !== 'DELETED') arns.push(ServiceArn);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  const described = await Promise.all(
    arns.map(async (ServiceArn) => (await client.send(new DescribeServiceCommand({ ServiceArn }))).Service),
  );
  return described
    .flatMap((service) => {
      const connectorArn = service?.NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn;
      return connectorArn ? [{ name: service?.ServiceName ?? '', connectorArn }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
