import type { UpdateServiceRequest } from '@aws-sdk/client-apprunner';
import type { Account, Configuration, Plain, ServiceRecord } from '../account.ts';
import { AwsError } from '../http/errors.ts';

const refuse = (message: string): never => {
  throw new AwsError('InvalidRequestException', message);
};

/**
 * What the service would be configured as. A member left out keeps its value; a member that is sent replaces the
 * whole member, and what it leaves out falls back to the default, not to what was there.
 * https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html
 */
export function configured(
  account: Account,
  service: ServiceRecord,
  request: Plain<UpdateServiceRequest>,
): Configuration {
  const { running } = service;
  const { SourceConfiguration, InstanceConfiguration, HealthCheckConfiguration, NetworkConfiguration } = request;
  const next: Configuration = {
    ...structuredClone(running),
    ...(SourceConfiguration && { SourceConfiguration: source(running, SourceConfiguration) }),
    ...(InstanceConfiguration && { InstanceConfiguration: instance(InstanceConfiguration) }),
    ...(HealthCheckConfiguration && { HealthCheckConfiguration: healthCheck(HealthCheckConfiguration) }),
    ...(NetworkConfiguration && { NetworkConfiguration: network(account, NetworkConfiguration) }),
    ...(request.ObservabilityConfiguration && { ObservabilityConfiguration: request.ObservabilityConfiguration }),
  };
  const scaling = request.AutoScalingConfigurationArn;
  if (scaling && scaling !== running.AutoScalingConfigurationSummary.AutoScalingConfigurationArn) {
    refuse(`The auto scaling configuration ${scaling} does not exist`);
  }
  const secrets = next.SourceConfiguration.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentSecrets ?? {};
  if (Object.keys(secrets).length > 0 && !next.InstanceConfiguration.InstanceRoleArn) {
    refuse('Instance Role have to be provided if passing in RuntimeEnvironmentSecrets.');
  }
  return next;
}

function source(
  running: Configuration,
  sent: Configuration['SourceConfiguration'],
): Configuration['SourceConfiguration'] {
  const { ImageRepository: image, CodeRepository: code } = sent;
  if ((image === undefined) === (code === undefined))
    refuse('Exactly one of CodeRepository and ImageRepository must be given');
  if ((image === undefined) !== (running.SourceConfiguration.ImageRepository === undefined)) {
    refuse('A service cannot change between a code repository and an image repository');
  }
  const isPrivateImage = image?.ImageRepositoryType === 'ECR';
  if (isPrivateImage && !sent.AuthenticationConfiguration?.AccessRoleArn) {
    refuse('AuthenticationConfiguration.AccessRoleArn is required for an ECR image');
  }
  if (image?.ImageRepositoryType === 'ECR_PUBLIC' && sent.AutoDeploymentsEnabled) {
    refuse('AutoDeploymentsEnabled must be false for an ECR Public image');
  }
  if (image) holdEnvironment(image.ImageConfiguration ?? {});
  return structuredClone({
    ...sent,
    // Left out, automatic deployments are switched on for a private image.
    // https://docs.aws.amazon.com/apprunner/latest/api/API_SourceConfiguration.html
    AutoDeploymentsEnabled: sent.AutoDeploymentsEnabled ?? image?.ImageRepositoryType !== 'ECR_PUBLIC',
    ...(image && {
      ImageRepository: {
        ...image,
        ImageConfiguration: { ...image.ImageConfiguration, Port: image.ImageConfiguration?.Port ?? '8080' },
      },
    }),
  });
}

type ImageConfiguration = NonNullable<
  NonNullable<Configuration['SourceConfiguration']['ImageRepository']>['ImageConfiguration']
>;

function holdEnvironment({
  Port = '8080',
  RuntimeEnvironmentVariables = {},
  RuntimeEnvironmentSecrets = {},
}: ImageConfiguration) {
  if (!/^\d{1,5}$/.test(Port) || Number(Port) < 1 || Number(Port) > 65535)
    refuse('Port must be a number from 1 to 65535');
  const names = [...Object.keys(RuntimeEnvironmentVariables), ...Object.keys(RuntimeEnvironmentSecrets)];
  const reserved = names.find((name) => name.startsWith('AWSAPPRUNNER'));
  if (reserved) refuse(`Keys with a prefix of AWSAPPRUNNER are reserved: ${reserved}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) refuse(`${twice} is given both as a variable and as a secret`);
}

/** https://docs.aws.amazon.com/apprunner/latest/api/API_InstanceConfiguration.html */
const SIZES: Record<string, number[]> = {
  256: [512, 1024],
  512: [1024],
  1024: [2048, 3072, 4096],
  2048: [4096, 6144],
  4096: [8192, 10240, 12288],
};

function instance({
  Cpu,
  Memory,
  InstanceRoleArn,
}: Configuration['InstanceConfiguration']): Configuration['InstanceConfiguration'] {
  const cpu = units(Cpu ?? '1024');
  const memory = units(Memory ?? '2048');
  if (!SIZES[cpu]?.includes(memory)) refuse(`${cpu} CPU units and ${memory} MB are no combination App Runner offers`);
  return { Cpu: String(cpu), Memory: String(memory), ...(InstanceRoleArn && { InstanceRoleArn }) };
}

const units = (text: string) => (/ (vCPU|GB)$/.test(text) ? Number.parseFloat(text) * 1024 : Number(text));

const healthCheck = (sent: Configuration['HealthCheckConfiguration']): Configuration['HealthCheckConfiguration'] => ({
  Protocol: 'TCP',
  Interval: 5,
  Timeout: 2,
  HealthyThreshold: 1,
  UnhealthyThreshold: 5,
  ...(sent.Protocol === 'HTTP' && { Path: '/' }),
  ...sent,
});

function network(account: Account, sent: Configuration['NetworkConfiguration']): Configuration['NetworkConfiguration'] {
  const { EgressType = 'DEFAULT', VpcConnectorArn } = sent.EgressConfiguration ?? {};
  if (EgressType === 'DEFAULT' && VpcConnectorArn) refuse('VpcConnectorArn must not be given with egress type DEFAULT');
  if (EgressType === 'VPC' && !VpcConnectorArn) refuse('VpcConnectorArn is required with egress type VPC');
  const connector = account.apprunner.connectors.find((one) => one.VpcConnectorArn === VpcConnectorArn);
  if (VpcConnectorArn && connector?.Status !== 'ACTIVE')
    refuse(`The VPC connector ${VpcConnectorArn} does not exist or is not active`);
  return {
    EgressConfiguration: { EgressType, ...(VpcConnectorArn && { VpcConnectorArn }) },
    IngressConfiguration: { IsPubliclyAccessible: sent.IngressConfiguration?.IsPubliclyAccessible ?? true },
    IpAddressType: sent.IpAddressType ?? 'IPV4',
  };
}
