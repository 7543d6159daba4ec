import { expect, it } from 'vitest';
import { explainEach } from '../../../cli/explain.ts';
import { Profile } from '../../../lib/domain/profile.ts';

const profile = (more: object) => ({ service: 'some-service', dependencies: [], ...more });

it('says nothing about a profile that is fine', () => expect(explainEach(Profile, profile({}))).toEqual([]));

it('names every wrong field, and never the value that was given', () => {
  const wrong = explainEach(
    Profile,
    profile({
      hurry: 'canary',
      dependencies: [
        { name: 'a', host: 'canary.example', rds: 'canary' },
        { name: 'b', address: 'canary' },
      ],
      probes: [{ name: 'p', method: 'canary', path: 'canary' }],
    }),
  );
  const text = wrong.join('\n');
  expect(text).toMatch(/^dependencies\.0: give exactly one of host, address, aws, rds$/m);
  expect(text).toMatch(/^dependencies\.1\.address: .*IPv4.*, or .*IPv6/m);
  expect(text).toMatch(/^probes\.0\.method: .*"GET"\|"HEAD"/m);
  expect(text).toMatch(/^probes\.0\.path: /m);
  expect(text).toMatch(/^the file: unknown "hurry"$/m);
  expect(text).not.toContain('canary');
});

it.each([[null], [[]], ['text'], [7]])('%j is no profile', (value) => {
  expect(explainEach(Profile, value)).toEqual([expect.stringMatching(/^the file: .*expected object/)]);
});
