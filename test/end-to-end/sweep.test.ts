import { AppRunnerClient, StartDeploymentCommand } from '@aws-sdk/client-apprunner';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { settled } from './executions.ts';
import { openWorld, SERVICE, type World } from './world.ts';

interface Swept {
  readonly because: string;
  readonly news: readonly string[];
}

async function sweep(world: World): Promise<Swept> {
  const stateMachineArn = world.product.stateMachineArn.replace(/reconnect$/, 'sweep');
  // What a schedule sends is no request of anybody.
  const input = JSON.stringify({ source: 'aws.scheduler', detail: {} });
  const { executionArn = '' } = await world.states.send(new StartExecutionCommand({ stateMachineArn, input }));
  const { execution } = await world.watch(executionArn);
  expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);
  await world.product.idle();
  return JSON.parse(execution.output ?? '{}') as Swept;
}

const mails = (world: World) => world.sandbox.account.sns.messages.map(({ message }) => message);

it('tells what would fail, and after that only what is new', async () => {
  const world = await openWorld('otp-egress');
  const before = world.sandbox.snapshot();
  const first = await sweep(world);
  expect(first.news.join()).toMatch(/nerava-backend, twilio: .*cannot be reached/);
  expect(mails(world)).toMatchObject([expect.stringContaining('nerava-backend, twilio')]);

  expect(await sweep(world)).toMatchObject({ news: [] });
  expect(mails(world)).toHaveLength(1);

  world.sandbox.account.secretsManager.secrets.splice(0, 1);
  const third = await sweep(world);
  expect(third.news).toHaveLength(1);
  expect(third.news[0]).toMatch(/refers to a secret or parameter that does not exist/);
  expect(mails(world)).toHaveLength(2);
  expect(mails(world)[1]).not.toContain('twilio:');
  expect(world.sandbox.requests).toEqual([]);
  expect({ ...(world.sandbox.snapshot() as object), secretsManager: 0 }).toEqual({
    ...(before as object),
    secretsManager: 0,
  });
});

it('says once that a service could not be looked at, and looks at the others', async () => {
  const world = await openWorld('otp-egress');
  const stored = world.sandbox.account.ssm.parameters[`/reconnect/services/${SERVICE}`];
  if (!stored) throw new Error('the scenario has no profile');
  world.sandbox.account.ssm.parameters['/reconnect/services/long-gone'] = {
    ...stored,
    Value: '{"service":"long-gone"}',
  };
  const first = await sweep(world);
  expect(first.because).toMatch(/^2 services/);
  expect(first.news.join()).toMatch(/long-gone, the sweep itself: could not look: .*nerava-backend, twilio/);
  expect((await sweep(world)).news).toEqual([]);
});

it('sees the network although other parts cannot be looked at', async () => {
  const world = await openWorld('otp-egress');
  world.sandbox.account.faults.failNextUpdate = 'Health check failed.';
  await new AppRunnerClient({}).send(new StartDeploymentCommand({ ServiceArn: world.service.ServiceArn }));
  while (world.service.Status === 'OPERATION_IN_PROGRESS') await world.sandbox.clock.sleep(10_000);
  await settled(world);
  world.sandbox.deny('logs:FilterLogEvents');
  const { news } = await sweep(world);
  expect(news.join('\n')).toMatch(/nerava-backend, twilio: .*cannot be reached/);
  expect(news.join('\n')).toMatch(/START_DEPLOYMENT, ended .*: the service log could not be read \(AccessDenied/);
  const { report } = await world.play({ mode: 'diagnose' });
  const last = report.findings.find(({ id }) => id === 'deployment:last');
  expect(last).toMatchObject({ status: 'broken', because: expect.stringContaining('could not be read') });

  world.sandbox.deny('apprunner:ListOperations');
  const blind = await sweep(world);
  expect(blind.news).toMatchObject([expect.stringMatching(/nerava-backend, deployment: could not look: AccessDenied/)]);
  expect((await sweep(world)).news).toEqual([]);
});

it('tells nobody when there is nothing to tell', async () => {
  const world = await openWorld('otp-egress');
  for (const name of Object.keys(world.sandbox.account.ssm.parameters)) {
    if (name.startsWith('/reconnect/services/')) delete world.sandbox.account.ssm.parameters[name];
  }
  expect(await sweep(world)).toMatchObject({ because: expect.stringMatching(/^0 services/), news: [] });
  expect([mails(world), world.sandbox.slack.messages]).toEqual([[], []]);
});
