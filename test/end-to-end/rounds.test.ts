import { expect, it } from 'vitest';
import { runTable } from '../../lib/run/client.ts';
import { readReport } from '../../lib/run/records.ts';
import { configurationOf } from './account.ts';
import { withEndpoint } from './two-rounds.ts';
import { type Asked, approve, arrived, decline, openWorld, type World } from './world.ts';

/* Rounds that go otherwise than the first plan said, and ways back that do not end where they should. */

const repair = (world: World, people: Parameters<World['play']>[1]) =>
  world.play({ service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' }, people);

it('asks again before it takes a step that was in no approved plan', async () => {
  const { world, takeAway } = await withEndpoint();
  const asked: Asked[] = [];
  const { report, states } = await repair(world, {
    onApproval: (_, question) => {
      asked.push(question);
      return approve(world, question);
    },
    onState: (name) => (name === 'Let it settle' && asked.length === 1 ? takeAway() : undefined),
  });
  expect(asked.map(({ plan }) => plan.steps.map(({ remedy }) => remedy))).toEqual([
    ['add-gateway-endpoint'],
    ['add-interface-endpoints'],
  ]);
  expect(asked[0]?.plan.hash).not.toBe(asked[1]?.plan.hash);
  expect(states.filter((name) => name === 'Request approval')).toHaveLength(2);
  expect(report).toMatchObject({ verdict: 'recovered', plan: { round: 2, approvedBefore: false } });
});

it('takes the first round back when the second is declined', async () => {
  const { world, takeAway } = await withEndpoint();
  let rounds = 0;
  let before: unknown;
  const { report } = await repair(world, {
    onApproval: (_, question) => {
      rounds += 1;
      return rounds === 1 ? approve(world, question) : decline(world, question);
    },
    onState: async (name) => {
      if (name === 'Take the step') before = configurationOf(world.sandbox);
      if (name === 'Let it settle' && rounds === 1) await takeAway();
    },
  });
  expect(report).toMatchObject({
    verdict: 'not-recovered',
    approval: { decision: 'declined' },
    changes: [{ kind: 'endpoint', state: 'undone' }],
  });
  expect(before).toBeTruthy();
  expect(world.sandbox.account.ec2.vpcEndpoints).toEqual([]);
  expect(await world.lockHolder()).toBeUndefined();
});

it('is stuck when everything was taken back and the network is not as it was', async () => {
  const world = await openWorld('s3-egress');
  const [connector] = world.sandbox.account.apprunner.connectors;
  const group = world.sandbox.account.ec2.securityGroups.find(({ GroupId = '' }) =>
    connector?.SecurityGroups?.includes(GroupId),
  );
  const { execution } = await repair(world, {
    onApproval: approve,
    onState: (name) => {
      if (name !== 'Let it settle') return;
      for (const host of Object.values(world.sandbox.account.internet)) host.ports = [];
      group?.IpPermissionsEgress?.push({
        IpProtocol: 'udp',
        FromPort: 53,
        ToPort: 53,
        IpRanges: [{ CidrIp: '10.0.0.0/8' }],
      });
    },
  });
  expect([execution.status, execution.error]).toEqual(['FAILED', 'Stuck']);
  const report = await readReport(runTable(), execution.name ?? '');
  expect(report?.changes).toMatchObject([{ state: 'undone' }]);
  expect(report?.failure?.because).toContain(group?.GroupId);
  expect(await world.lockHolder()).toBe(execution.name);
});

it('takes every round back when the last did not help enough', async () => {
  const world = await openWorld('s3-and-smtp');
  const { report, states } = await repair(world, {
    onApproval: approve,
    onDelivery: arrived,
    onState: (name) => {
      if (name !== 'Let it settle') return;
      for (const instance of world.sandbox.account.rds.instances) instance.DBInstanceStatus = 'stopped';
    },
  });
  expect(states.filter((name) => name === 'Begin the round').length).toBeGreaterThan(1);
  expect(report.verdict).toBe('not-recovered');
  await world.product.idle();
  const told = world.sandbox.slack.messages.map(({ text }) => text).join('\n');
  expect(told).toMatch(/round 1: step 1 of 1 is in place: [\s\S]*round 2: step 1 of 1 is in place: /);
  expect(told).toMatch(/^no-route \(s3\): .*\nno-route \(smtp-relay\): /m);
  expect(report.changes.every(({ state }) => state === 'undone')).toBe(true);
});
