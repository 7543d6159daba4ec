import { expect, it } from 'vitest';
import type { EgressFacts } from '../../../lib/egress/facts.ts';
import type { Proposal, Remedy } from '../../../lib/remedies/remedy.ts';
import { weigh } from '../../../lib/remedies/weigh.ts';
import { defaultRoute, type Facts, local, route, table } from '../egress/topology.ts';
import { basisOf, roomy } from './network.ts';

const STEP = { target: 'x', changes: [], undo: '', details: {} };

const remedy = (after: EgressFacts | undefined, more: Partial<Proposal> = {}): Remedy => ({
  name: 'add-nat-gateway',
  propose: () => [
    {
      title: 'Something',
      monthlyCostUsd: 0,
      minutes: 1,
      redeploys: false,
      security: '',
      reversible: true,
      preconditions: [],
      affects: [],
      warnings: [],
      step: STEP,
      ...(after && { after }),
      ...more,
    },
  ],
});

const changed = (change: (facts: Facts) => void): Facts => {
  const facts = roomy();
  change(facts);
  return facts;
};

/** Private subnets lost their way out; a neighbour sits in another subnet that has one. */
const cut = () =>
  changed((facts) => {
    table(facts, 'rtb-private').Routes = [local()];
    table(facts, 'rtb-main').Routes = [local(), route('0.0.0.0/0', { NatGatewayId: 'nat-1' })];
  });
const NEIGHBOUR = { name: 'reports', connector: { subnetIds: ['subnet-db'], securityGroupIds: ['sg-app'] } };
const repaired = (then: (facts: Facts) => void = () => {}) => {
  const facts = cut();
  defaultRoute(facts, { NatGatewayId: 'nat-1' });
  then(facts);
  return facts;
};

const optionOf = (after: EgressFacts | undefined, more: Partial<Proposal> = {}) =>
  weigh(remedy(after, more), basisOf(cut(), { neighbours: [NEIGHBOUR] }))[0]?.option;

it('brings back what the judge says it brings back', () => {
  expect(optionOf(repaired())).toMatchObject({ blocked: false, fixes: ['twilio'] });
  expect(optionOf(cut())).toMatchObject({ blocked: true, fixes: [], because: 'it alone would bring nothing back' });
});

it('is blocked where a neighbour would lose its way', () => {
  const harmful = repaired((facts) => {
    table(facts, 'rtb-main').Routes = [local()];
  });
  expect(optionOf(harmful)).toMatchObject({ blocked: true, because: 'it would cut off twilio for reports' });
});

it('is blocked where a neighbour would lose a way that cannot be followed to its end', () => {
  const transit = (facts: Facts) => {
    table(facts, 'rtb-main').Routes = [local(), route('0.0.0.0/0', { TransitGatewayId: 'tgw-1' })];
  };
  const before = cut();
  transit(before);
  const basis = basisOf(before, { neighbours: [NEIGHBOUR] });
  const optionFor = (then: (facts: Facts) => void) => weigh(remedy(repaired(then)), basis)[0]?.option;
  expect(optionFor(transit)).toMatchObject({ blocked: false, fixes: ['twilio'] });
  const harmful = optionFor((facts) => {
    table(facts, 'rtb-main').Routes = [local()];
  });
  expect(harmful).toMatchObject({ blocked: true, because: 'it would cut off twilio for reports' });
});

it('says who could not be looked at, where a change is for the whole network', () => {
  const warningsOf = (more: Partial<Proposal>) =>
    weigh(remedy(repaired(), more), basisOf(cut(), { unseen: ['billing', 'reports'] }))[0]?.option.warnings;
  expect(warningsOf({})).toEqual([
    'whether billing, reports share the network is not known: they may not be looked at',
  ]);
  expect(warningsOf({ redeploys: true })).toEqual([]);
});

it('is blocked where the service would lose something that works', () => {
  const harmful = repaired((facts) => {
    for (const group of facts.SecurityGroups) if (group.GroupName === 'db') group.IpPermissions = [];
  });
  expect(optionOf(harmful)?.because).toMatch(/^it would cut off database/);
});

it('is blocked by what is not met, and by what is not known', () => {
  const precondition = { what: 'a thing', because: 'it is so.' } as const;
  expect(optionOf(repaired(), { preconditions: [{ ...precondition, met: 'no' }] })).toMatchObject({
    blocked: true,
    because: 'it is so',
  });
  expect(optionOf(repaired(), { preconditions: [{ ...precondition, met: 'unknown' }] })).toMatchObject({
    blocked: true,
    because: 'not known: it is so',
  });
});
