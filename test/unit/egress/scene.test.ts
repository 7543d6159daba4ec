import { expect, it } from 'vitest';
import type { EgressDependency } from '../../../lib/egress/judge.ts';
import { judgeScene } from '../../../lib/egress/scene.ts';
import * as t from './topology.ts';

const sentence = (dependency: EgressDependency, because: string): string | undefined =>
  judgeScene({
    connector: t.CONNECTOR,
    dependencies: [dependency],
    facts: t.healthy(),
    gaps: [],
    notes: [
      { name: dependency.name, because },
      { name: 'another', because: 'is of no concern' },
    ],
  })[0]?.because;

it('ends the sentence of a finding with what the look-up could not find out', () => {
  expect(
    sentence(
      { ...t.SECRETS, addresses: [], resolved: false },
      'secretsmanager.us-east-1.amazonaws.com did not resolve here',
    ),
  ).toBe(
    'secretsmanager.us-east-1.amazonaws.com (tcp/443) can be reached from all 3 subnets of the service; secretsmanager.us-east-1.amazonaws.com did not resolve here',
  );
});

it('does not repeat what the sentence says already', () => {
  const because = 'cache.prod.internal did not resolve here';
  const text = sentence(
    { name: 'cache', host: 'cache.prod.internal', port: 6379, protocol: 'tcp', resolved: false },
    because,
  );
  expect(text?.split(because)).toHaveLength(2);
});
