import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import type { Cause } from '../../lib/domain/cause.ts';
import type { Diagnosis } from '../../lib/domain/diagnosis.ts';
import { SCENARIOS } from '../../sandbox/index.ts';
import { openWorld, type World } from './world.ts';

/* Every scenario, diagnosed as an operator would: nothing is given but the name of the service. */

async function diagnose(world: World, service = world.service.ServiceName): Promise<Diagnosis> {
  const { executionArn = '' } = await world.states.send(
    new StartExecutionCommand({
      stateMachineArn: world.product.diagnoseStateMachineArn,
      input: JSON.stringify({ service }),
    }),
  );
  const { execution } = await world.watch(executionArn);
  return JSON.parse(execution.output ?? '{}') as Diagnosis;
}

/** The causes that must be named, the first of them first. */
const EXPECTED: Readonly<Record<string, readonly Cause[]>> = {
  'otp-egress': ['no-route'],
  'otp-egress-dual-stack': ['no-route'],
  'otp-egress-rollback': ['no-route'],
  'otp-egress-private-database': ['no-route'],
  'otp-egress-busy': ['no-route'],
  'default-egress-private-database': ['database-unreachable'],
  'otp-missing-variable': ['environment-missing'],
  'otp-bad-credentials': ['credentials-rejected'],
  'otp-verify-service-gone': ['provider-resource-missing'],
  'otp-stub-provider': ['stub-provider'],
  'otp-firewall': ['security-group-denies'],
  'otp-event-loop': ['event-loop-blocked'],
  'smtp-egress': ['no-route'],
  'shared-connector': ['no-route'],
  'sms-fallback': ['stale-deployment', 'credentials-rejected', 'fallback-in-use'],
  'sms-fallback-tag-moved': ['stale-deployment', 'credentials-rejected', 'fallback-in-use'],
  's3-egress': ['no-route'],
  's3-and-secrets': ['no-route'],
  's3-and-smtp': ['no-route'],
  'shared-vpc': ['no-route'],
  'shared-outage': ['no-route'],
  'route-blackhole': ['blackhole-route'],
  'route-blackhole-other-nat': ['blackhole-route'],
  'route-internet-gateway': ['internet-gateway-without-public-address'],
  'nat-failed': ['nat-unavailable'],
  'nat-private': ['nat-not-public'],
  'acl-denies': ['network-acl-denies'],
  'one-subnet-of-three': ['no-route'],
  'endpoint-closed': ['endpoint-closed'],
  'endpoint-dns': ['dns-disabled'],
  'public-access-blocked': ['public-access-blocked'],
  'database-down': ['database-unreachable'],
  'database-closed': ['security-group-denies'],
  'deployment-failed': ['deployment-failed'],
  'transit-gateway': [],
  'healthy-nat': [],
  healthy: [],
};

it('knows every scenario of the sandbox', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(SCENARIOS).sort());
});

it.each(Object.entries(EXPECTED))('%s: %s', async (scenario, causes) => {
  const world = await openWorld(scenario);
  const before = world.sandbox.snapshot();
  const diagnosis = await diagnose(world);
  const named = diagnosis.causes.map(({ cause }) => cause);

  expect(
    named[0],
    JSON.stringify(
      diagnosis.findings.filter(({ status }) => status !== 'ok').map(({ id, because }) => [id, because]),
      null,
      1,
    ),
  ).toBe(causes[0]);
  expect(named).toEqual(expect.arrayContaining([...causes]));
  expect(diagnosis.healthy).toBe(causes.length === 0);
  expect(JSON.stringify(diagnosis)).not.toContain('canary');
  if (!scenario.endsWith('-busy')) expect(world.sandbox.snapshot()).toEqual(before);
});

it.each([
  ['shared-connector', 'daadaar-rates'],
  ['shared-vpc', 'atlas-reports'],
])('%s: nothing is wrong with %s', async (scenario, neighbour) => {
  const diagnosis = await diagnose(await openWorld(scenario), neighbour);
  expect(diagnosis.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(diagnosis.healthy).toBe(true);
});
