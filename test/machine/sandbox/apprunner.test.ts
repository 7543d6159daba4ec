import {
  DescribeServiceCommand,
  ListOperationsCommand,
  PauseServiceCommand,
  ResumeServiceCommand,
  StartDeploymentCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { type Box, follow, sandboxOf } from './support.ts';

const update = ({ appRunner, arn }: Box, rest: Partial<UpdateServiceCommandInput>) =>
  appRunner.send(new UpdateServiceCommand({ ServiceArn: arn, ...rest }));
const describeService = async ({ appRunner, arn }: Box) =>
  (await appRunner.send(new DescribeServiceCommand({ ServiceArn: arn }))).Service;
const toDefault = { EgressConfiguration: { EgressType: 'DEFAULT' as const } };
const named = (name: string) => expect.objectContaining({ name });

describe('an update', () => {
  it('takes 6 to 10 minutes, one status after another, while the old configuration keeps serving', async () => {
    const box = await sandboxOf('otp-egress');
    const { Service, OperationId } = await update(box, { NetworkConfiguration: toDefault });
    expect(Service?.Status).toBe('OPERATION_IN_PROGRESS');
    expect(Service?.NetworkConfiguration?.EgressConfiguration).toEqual({ EgressType: 'DEFAULT' });
    expect(box.service.running.NetworkConfiguration.EgressConfiguration?.EgressType).toBe('VPC');

    expect(await follow(box, OperationId)).toEqual(['IN_PROGRESS', 'SUCCEEDED']);

    const [{ StartedAt = '', EndedAt = '' } = {}] = box.service.operations;
    const minutes = (Date.parse(EndedAt) - Date.parse(StartedAt)) / 60_000;
    expect(minutes).toBeGreaterThan(6);
    expect(minutes).toBeLessThan(12);
    expect(await describeService(box)).toMatchObject({ Status: 'RUNNING', NetworkConfiguration: toDefault });
  });

  it('is listed a moment later, not at once', async () => {
    const box = await sandboxOf('otp-egress', { speed: 1 });
    const before = await box.appRunner.send(new ListOperationsCommand({ ServiceArn: box.arn, MaxResults: 1 }));
    const { OperationId } = await update(box, { NetworkConfiguration: toDefault });
    const after = await box.appRunner.send(new ListOperationsCommand({ ServiceArn: box.arn, MaxResults: 1 }));
    expect(after.OperationSummaryList).toEqual(before.OperationSummaryList);
    expect(box.service.operations[0]).toMatchObject({ Id: OperationId, Status: 'PENDING' });
  });

  it('keeps members that are left out', async () => {
    const box = await sandboxOf('otp-egress');
    const before = await describeService(box);
    const { OperationId } = await update(box, { NetworkConfiguration: toDefault });
    await follow(box, OperationId);
    const after = await describeService(box);
    for (const member of ['SourceConfiguration', 'InstanceConfiguration', 'HealthCheckConfiguration'] as const) {
      expect(after?.[member]).toEqual(before?.[member]);
    }
  });

  it('loses the environment when the source configuration is sent without it', async () => {
    const box = await sandboxOf('otp-egress');
    const source = (await describeService(box))?.SourceConfiguration;
    const image = source?.ImageRepository;
    expect(Object.keys(image?.ImageConfiguration?.RuntimeEnvironmentVariables ?? {})).not.toHaveLength(0);
    const { OperationId } = await update(box, {
      SourceConfiguration: {
        AuthenticationConfiguration: source?.AuthenticationConfiguration,
        ImageRepository: {
          ImageIdentifier: image?.ImageIdentifier,
          ImageRepositoryType: 'ECR',
          ImageConfiguration: { Port: '8000' },
        },
      },
    });
    expect((await follow(box, OperationId)).at(-1)).toBe('SUCCEEDED');
    const after = await describeService(box);
    expect(after?.SourceConfiguration?.ImageRepository?.ImageConfiguration).toEqual({ Port: '8000' });
    expect(after?.SourceConfiguration?.AutoDeploymentsEnabled).toBe(true);
    expect(box.service.environment).toEqual({});
  });

  it('resets what a network configuration leaves out', async () => {
    const box = await sandboxOf('otp-egress-dual-stack');
    const { OperationId } = await update(box, {
      NetworkConfiguration: {
        ...toDefault,
        IngressConfiguration: { IsPubliclyAccessible: false },
        IpAddressType: 'DUAL_STACK',
      },
    });
    await follow(box, OperationId);
    expect((await describeService(box))?.NetworkConfiguration).toEqual({
      ...toDefault,
      IngressConfiguration: { IsPubliclyAccessible: false },
      IpAddressType: 'DUAL_STACK',
    });
    const second = await update(box, { NetworkConfiguration: toDefault });
    await follow(box, second.OperationId);
    expect((await describeService(box))?.NetworkConfiguration).toEqual({
      ...toDefault,
      IngressConfiguration: { IsPubliclyAccessible: true },
      IpAddressType: 'IPV4',
    });
  });

  it('is a new operation each time, also when it changes nothing', async () => {
    const box = await sandboxOf('healthy');
    const first = await update(box, {});
    await follow(box, first.OperationId);
    const second = await update(box, {});
    expect(second.OperationId).not.toBe(first.OperationId);
  });
});

describe('one operation at a time', () => {
  it('refuses update, deployment and pause while one is in progress', async () => {
    const box = await sandboxOf('otp-egress-busy', { speed: 1 });
    const request = { ServiceArn: box.arn };
    await expect(update(box, { NetworkConfiguration: toDefault })).rejects.toThrow(named('InvalidStateException'));
    await expect(box.appRunner.send(new PauseServiceCommand(request))).rejects.toThrow(named('InvalidStateException'));
    await expect(box.appRunner.send(new StartDeploymentCommand(request))).rejects.toThrow(
      named('InvalidRequestException'),
    );
  });

  it('accepts again when the three minutes are over', async () => {
    const box = await sandboxOf('otp-egress-busy', { speed: 120 });
    await box.sandbox.clock.sleep(150_000);
    expect(box.service.Status).toBe('OPERATION_IN_PROGRESS');
    await box.sandbox.clock.sleep(40_000);
    await expect(update(box, {})).resolves.toHaveProperty('OperationId');
  });
});

describe('a failed update', () => {
  it('rolls back to the old configuration and says why in the event log', async () => {
    const box = await sandboxOf('otp-egress-rollback');
    const before = structuredClone(box.service.running);
    const { OperationId } = await update(box, { NetworkConfiguration: toDefault });
    expect(await follow(box, OperationId)).toEqual(['IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCEEDED']);
    expect(await describeService(box)).toMatchObject({
      Status: 'RUNNING',
      NetworkConfiguration: before.NetworkConfiguration,
    });
    expect(box.service.running).toEqual(before);
    const lines = box.sandbox.account.logs[`/aws/apprunner/nerava-backend/${box.service.ServiceId}/service`];
    expect(lines?.map(({ message }) => message)).toContain(
      "[AppRunner] Health check failed on port '8000'. Rolling back.",
    );
    const second = await update(box, { NetworkConfiguration: toDefault });
    expect((await follow(box, second.OperationId)).at(-1)).toBe('SUCCEEDED');
  });

  it('comes of a port the program does not listen on', async () => {
    const box = await sandboxOf('healthy');
    const source = structuredClone((await describeService(box))?.SourceConfiguration);
    const image = source?.ImageRepository?.ImageConfiguration;
    if (image) image.Port = '8080';
    const { OperationId } = await update(box, { SourceConfiguration: source });
    expect((await follow(box, OperationId)).at(-1)).toBe('ROLLBACK_SUCCEEDED');
  });

  it('never ends where operations hang', async () => {
    const box = await sandboxOf('otp-egress', { speed: 12_000 });
    box.sandbox.account.faults.hangOperations = true;
    await update(box, { NetworkConfiguration: toDefault });
    await box.sandbox.clock.sleep(60 * 60_000);
    expect(box.service).toMatchObject({
      Status: 'OPERATION_IN_PROGRESS',
      operations: [{ Status: 'IN_PROGRESS' }, {}, {}, {}],
    });
  });
});

it('pauses and resumes', async () => {
  const box = await sandboxOf('healthy');
  const paused = await box.appRunner.send(new PauseServiceCommand({ ServiceArn: box.arn }));
  await follow(box, paused.OperationId);
  expect(box.service.Status).toBe('PAUSED');
  expect((await fetch(`${box.door}/health`)).status).toBe(404);
  const resumed = await box.appRunner.send(new ResumeServiceCommand({ ServiceArn: box.arn }));
  await follow(box, resumed.OperationId);
  expect((await fetch(`${box.door}/health`)).status).toBe(200);
});

it('answers a secret that was rotated only after the next deployment', async () => {
  const box = await sandboxOf('healthy');
  const version = box.sandbox.account.secretsManager.secrets[0]?.versions[0];
  if (version) version.SecretString = 'rotated';
  expect(box.service.environment.TWILIO_AUTH_TOKEN).not.toBe('rotated');
  const { OperationId } = await box.appRunner.send(new StartDeploymentCommand({ ServiceArn: box.arn }));
  await follow(box, OperationId);
  expect(box.service.environment.TWILIO_AUTH_TOKEN).toBe('rotated');
});
