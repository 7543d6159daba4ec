import { AppRunnerClient, StartDeploymentCommand } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { runTable } from '../../lib/run/client.ts';
import { readReport } from '../../lib/run/records.ts';
import { operationEvent } from '../../sandbox/index.ts';
import { executionsOf, runsOf, settled } from './executions.ts';
import { openWorld, SERVICE, type World } from './world.ts';

const failed = (world: World, status = 'UpdateServiceFailed') => operationEvent({ service: world.service, status });

/** Somebody deploys, and it fails. */
async function failSomething(world: World): Promise<void> {
  world.sandbox.account.faults.failNextUpdate = 'Health check failed.';
  await new AppRunnerClient({}).send(new StartDeploymentCommand({ ServiceArn: world.service.ServiceArn }));
  while (world.service.Status === 'OPERATION_IN_PROGRESS') await world.sandbox.clock.sleep(10_000);
  await settled(world);
}

describe('a deployment that fails', () => {
  it.each(['lowerCamel', 'PascalCase'] as const)(
    'starts one run that changes nothing, told with %s keys, twice',
    async (keys) => {
      const world = await openWorld('otp-egress');
      Object.assign(world.sandbox.events.appRunner, { keys, deliver: 'twice' });
      await failSomething(world);
      const runs = await runsOf(world);
      expect(runs.map(({ name }) => name)).toEqual([expect.stringMatching(/^event-[b-t]{24}$/)]);
      const report = await readReport(runTable(), runs[0]?.name ?? '');
      expect(report).toMatchObject({ mode: 'plan', requestedBy: 'eventbridge', verdict: 'planned', changes: [] });
      expect(report?.reason).toMatch(/^DeploymentFailed: operation /);
    },
  );

  it('starts one run although Lambda could not take the event at first', async () => {
    const world = await openWorld('otp-egress');
    world.sandbox.events.breakTarget('reconnect-start-on-event', 3);
    await failSomething(world);
    expect(await runsOf(world)).toHaveLength(1);
  });

  it('starts none for a service without a profile', async () => {
    const world = await openWorld('otp-egress');
    delete world.sandbox.account.ssm.parameters[`/reconnect/services/${SERVICE}`];
    await failSomething(world);
    expect(await runsOf(world)).toEqual([]);
    expect(world.product.lambda.deadLetters).toEqual([]);
  });
});

it('starts one run for the same event, delivered 50 times at once and again when it is over', async () => {
  const world = await openWorld('otp-egress');
  const event = failed(world);
  world.sandbox.events.send(event, { times: 50 });
  await settled(world);
  world.sandbox.events.send({ ...event, time: new Date(world.sandbox.clock.now()).toISOString() }, { times: 50 });
  await settled(world);
  expect(await runsOf(world)).toHaveLength(1);
  expect(world.product.lambda.deadLetters).toEqual([]);
});

it('starts none for an update of its own that was rolled back, however late it hears of it', async () => {
  const world = await openWorld('otp-egress-rollback');
  world.sandbox.events.appRunner.deliver = 'twice';
  const { report } = await world.repair();
  expect(report.verdict).toBe('not-recovered');
  world.sandbox.events.send(failed(world), { times: 3 });
  await settled(world);
  const told = world.sandbox.events.sent.filter(({ detail }) => detail.operationStatus === 'UpdateServiceFailed');
  expect(told.length).toBeGreaterThan(1);
  expect(await runsOf(world)).toHaveLength(1);
});

it('starts 100 runs for 100 events of 100 services, as many at a time as it may', async () => {
  let [now, most] = [0, 0];
  const { handler } = await import('../../functions/start-on-event.ts');
  const world = await openWorld('s3-egress', {
    slack: false,
    functions: {
      'start-on-event': async (event, context) => {
        most = Math.max(most, ++now);
        return handler(event, context as never).finally(() => now--);
      },
    },
  });
  world.product.lambda.reserve('start-on-event', 5);
  const { service, sandbox } = world;
  for (let index = 0; index < 100; index++) {
    const name = `service-${index}`;
    const id = String(index).padStart(32, '0');
    const arn = service.ServiceArn.replace(/service\/.*/, `service/${name}/${id}`);
    const operations = service.operations.map((one) => ({ ...one, Id: `${index}-${one.Id}`, TargetArn: arn }));
    const record = { ...structuredClone(service), ServiceName: name, ServiceId: id, ServiceArn: arn, operations };
    sandbox.account.apprunner.services.push(record);
    const Name = `/reconnect/services/${name}`;
    const like = Object.values(sandbox.account.ssm.parameters)[0];
    if (like)
      sandbox.account.ssm.parameters[Name] = {
        ...like,
        Name,
        Value: JSON.stringify({ service: name, dependencies: [] }),
      } as never;
    sandbox.events.send(operationEvent({ service: record, status: 'UpdateServiceFailed' }));
  }
  await settled(world);
  const runs = await runsOf(world);
  expect(new Set(runs.map(({ name }) => name)).size).toBe(100);
  expect(runs.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
  expect(most).toBe(5);
}, 300_000);

it('is calm about everything else', async () => {
  const world = await openWorld('otp-egress');
  for (const status of [
    'DeploymentStarted',
    'UpdateServiceCompletedSuccessfully',
    'PauseServiceFailed',
    'SomethingNew',
  ])
    world.sandbox.events.send(failed(world, status));
  world.sandbox.events.send({ ...failed(world), detail: {} });
  world.sandbox.events.send({ ...failed(world), resources: [`${world.service.ServiceArn.slice(0, -1)}0`] });
  await settled(world);
  expect(await executionsOf(world, world.product.stateMachineArn)).toEqual([]);
  expect(world.product.lambda.deadLetters).toEqual([]);
});
