import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { redact } from '../../../lib/domain/redact.ts';
import { Request } from '../../../lib/domain/request.ts';
import { explain, parse } from '../../../lib/step.ts';

const asking = (environment: object) => parse(Request, { service: 'app', environment });
const many = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, value]));

function refusalOf(environment: object): string {
  const { error } = z.safeParse(Request, { service: 'app', environment });
  return error ? explain(error) : '';
}

describe('the environment that is asked for', () => {
  it('is as large as a repair may need', () => {
    const environment = { variables: many(50, 'on'), secrets: { [`A${'B'.repeat(254)}`]: '/app/key' } };
    expect(asking(environment)).toMatchObject({ environment });
  });

  it.each([
    ['too many variables', { variables: many(51, 'on') }, 'environment.variables: has more than 50 entries'],
    ['too many secrets', { secrets: many(51, '/app/key') }, 'environment.secrets: has more than 50 entries'],
    [
      'a name of both kinds',
      { variables: { A: 'on' }, secrets: { A: '/a' } },
      'secrets: names something that stands in',
    ],
    ['a secret that is no reference', { secrets: { DB_PASSWORD: 'hunter two' } }, 'DB_PASSWORD: must be the ARN of'],
    ['a secret that is no text', { secrets: { TOKEN: 1 } }, 'environment.secrets.TOKEN: Invalid input'],
    ['a secret in the open', { variables: { TOKEN: 'on' } }, 'environment.variables: one of them is a secret'],
    ['a name too long', { variables: { [`A${'B'.repeat(255)}`]: 'on' } }, 'Invalid key in record'],
    ['a name without end', { variables: { ['pass'.repeat(16_384)]: 'on' } }, 'Invalid key in record'],
  ])('is refused with %s, in words that redaction leaves', (_, environment, message) => {
    expect(() => asking(environment)).toThrow(message);
    expect(redact(refusalOf(environment))).toBe(refusalOf(environment));
  });
});
