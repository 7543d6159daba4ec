import { createHmac } from 'node:crypto';
import {
  type AppRunnerClient,
  DescribeServiceCommand,
  DescribeVpcConnectorCommand,
  ListOperationsCommand,
  type ListOperationsCommandOutput,
  ListServicesCommand,
  type ListServicesCommandOutput,
  type Service,
  type SourceConfiguration,
} from '@aws-sdk/client-apprunner';
import { canonicalJson } from '../domain/canonical.ts';
import { InvalidRequest, ServiceNotFound } from '../domain/errors.ts';
import type {
  Egress,
  EnvironmentVariable,
  Operation,
  OperationState,
  ServiceConfiguration,
  ServiceRef,
} from '../domain/service.ts';

type Client = Pick<AppRunnerClient, 'send'>;

const SERVICE_ARN = /^arn:aws[a-z-]*:apprunner:[a-z0-9-]+:\d{12}:service\/([\w-]+)\/([0-9a-f]{32})$/;

/** Statuses that mean "still going"; whatever is not listed anywhere here is a failure. */
const GOING = ['PENDING', 'IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'];

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;

/**
 * Finds a service by name or ARN. Throws `ServiceNotFound` that says where was looked, `InvalidRequest` for an ARN of
 * something else.
 */
export async function findService(client: Client, nameOrArn: string): Promise<Service> {
  if (!nameOrArn.startsWith('arn:')) return describe(client, await arnOf(client, nameOrArn));
  if (!SERVICE_ARN.test(nameOrArn)) {
    throw new InvalidRequest(
      'service: not the ARN of an App Runner service (arn:aws:apprunner:<region>:<account>:service/<name>/<id>)',
    );
  }
  return describe(client, nameOrArn);
}

async function arnOf(client: Client, name: string): Promise<string> {
  let NextToken: string | undefined;
  do {
    const page: ListServicesCommandOutput = await client.send(new ListServicesCommand({ MaxResults: 20, NextToken }));
    const found = page.ServiceSummaryList?.find(
      (summary) => summary.ServiceName === name && summary.Status !== 'DELETED',
    );
    if (found?.ServiceArn) return found.ServiceArn;
    NextToken = page.NextToken;
  } while (NextToken);
  throw new ServiceNotFound(
    `service: no App Runner service is called ${JSON.stringify(name)} in this account and region`,
  );
}

/** The service as App Runner describes it. Holds environment values in plain text: never returned from a handler. */
export async function describe(client: Client, arn: string): Promise<Service> {
  try {
    const { Service: service } = await client.send(new DescribeServiceCommand({ ServiceArn: arn }));
    if (!service || service.Status === 'DELETED') throw new ServiceNotFound(`service: ${arn} was deleted`);
    return service;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) {
      throw new ServiceNotFound(`service: there is no ${arn} in this account and region`, { cause: error });
    }
    throw error;
  }
}

export function refOf(service: Service, door?: string): ServiceRef {
  const url = door ?? (service.ServiceUrl ? `https://${service.ServiceUrl}` : '');
  return {
    name: service.ServiceName ?? '',
    arn: service.ServiceArn ?? '',
    id: service.ServiceId ?? '',
    url: url.replace(/\/+$/, ''),
  };
}

/** The environment: image services carry it there, code services with `ConfigurationSource: API` here. */
export function environmentMaps({ SourceConfiguration: source }: Pick<Service, 'SourceConfiguration'>) {
  const { ImageRepository, CodeRepository } = source ?? {};
  const holder = ImageRepository?.ImageConfiguration ?? CodeRepository?.CodeConfiguration?.CodeConfigurationValues;
  return { variables: holder?.RuntimeEnvironmentVariables ?? {}, secrets: holder?.RuntimeEnvironmentSecrets ?? {} };
}

/** The image, or the repository of a code service. */
export const sourceOf = ({ SourceConfiguration: source }: Service): string =>
  source?.ImageRepository?.ImageIdentifier ?? source?.CodeRepository?.RepositoryUrl ?? 'unknown';

export function environmentOf(service: Service): EnvironmentVariable[] {
  const { variables, secrets } = environmentMaps(service);
  return [
    ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, secretReference]) => ({ name, secretReference })),
  ];
}

/** False for code services whose values live in `apprunner.yaml`, which the API does not show. */
export const environmentIsVisible = (service: Service): boolean =>
  service.SourceConfiguration?.CodeRepository?.CodeConfiguration?.ConfigurationSource !== 'REPOSITORY';

