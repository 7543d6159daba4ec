import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../lib/domain/diagnosis.ts';
import type { ServiceConfiguration } from '../../../lib/domain/service.ts';
import { makePlan, planHash } from '../../../lib/remedies/planner.ts';
import type { Basis } from '../../../lib/remedies/remedy.ts';

const AT = '2026-11-20T03:00:00.000Z';
const configuration: ServiceConfiguration = {
  status: 'RUNNING',
  source: 'app:v1',
  egress: { type: 'VPC', vpcConnectorArn: 'arn:connector' },
  publiclyAccessible: true,
  ipAddressType: 'IPV4',
  environmentNames: [],
  secretNames: [],
  fingerprint: 'f1',
};
const basis = (more: Partial<Basis> = {}): Basis => ({
  service: { name: 'app', arn: 'arn:app', id: '1', url: '' },
  configuration,
  egress: [
    { subject: 'twilio', status: 'broken', cause: 'no-route' },
    { subject: 'database', status: 'ok' },
  ],
  exposure: [
    { name: 'twilio', reachableFromInternet: 'yes', because: 'public addresses only' },
    { name: 'database', reachableFromInternet: 'yes', because: 'db is public' },
  ],
  ...more,
});
const exposure = (database: 'yes' | 'no' | 'unknown') =>
  basis({
    exposure: [
      ...basis().exposure.slice(0, 1),
      { name: 'database', reachableFromInternet: database, because: 'db is what it is.' },
    ],
  });
const diagnosis = (healthy: boolean): Diagnosis => ({
  findings: [],
  causes: [],
  gaps: [],
  probes: [],
  healthy,
  at: AT,
});
const plan = (facts: Basis, healthy = false) => makePlan(diagnosis(healthy), facts, AT);

describe('the plan', () => {
  it('switches egress when everything that is needed is reachable from the internet', () => {
    const { steps, options, hash } = plan(basis());
    expect(steps).toMatchObject([{ remedy: 'use-default-egress', target: 'arn:app' }]);
    expect(options[0]).toMatchObject({
      blocked: false,
      fixes: ['twilio'],
      monthlyCostUsd: 0,
      redeploys: true,
      reversible: true,
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a dependency is private', exposure('no'), /cut off what is private: db is what it is$/],
    ['a dependency may be private', exposure('unknown'), /could cut off what may be private/],
    [
      'egress is DEFAULT already',
      basis({ configuration: { ...configuration, egress: { type: 'DEFAULT' } } }),
      /DEFAULT already/,
    ],
    [
      'nothing that is broken would come back',
      basis({ egress: [{ subject: 'twilio', status: 'ok' }] }),
      /bring nothing back/,
    ],
  ])('is empty, with the reason, when %s', (_, facts, because) => {
    const { steps, options, hash } = plan(facts);
    expect([steps, hash]).toEqual([[], null]);
    expect(options[0]).toMatchObject({ blocked: true });
    expect(options[0]?.because).toMatch(because);
  });

  it('says of each dependency whether the precondition is met', () => {
    expect(plan(exposure('no')).options[0]?.preconditions.map(({ met }) => met)).toEqual(['yes', 'no']);
  });

  it('is empty for a healthy service', () => {
    expect(plan(basis(), true).steps).toEqual([]);
  });

  it('has one hash for the same facts, in whatever order their keys stand', () => {
    const { hash, steps } = plan(basis());
    const shuffled = Object.fromEntries(Object.entries(basis()).reverse()) as unknown as Basis;
    expect(planHash(steps, shuffled)).toBe(hash);
  });

  it.each([
    ['the image', basis({ configuration: { ...configuration, source: 'app:v2' } })],
    ['anything of the configuration', basis({ configuration: { ...configuration, fingerprint: 'f2' } })],
    ['the way out', basis({ egress: [{ subject: 'twilio', status: 'broken', cause: 'blackhole-route' }] })],
    ['what the internet reaches', exposure('unknown')],
  ])('has another hash when %s is different', (_, facts) => {
    const { hash, steps } = plan(basis());
    expect(planHash(steps, facts)).not.toBe(hash);
  });
});
