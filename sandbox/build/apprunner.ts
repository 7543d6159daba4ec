import type { Configuration, ServiceRecord } from '../account.ts';
import { attachConnector } from '../apprunner/interfaces.ts';
import { readEnvironment } from '../apprunner/secrets.ts';
import { arn, DAY, minutesAgo, type Site, sha256 } from './site.ts';

export function vpcConnector(
  site: Site,
  options: { name: string; subnets: readonly string[]; groups: string[] },
): string {
  const VpcConnectorArn = arn(site, 'apprunner', `vpcconnector/${options.name}/1/${site.random.hex(32)}`);
  site.account.apprunner.connectors.push({
    VpcConnectorName: options.name,
    VpcConnectorArn,
    VpcConnectorRevision: 1,
    Subnets: [...options.subnets],
    SecurityGroups: options.groups,
    Status: 'ACTIVE',
    CreatedAt: minutesAgo(site, 60 * DAY),
  });
  return VpcConnectorArn;
}

export interface NewService {
  readonly name: string;
  readonly image: string;
  readonly port: string;
  readonly accessRoleArn?: string;
  readonly instanceRoleArn?: string;
  readonly variables: Record<string, string>;
  readonly secrets: Record<string, string>;
  readonly connectorArn?: string;
  readonly ipAddressType?: string;
  readonly healthPath: string;
  readonly app: ServiceRecord['app'];
}

/** A service that runs since two months and was last deployed two days ago. */
export function appRunnerService(site: Site, options: NewService): ServiceRecord {
  const { account, random } = site;
  const ServiceId = random.hex(32);
  const role = (name: string) => `arn:aws:iam::${account.id}:role/${name}`;
  const scaling = `autoscalingconfiguration/DefaultConfiguration/1/${'0'.repeat(31)}1`;
  const running: Configuration = {
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: options.image,
        ImageRepositoryType: 'ECR',
        ImageConfiguration: {
          Port: options.port,
          RuntimeEnvironmentVariables: options.variables,
          RuntimeEnvironmentSecrets: options.secrets,
        },
      },
      AutoDeploymentsEnabled: false,
      AuthenticationConfiguration: {
        AccessRoleArn: options.accessRoleArn ?? role('service-role/AppRunnerECRAccessRole'),
      },
    },
    InstanceConfiguration: {
      Cpu: '1024',
      Memory: '2048',
      InstanceRoleArn: options.instanceRoleArn ?? role(`${options.name}-instance`),
    },
    AutoScalingConfigurationSummary: {
      AutoScalingConfigurationArn: arn(site, 'apprunner', scaling),
      AutoScalingConfigurationName: 'DefaultConfiguration',
      AutoScalingConfigurationRevision: 1,
    },
    HealthCheckConfiguration: {
      Protocol: 'HTTP',
      Path: options.healthPath,
      Interval: 10,
      Timeout: 5,
      HealthyThreshold: 1,
      UnhealthyThreshold: 5,
    },
    NetworkConfiguration: {
      EgressConfiguration: options.connectorArn
        ? { EgressType: 'VPC', VpcConnectorArn: options.connectorArn }
        : { EgressType: 'DEFAULT' },
      IngressConfiguration: { IsPubliclyAccessible: true },
      IpAddressType: options.ipAddressType ?? 'IPV4',
    },
  };
  const { environment, missing } = readEnvironment(account, options.variables, options.secrets);
  if (missing.length > 0) throw new Error(`the account holds no secret for ${missing.join(', ')}`);
  const service: ServiceRecord = {
    ServiceName: options.name,
    ServiceId,
    ServiceArn: arn(site, 'apprunner', `service/${options.name}/${ServiceId}`),
    ServiceUrl: `${random.hex(10)}.${account.region}.awsapprunner.com`,
    CreatedAt: minutesAgo(site, 60 * DAY),
    UpdatedAt: minutesAgo(site, 2 * DAY),
    Status: 'RUNNING',
    running,
    environment,
    operations: [],
    app: options.app,
  };
  account.apprunner.services.push(service);
  account.logs[`/aws/apprunner/${options.name}/${ServiceId}/application`] = [];
  account.logs[`/aws/apprunner/${options.name}/${ServiceId}/service`] = [];
  attachConnector(site, options.connectorArn);
  return service;
}

/** Pushed before the deployment that runs: see `usualHistory`. */
const PUSHED = 3 * DAY;

/** `nerava-backend:v20` in the account's own registry, which holds it from now on. Pushed again, the tag moves. */
export function ecrImage(site: Site, name: string, minutes = PUSHED): string {
  const { account } = site;
  const [repositoryName = '', tag = ''] = name.split(':');
  const repositories = account.ecr.repositories;
  const repository = repositories.find((one) => one.name === repositoryName) ?? { name: repositoryName, images: [] };
  if (!repositories.includes(repository)) repositories.push(repository);
  const pushedAt = minutesAgo(site, minutes);
  for (const image of repository.images) image.tags = image.tags.filter((one) => one !== tag);
  repository.images.push({ digest: `sha256:${sha256(`${name} ${repository.images.length}`)}`, tags: [tag], pushedAt });
  return `${account.id}.dkr.ecr.${account.region}.amazonaws.com/${name}`;
}

/** Created, deployed again, and updated two days ago: all went well. */
export function usualHistory(site: Site, service: ServiceRecord): void {
  pastOperation(site, service, { type: 'CREATE_SERVICE', status: 'SUCCEEDED', minutesAgo: 60 * DAY, minutes: 9 });
  pastOperation(site, service, { type: 'START_DEPLOYMENT', status: 'SUCCEEDED', minutesAgo: 9 * DAY, minutes: 7 });
  pastOperation(site, service, { type: 'UPDATE_SERVICE', status: 'SUCCEEDED', minutesAgo: 2 * DAY, minutes: 8 });
}

/** Adds an operation that is over; call it for the oldest first. */
export function pastOperation(
  site: Site,
  service: ServiceRecord,
  options: { type: string; status: string; minutesAgo: number; minutes: number },
): void {
  const StartedAt = minutesAgo(site, options.minutesAgo);
  const EndedAt = minutesAgo(site, options.minutesAgo - options.minutes);
  service.operations.unshift({
    Id: site.random.uuid(),
    Type: options.type,
    Status: options.status,
    TargetArn: service.ServiceArn,
    StartedAt,
    EndedAt,
    UpdatedAt: EndedAt,
    listedFrom: StartedAt,
  });
}
