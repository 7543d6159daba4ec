import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Report } from '../../lib/domain/report.ts';
import { approve, confirm, openWorld } from './world.ts';

/* What somebody sees who has only the Step Functions console. */

const minimal = JSON.parse(readFileSync(new URL('../../events/console-minimal.json', import.meta.url), 'utf8'));

it('takes the name of a service for an input, and ends with the report', async () => {
  const world = await openWorld('otp-egress');
  const { execution } = await world.watch(await world.start(minimal));
  expect(Object.keys(minimal)).toEqual(['service']);
  expect(Report.parse(JSON.parse(execution.output ?? '')).verdict).toBe('planned');
});

/** Data for the states after them, and nothing else: the run document, the configuration, the ids of an execution. */
const DATA = ['Load profile', 'Record baseline'];

it('says in a sentence what each state did', async () => {
  const world = await openWorld('otp-egress');
  const { history } = await world.repair({ onApproval: approve, onDelivery: confirm });
  let state = '';
  const mute: string[] = [];
  const heard: string[] = [];
  for (const event of history) {
    state = event.stateEnteredEventDetails?.name ?? state;
    const { lambdaFunctionSucceededEventDetails: done } = event;
    if (!done?.output) continue;
    (/"(because|summary)":"[^"]{10,}/.test(done.output) ? heard : mute).push(state);
  }
  expect(heard).toContain('Watch operation');
  expect(mute.filter((name) => !DATA.includes(name))).toEqual([]);
});
