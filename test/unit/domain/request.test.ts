import { describe, expect, it } from 'vitest';
import { Request } from '../../../lib/domain/request.ts';
import { parse } from '../../../lib/step.ts';

const asking = (environment: object) => parse(Request, { service: 'app', environment });
const many = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, value]));

describe('the environment that is asked for', () => {
  it('is as large as a repair may need', () => {
    const environment = { variables: many(50, 'on'), secrets: { [`A${'B'.repeat(254)}`]: '/app/key' } };
    expect(asking(environment)).toMatchObject({ environment });
  });

  it.each([
    ['too many variables', { variables: many(51, 'on') }, 'environment.variables: has more than 50 entries'],
    ['too many secrets', { secrets: many(51, '/app/key') }, 'environment.secrets: has more than 50 entries'],
    ['a name too long', { variables: { [`A${'B'.repeat(255)}`]: 'on' } }, 'Invalid key in record'],
    ['a name without end', { variables: { ['pass'.repeat(16_384)]: 'on' } }, 'Invalid key in record'],
  ])('is refused with %s', (_, environment, message) => {
    expect(() => asking(environment)).toThrow(message);
  });
});
