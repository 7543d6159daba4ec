import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyAccount } from '../../../sandbox/account.ts';
import { nthAddress } from '../../../sandbox/network/address.ts';
import { aclAllows } from '../../../sandbox/network/firewall.ts';

const port = fc.integer({ min: 0, max: 300 });
const range = fc.tuple(port, port).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as [number, number]);
const entry = fc.record({ number: fc.integer({ min: 1, max: 50 }), allow: fc.boolean(), range: fc.option(range) });

describe('a network ACL', () => {
  it('lets a range through exactly when it lets every port of it through', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ number }) => number, maxLength: 8 }),
        range,
        (entries, asked) => {
          const account = emptyAccount({ id: '1', region: 'r' });
          account.ec2.networkAcls.push({
            Associations: [{ SubnetId: 'subnet-1' }],
            Entries: entries.map(({ number, allow, range: ports }) => ({
              RuleNumber: number,
              Egress: true,
              CidrBlock: '0.0.0.0/0',
              RuleAction: allow ? 'allow' : 'deny',
              Protocol: ports ? '6' : '-1',
              ...(ports && { PortRange: { From: ports[0], To: ports[1] } }),
            })),
          });
          const sorted = entries.toSorted((a, b) => a.number - b.number);
          const allows = (one: number) =>
            sorted.find(({ range: r }) => !r || (r[0] <= one && one <= r[1]))?.allow ?? false;
          const every = Array.from({ length: asked[1] - asked[0] + 1 }, (_, index) => asked[0] + index).every(allows);
          expect(aclAllows(account, 'subnet-1', 'out', '54.1.2.3', asked)).toBe(every);
        },
      ),
    );
  });

  it('denies when the subnet has none', () =>
    expect(aclAllows(emptyAccount({ id: '1', region: 'r' }), 'subnet-1', 'out', '54.1.2.3', [443, 443])).toBe(false));
});

it('counts addresses across octets', () => expect(nthAddress('10.0.0.0/16', 266)).toBe('10.0.1.10'));
