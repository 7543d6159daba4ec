import {
  AppRunnerClient,
  DescribeServiceCommand,
  ListOperationsCommand,
  type SourceConfiguration,
  StartDeploymentCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-apprunner';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { expect, onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/index.ts';

const credentials = { accessKeyId: 'AKIASANDBOXSANDBOX00', secretAccessKey: 'sandbox' };

/** A sandbox with real SDK clients on it, closed when the test is over. */
export async function sandboxOf(scenario: string, options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ scenario, speed: 1500, ...options });
  onTestFinished(() => sandbox.close());
  const config = { region: sandbox.region, endpoint: sandbox.endpoint, credentials, maxAttempts: 1 };
  const service = sandbox.account.apprunner.services[0];
  if (!service) throw new Error('no service in the account');
  return {
    sandbox,
    service,
    arn: service.ServiceArn,
    door: sandbox.urls[service.ServiceName] ?? '',
    config,
    appRunner: new AppRunnerClient(config),
    ec2: new EC2Client(config),
    rds: new RDSClient(config),
    logs: new CloudWatchLogsClient(config),
    ssm: new SSMClient(config),
    secrets: new SecretsManagerClient(config),
    sns: new SNSClient(config),
    dynamoDb: new DynamoDBClient({ ...config, endpoint: sandbox.env.AWS_ENDPOINT_URL_DYNAMODB }),
  };
}

export type Box = Awaited<ReturnType<typeof sandboxOf>>;

/** Every status the operation was seen in, until it is over. PENDING lasts seconds, so nobody can count on seeing it. */
export async function follow({ sandbox, appRunner, arn }: Box, id: string | undefined): Promise<string[]> {
  const seen = new Set<string>();
  for (let looks = 0; looks < 2000; looks++) {
    const { OperationSummaryList = [] } = await appRunner.send(new ListOperationsCommand({ ServiceArn: arn }));
    const operation = OperationSummaryList.find(({ Id }) => Id === id);
    if (operation?.Status && operation.Status !== 'PENDING') seen.add(operation.Status);
    if (operation?.EndedAt) return [...seen];
    await sandbox.clock.sleep(1000);
  }
  throw new Error(`the operation is not over: ${[...seen]}`);
}

/** Updates the service and waits until it took. */
export async function updateService(box: Box, rest: Partial<UpdateServiceCommandInput>): Promise<void> {
  const { OperationId } = await box.appRunner.send(new UpdateServiceCommand({ ServiceArn: box.arn, ...rest }));
  expect((await follow(box, OperationId)).at(-1)).toBe('SUCCEEDED');
}

export async function redeploy(box: Box): Promise<void> {
  const { OperationId } = await box.appRunner.send(new StartDeploymentCommand({ ServiceArn: box.arn }));
  expect((await follow(box, OperationId)).at(-1)).toBe('SUCCEEDED');
}

/** Sends the source configuration back with some of it changed. */
export async function changeSource(box: Box, change: (source: SourceConfiguration) => void): Promise<void> {
  const { Service } = await box.appRunner.send(new DescribeServiceCommand({ ServiceArn: box.arn }));
  const SourceConfiguration = structuredClone(Service?.SourceConfiguration);
  if (!SourceConfiguration) throw new Error('the service has no source');
  change(SourceConfiguration);
  await updateService(box, { SourceConfiguration });
}

export const setVariables = (box: Box, variables: Record<string, string>): Promise<void> =>
  changeSource(box, ({ ImageRepository }) =>
    Object.assign(ImageRepository?.ImageConfiguration?.RuntimeEnvironmentVariables ?? {}, variables),
  );

export const logOf = ({ sandbox, service }: Box): string[] =>
  (sandbox.account.logs[`/aws/apprunner/${service.ServiceName}/${service.ServiceId}/application`] ?? []).map(
    ({ message }) => message,
  );

export const post = async (door: string, path: string, body: unknown): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(door + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};

/** Whether `work` is still going on `ms` of sandbox time from now. Timers of the clock fire in order of their due time. */
export function pendingAfter(sandbox: Sandbox, ms: number, isOver: () => boolean): Promise<boolean> {
  return new Promise((resolve) => sandbox.clock.after(ms, () => resolve(!isOver())));
}
