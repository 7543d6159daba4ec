import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { watchCommand } from '../../cli/start-command.ts';
import { statusCommand } from '../../cli/status-command.ts';
import { runTable } from '../../lib/run/client.ts';
import { readReport } from '../../lib/run/records.ts';
import { configurationOf } from './account.ts';
import { executionsOf, settled } from './executions.ts';
import { typed } from './terminal.ts';
import { approve, openWorld, SERVICE, type World, wayBackFails } from './world.ts';

/* An execution that ends without its tail leaves its lock, and perhaps what it changed. */

const REPAIR = { service: SERVICE, mode: 'repair', requestedBy: 'requester' };
const stop = (world: World, executionArn: string) => world.states.send(new StopExecutionCommand({ executionArn }));
const mails = (world: World) => world.sandbox.account.sns.messages.filter(({ subject }) => subject?.includes(' died'));
const undone = (world: World) => executionsOf(world, world.product.undoStateMachineArn);

/** A repair that is stopped while App Runner carries out what it was told. */
async function killed(world: World): Promise<string> {
  const executionArn = await world.start(REPAIR);
  await world.watch(executionArn, {
    onApproval: async (_, asked) => {
      await approve(world, asked);
      while (world.service.Status !== 'OPERATION_IN_PROGRESS') await world.sandbox.clock.sleep(1000);
      await world.sandbox.clock.sleep(20_000);
      await stop(world, executionArn);
    },
  });
  return executionArn;
}

it('frees the lock of a run that was stopped before it changed anything, and says so', async () => {
  const world = await openWorld('otp-egress');
  const before = world.sandbox.snapshot();
  const executionArn = await world.start(REPAIR);
  await world.watch(executionArn, { onApproval: () => stop(world, executionArn) });
  await settled(world);
  expect(await world.lockHolder()).toBeUndefined();
  expect(mails(world)).toMatchObject([
    { message: expect.stringMatching(/was stopped; nothing that it changed stands/) },
  ]);
  expect(await undone(world)).toEqual([]);
  expect(world.sandbox.snapshot()).toEqual(before);
  const run = executionArn.split(':').at(-1);
  const status = await typed((io) => statusCommand(SERVICE, {}, io));
  expect(status).toMatchObject({
    code: 1,
    out: expect.stringMatching(new RegExp(`last: aborted at .*, run ${run}\n`)),
  });
  expect(status.out).toContain('the run was stopped; nothing that it changed stands');
});

it('takes back what a run had changed when it was stopped, once, however often it hears of it', async () => {
  const world = await openWorld('otp-egress');
  const before = configurationOf(world.sandbox);
  const executionArn = await killed(world);
  const event = world.sandbox.events.sent.findLast(({ detail }) => detail.executionArn === executionArn);
  if (!event) throw new Error('nobody told of the end of the run');
  world.sandbox.events.send(event, { times: 10 });
  await settled(world);
  world.sandbox.events.send(event, { times: 3 });
  await settled(world);
  expect(configurationOf(world.sandbox)).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
  const [undo, ...more] = await undone(world);
  expect(more).toEqual([]);
  const report = await readReport(runTable(), undo?.name ?? '');
  expect(report).toMatchObject({ verdict: 'undone', requestedBy: 'janitor', undoes: executionArn.split(':').at(-1) });
  expect(mails(world)).toMatchObject([{ message: expect.stringContaining('being taken back: egress VPC → DEFAULT') }]);
  const { code, err } = await typed((io) => watchCommand(executionArn, {}, io, 10));
  expect(code).toBe(1);
  expect(err).toContain('ABORTED: the run was stopped; what it changed is being taken back: egress VPC → DEFAULT');
  expect(err).toContain(`→ reconnect watch ${undo?.name}\n`);
  expect(world.product.lambda.deadLetters).toEqual([]);
});

it('is not needed to be told: the sweep finds the dead run too', async () => {
  const world = await openWorld('otp-egress');
  const before = configurationOf(world.sandbox);
  world.sandbox.events.breakTarget('reconnect-janitor');
  await killed(world);
  await world.sandbox.clock.sleep(120_000);
  expect(await world.lockHolder()).toBeDefined();
  const stateMachineArn = world.product.stateMachineArn.replace(/reconnect$/, 'sweep');
  const { executionArn = '' } = await world.states.send(new StartExecutionCommand({ stateMachineArn }));
  const { execution } = await world.watch(executionArn);
  expect(execution.status).toBe('SUCCEEDED');
  for (;;) {
    const runs = await undone(world);
    if (runs.length > 0 && runs.every(({ status }) => status !== 'RUNNING')) break;
    await world.sandbox.clock.sleep(30_000);
  }
  expect(configurationOf(world.sandbox)).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('leaves a run alone that is stuck: it keeps its lock on purpose and has told people', async () => {
  const world = await openWorld('otp-egress');
  const { execution } = await world.repair(wayBackFails);
  await settled(world);
  expect(execution.error).toBe('Stuck');
  expect(await world.lockHolder()).toBe(execution.name);
  expect([mails(world), await undone(world)]).toEqual([[], []]);
});

it('says calmly why a run could not begin, and frees nobody else’s lock', async () => {
  const world = await openWorld('otp-egress');
  const first = await world.start(REPAIR);
  await world.watch(first, {
    onApproval: async () => {
      await world.watch(await world.start({ service: SERVICE }, 'second'));
      await world.sandbox.clock.sleep(120_000);
      expect(await world.lockHolder()).toBe(first.split(':').at(-1));
      await stop(world, first);
    },
  });
  await world.watch(await world.start({ service: 'no-such-service' }, 'third'));
  await settled(world);
  const calm = world.sandbox.account.sns.messages.filter(({ subject }) => subject?.endsWith(': not started'));
  expect(calm.map(({ subject }) => subject).sort()).toEqual([
    `reconnect: ${SERVICE}: not started`,
    'reconnect: no-such-service: not started',
  ]);
  const told = calm.map(({ message }) => message).join('\n');
  expect(told).toMatch(new RegExp(`${SERVICE} is taken: run .*, started by requester`));
  expect(told).toMatch(/no App Runner service is called "no-such-service"/);
  expect(mails(world)).toHaveLength(1);
  const inSlack = world.sandbox.slack.messages.filter(({ threadTs }) => threadTs).map(({ text }) => text);
  expect(inSlack.filter((text) => text.startsWith('Not started: '))).toHaveLength(2);
});
