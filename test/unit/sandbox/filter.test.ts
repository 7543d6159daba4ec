import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filtered, patternOf } from '../../../sandbox/ec2/filter.ts';

const KNOWN = {
  'vpc-id': 'VpcId',
  'association.subnet-id': 'Associations.SubnetId',
  'association.main': 'Associations.Main',
  'tag-key': 'Tags.Key',
};
const main = { VpcId: 'vpc-1', Associations: [{ Main: true }], Tags: [] };
const explicit = {
  VpcId: 'vpc-1',
  Associations: [
    { Main: false, SubnetId: 'subnet-1' },
    { Main: false, SubnetId: 'subnet-2' },
  ],
  Tags: [{ Key: 'Name', Value: 'private' }],
};
const found = (...filters: { Name: string; Values: string[] }[]) => filtered([main, explicit], filters, KNOWN);

describe('EC2 filters', () => {
  it.each([
    [[], [main, explicit]],
    [[{ Name: 'association.subnet-id', Values: ['subnet-2'] }], [explicit]],
    [[{ Name: 'association.main', Values: ['true'] }], [main]],
    [[{ Name: 'vpc-id', Values: ['vpc-0', 'vpc-1'] }], [main, explicit]],
    [
      [
        { Name: 'vpc-id', Values: ['vpc-1'] },
        { Name: 'association.main', Values: ['false'] },
      ],
      [explicit],
    ],
    [[{ Name: 'vpc-id', Values: ['VPC-1'] }], []],
    [[{ Name: 'association.subnet-id', Values: ['subnet-*'] }], [explicit]],
    [[{ Name: 'association.subnet-id', Values: ['subnet-?'] }], [explicit]],
    [[{ Name: 'association.subnet-id', Values: ['subnet'] }], []],
    [[{ Name: 'tag:Name', Values: ['priv*'] }], [explicit]],
    [[{ Name: 'tag:name', Values: ['private'] }], []],
    [[{ Name: 'tag-key', Values: ['Name'] }], [explicit]],
  ])('%j', (filters, expected) => expect(found(...filters)).toEqual(expected));

  it('refuses a name it does not know', () =>
    expect(() => found({ Name: 'subnet', Values: ['x'] })).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValue', message: "The filter 'subnet' is invalid" }),
    ));

  it('refuses a filter without values, and one with more than 200', () => {
    expect(() => found({ Name: 'vpc-id', Values: [] })).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValue' }),
    );
    const many = Array.from({ length: 201 }, (_, index) => `vpc-${index}`);
    expect(() => found({ Name: 'vpc-id', Values: many })).toThrow(
      expect.objectContaining({ code: 'FilterLimitExceeded' }),
    );
  });

  it('takes everything but wildcards literally', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (wanted, other) => {
        const pattern = patternOf(wanted.replace(/[*?\\]/g, '\\$&'));
        expect(pattern.test(wanted)).toBe(true);
        expect(pattern.test(other)).toBe(other === wanted);
      }),
    );
  });
});
