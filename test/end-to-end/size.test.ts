import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import type { Profile } from '../../lib/domain/profile.ts';
import { REPORT_IN_OUTPUT } from '../../lib/domain/room.ts';
import { bytesOf } from '../../lib/domain/size.ts';
import { withEndpoint } from './two-rounds.ts';
import { approve, confirm, openWorld, type World } from './world.ts';

const LONG = 'SOME_RATHER_LONG_VARIABLE_NAME_OF_A_SERVICE';

/** As many of each as the schema allows. */
function largest(world: World): object {
  const parameter = world.sandbox.account.ssm.parameters[`/reconnect/services/${world.service.ServiceName}`];
  const { dependencies, environment = [], ...stored } = JSON.parse(String(parameter?.Value)) as Profile;
  const up = (most: number, there: number) => Array.from({ length: most - there }, (_, at) => at);
  return {
    ...stored,
    dependencies: [
      ...dependencies,
      ...up(50, dependencies.length).map((at) => ({
        name: `dependency number ${at} of the service`,
        address: `203.0.113.${at + 1}`,
      })),
    ],
    environment: [
      ...environment,
      ...up(100, environment.length).map((at) => ({ name: `${LONG}_${at}`, required: true, pattern: '^x' })),
    ],
  };
}

function addVariables(world: World, count: number): void {
  const image = world.service.running.SourceConfiguration?.ImageRepository?.ImageConfiguration;
  const more = Array.from({ length: count }, (_, at) => [`${LONG}_${at}`, `v${at}`]);
  Object.assign(image?.RuntimeEnvironmentVariables ?? {}, Object.fromEntries(more));
}

/** What the run carried at its fullest, in bytes. */
const documentOf = (history: readonly HistoryEvent[]): number =>
  Math.max(
    ...history
      .map(({ stateEnteredEventDetails: entered }) => entered)
      .filter((entered) => JSON.parse(entered?.input ?? '{}').profile)
      .map((entered) => Buffer.byteLength(entered?.input ?? '')),
  );

it('repairs a service with the largest profile and 500 variables, and tells all of it in the stored report', async () => {
  const world = await openWorld('otp-egress');
  addVariables(world, 500);
  const { execution, report, history } = await world.play(
    { mode: 'repair', requestedBy: 'requester', profile: largest(world) },
    { onApproval: approve, onDelivery: confirm },
  );
  expect([execution.status, report.verdict]).toEqual(['SUCCEEDED', 'recovered']);
  expect(documentOf(history)).toBeLessThan(130_000);
  expect(bytesOf(report)).toBeLessThanOrEqual(REPORT_IN_OUTPUT);
  const stored = await world.storedReport(report.run);
  expect(stored?.findings.filter(({ check }) => check === 'environment').length).toBeGreaterThanOrEqual(100);
  expect(stored?.findings.filter(({ check }) => check === 'egress')).toHaveLength(50);
  expect(stored?.causes.length).toBeGreaterThan(100);
  expect(stored?.proof?.configuration.find(({ item }) => item === 'environment variables')?.because).toMatch(
    /^\d{3} names, as before$/,
  );
  expect(bytesOf(stored)).toBeGreaterThan(200_000);
});

it('carries a second round of it', async () => {
  const { world, takeAway } = await withEndpoint();
  addVariables(world, 200);
  const profile = { ...largest(world), repair: { never: ['use-default-egress', 'add-nat-gateway'] } };
  let asked = 0;
  const { execution, report, history } = await world.play(
    { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester', profile },
    {
      onApproval: (_, question) => {
        asked += 1;
        return approve(world, question);
      },
      onState: (name) => (name === 'Let it settle' && asked === 1 ? takeAway() : undefined),
    },
  );
  expect(asked).toBe(2);
  expect([execution.status, report.verdict, report.plan.round]).toEqual(['SUCCEEDED', 'recovered', 2]);
  expect(documentOf(history)).toBeLessThan(130_000);
  expect(report.cut).toEqual([
    `the ways before and after the repair in the proof: in the stored report: reconnect watch ${report.run}`,
  ]);
  const stored = await world.storedReport(report.run);
  expect(stored?.proof?.pathsBefore).toHaveLength(50);
  expect(stored?.cut).toBeUndefined();
  expect(stored?.plan.steps).toEqual(report.plan.steps);
});