export const egressOf = ({ NetworkConfiguration }: Pick<Service, 'NetworkConfiguration'>): Egress => {
  const { EgressType, VpcConnectorArn } = NetworkConfiguration?.EgressConfiguration ?? {};
  return {
    type: EgressType === 'VPC' ? 'VPC' : 'DEFAULT',
    ...(VpcConnectorArn && { vpcConnectorArn: VpcConnectorArn }),
  };
};

const keyed = (key: string, value: unknown): string =>
  createHmac('sha256', key).update(canonicalJson(value)).digest('hex');

/** The name belongs to it: two variables of the same value have two digests. */
const digestsOf = (service: Service, key: string): Record<string, string> =>
  Object.fromEntries(
    environmentOf(service)
      .map((variable) => [variable.name, keyed(key, variable).slice(0, 16)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

function withoutEnvironment(source: SourceConfiguration | undefined): SourceConfiguration | undefined {
  const bare = structuredClone(source);
  const { ImageConfiguration } = bare?.ImageRepository ?? {};
  const { CodeConfigurationValues } = bare?.CodeRepository?.CodeConfiguration ?? {};
  for (const holder of [ImageConfiguration, CodeConfigurationValues]) {
    delete holder?.RuntimeEnvironmentVariables;
    delete holder?.RuntimeEnvironmentSecrets;
  }
  return bare;
}

/**
 * What the service is set to, as sentences may name it. `key` is a secret of the run: without it nobody can guess
 * environment values from the digests.
 */
export function configurationOf(service: Service, key: string): ServiceConfiguration {
  const network = service.NetworkConfiguration;
  const { variables, secrets } = environmentMaps(service);
  const role = service.InstanceConfiguration?.InstanceRoleArn;
  const everythingElse = {
    source: withoutEnvironment(service.SourceConfiguration),
    instance: service.InstanceConfiguration,
    scaling: service.AutoScalingConfigurationSummary?.AutoScalingConfigurationArn,
    health: service.HealthCheckConfiguration,
    observability: service.ObservabilityConfiguration,
    publiclyAccessible: network?.IngressConfiguration?.IsPubliclyAccessible ?? true,
    ipAddressType: network?.IpAddressType ?? 'IPV4',
  };
  return {
    status: service.Status ?? 'UNKNOWN',
    source: sourceOf(service),
    egress: egressOf(service),
    publiclyAccessible: network?.IngressConfiguration?.IsPubliclyAccessible ?? true,
    ipAddressType: network?.IpAddressType ?? 'IPV4',
    ...(role && { instanceRoleArn: role }),
    environmentIsVisible: environmentIsVisible(service),
    environmentNames: Object.keys(variables).sort(),
    secretNames: Object.keys(secrets).sort(),
    environment: digestsOf(service, key),
    fingerprint: keyed(key, everythingElse),
  };
}

/** Subnets and security groups the service leaves through. */
export async function describeConnector(client: Client, arn: string) {
  const { VpcConnector } = await client.send(new DescribeVpcConnectorCommand({ VpcConnectorArn: arn }));
  return { subnetIds: VpcConnector?.Subnets ?? [], securityGroupIds: VpcConnector?.SecurityGroups ?? [] };
}

function stateOf(status: string): OperationState {
  if (GOING.includes(status)) return 'going';
  if (status === 'SUCCEEDED') return 'succeeded';
  return status === 'ROLLBACK_SUCCEEDED' ? 'rolled-back' : 'failed';
}

/** Operations, newest first. https://docs.aws.amazon.com/apprunner/latest/api/API_ListOperations.html */
async function* operations(client: Client, arn: string): AsyncGenerator<Operation> {
  let NextToken: string | undefined;
  do {
    const page: ListOperationsCommandOutput = await client.send(
      new ListOperationsCommand({ ServiceArn: arn, MaxResults: 20, NextToken }),
    );
    for (const { Id = '', Type = '', Status = '', StartedAt } of page.OperationSummaryList ?? []) {
      yield { id: Id, type: Type, status: Status, state: stateOf(Status), startedAt: StartedAt };
    }
    NextToken = page.NextToken;
  } while (NextToken);
}

/** The newest operations, a page of them. */
export async function recentOperations(client: Client, arn: string): Promise<Operation[]> {
  const recent: Operation[] = [];
  for await (const operation of operations(client, arn)) {
    recent.push(operation);
    if (recent.length === 20) break;
  }
  return recent;
}

export async function newestOperation(client: Client, arn: string): Promise<Operation | undefined> {
  for await (const operation of operations(client, arn)) return operation;
  return undefined;
}

/** That one operation; undefined while App Runner does not list it yet. */
export async function findOperation(client: Client, arn: string, id: string): Promise<Operation | undefined> {
  for await (const operation of operations(client, arn)) if (operation.id === id) return operation;
  return undefined;
}
