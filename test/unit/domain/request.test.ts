import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { redact } from '../../../lib/domain/redact.ts';
import { DiagnosisRequest, Request, UndoRequest } from '../../../lib/domain/request.ts';
import { explain, parse } from '../../../lib/step.ts';

const asking = (environment: object) => parse(Request, { service: 'some-app', environment });
const many = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, value]));

function refusalOf(environment: object): string {
  const { error } = z.safeParse(Request, { service: 'some-app', environment });
  return error ? explain(error) : '';
}

describe('the environment that is asked for', () => {
  it('is as large as a repair may need', () => {
    const environment = { variables: many(50, 'on'), secrets: { [`A${'B'.repeat(254)}`]: '/app/key' } };
    expect(asking(environment)).toMatchObject({ environment });
  });

  it('may hold any name, also one that every object knows', () => {
    const environment = { variables: { constructor: 'on', toString: 'on' }, secrets: { valueOf: '/app/key' } };
    expect(asking(environment).environment).toEqual(environment);
  });

  it.each([
    ['too many variables', { variables: many(51, 'on') }, 'environment.variables: has more than 50 entries'],
    ['too many secrets', { secrets: many(51, '/app/key') }, 'environment.secrets: has more than 50 entries'],
    [
      'a name of both kinds',
      { variables: { A: 'on' }, secrets: { A: '/a' } },
      'secrets: names A, which stands in variables too',
    ],
    ['a secret that is no reference', { secrets: { DB_PASSWORD: 'hunter two' } }, 'DB_PASSWORD: must be the ARN of'],
    ['a secret that is no text', { secrets: { TOKEN: 1 } }, 'environment.secrets.TOKEN: Invalid input'],
    ['a secret in the open', { variables: { TOKEN: 'on' } }, 'environment.variables: TOKEN is a secret'],
    ['a name too long', { variables: { [`A${'B'.repeat(255)}`]: 'on' } }, 'must have at most 255 characters'],
    ['a name without end', { variables: { ['pass'.repeat(16_384)]: 'on' } }, 'must have at most 255 characters'],
  ])('is refused with %s, in words that redaction leaves', (_, environment, message) => {
    expect(() => asking(environment)).toThrow(message);
    expect(redact(refusalOf(environment))).toBe(refusalOf(environment));
  });
});

it('is refused in few words, however many and long the names are', () => {
  const variables = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`${index} ${'x'.repeat(5000)}`, 'on']),
  );
  expect(refusalOf({ variables }).length).toBeLessThan(5000);
  expect(refusalOf({ variables })).toMatch(/; and \d+ more$/);
});

describe('the reason of a request', () => {
  const SAID = 'password=hunter2 for +15555550118';

  it.each([
    ['a run', Request, { service: 'some-app' }],
    ['a diagnosis', DiagnosisRequest, { service: 'some-app' }],
    ['a way back', UndoRequest, { run: 'run-1', requestedBy: 'ada' }],
  ])('of %s is kept without secrets, whoever sent it', (_, kind, request) => {
    expect(parse(kind, { ...request, reason: SAID })).toMatchObject({ reason: 'password=[redacted] for …0118' });
  });

  it('is one line, whatever it was sent as', () => {
    const said = 'nobody can log in\r\n\u001b[2Jasked for by ada';
    expect(parse(Request, { service: 'some-app', reason: said }).reason).toBe('nobody can log in [2Jasked for by ada');
  });

  it('can be read a second time, however long it became', () => {
    const reason = 'pw=a;pwd=a;'.repeat(45);
    const once = parse(Request, { service: 'some-app', reason });
    expect(parse(Request, once)).toEqual(once);
    expect(once.reason).not.toContain('pwd=a');
  });
});

it.each(['ada\nbob', 'ada\u001b[8m', 'ada\u202e', ''])('takes no name that shows as another: %j', (requestedBy) => {
  expect(() => parse(Request, { service: 'some-app', requestedBy })).toThrow(/^requestedBy: must /);
  expect(() => parse(UndoRequest, { run: 'run-1', requestedBy })).toThrow(/^requestedBy: must /);
});
