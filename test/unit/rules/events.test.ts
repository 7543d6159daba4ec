import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Request } from '../../../lib/domain/request.ts';
import { parse } from '../../../lib/step.ts';
import { emptyAccount } from '../../../sandbox/account.ts';
import { Random } from '../../../sandbox/random.ts';
import { SCENARIOS } from '../../../sandbox/scenarios/index.ts';

const FOLDER = new URL('../../../events/', import.meta.url);
const FILES = readdirSync(FOLDER);

const requestIn = (file: string) => parse(Request, JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));

it.each(FILES)('events/%s is a request that would be accepted', (file) => {
  expect(requestIn(file).service).toBeTruthy();
});

const ofScenarios = FILES.flatMap((file) => {
  const scenario = SCENARIOS[file.replace('.json', '')];
  return scenario ? [[file, scenario] as const] : [];
});

it('has a request for each incident', () => {
  const incidents = ['otp-egress', 'otp-timeout', 'smtp-egress', 'sms-fallback', 's3-egress'];
  expect(FILES).toEqual(expect.arrayContaining(incidents.map((name) => `${name}.json`)));
});

it.each(ofScenarios)('events/%s asks for what the scenario of that name has', (file, scenario) => {
  const account = emptyAccount({ id: '123456789012', region: scenario.region });
  scenario.build({ account, random: new Random(1), now: new Date('2026-01-01T12:00:00Z') });
  const { service, environment } = requestIn(file);
  expect(account.apprunner.services.map(({ ServiceName }) => ServiceName)).toContain(service);
  const references = [...account.secretsManager.secrets.map(({ ARN }) => ARN), ...Object.keys(account.ssm.parameters)];
  for (const reference of Object.values(environment?.secrets ?? {})) expect(references).toContain(reference);
});
