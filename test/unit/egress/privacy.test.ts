import { describe, expect, it } from 'vitest';
import type { EgressDependency, EgressFacts } from '../../../lib/egress/judge.ts';
import { judgePrivacy } from '../../../lib/egress/privacy.ts';
import * as t from './topology.ts';

const open = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

/** The database of the topology in a public subnet, open to the world. */
const exposed = () => {
  const facts = t.healthy();
  const db = t.must(facts.DBInstances[0]);
  db.PubliclyAccessible = true;
  db.DBSubnetGroup = { VpcId: 'vpc-1', Subnets: [{ SubnetIdentifier: 'subnet-pub' }] };
  t.group(facts, 'sg-db').IpPermissions = [open];
  return { facts, db };
};
type Exposed = ReturnType<typeof exposed>;

const judge = (
  dependency: EgressDependency,
  change?: (at: Exposed) => void,
  seen: (facts: t.Facts) => EgressFacts = (facts) => facts,
) => {
  const at = exposed();
  change?.(at);
  return t.must(judgePrivacy([dependency], at.facts.DBInstances, seen(at.facts))[0]);
};
const tcp = (rest: Partial<EgressDependency>): EgressDependency => ({ name: 'x', port: 443, protocol: 'tcp', ...rest });

describe('a database', () => {
  const rows: [string, 'yes' | 'no' | 'unknown', (at: Exposed) => void][] = [
    ['public, available and open to the world', 'yes', () => {}],
    [
      'not publicly accessible',
      'no',
      ({ db }) => {
        db.PubliclyAccessible = false;
      },
    ],
    [
      'of which nothing says whether it is public',
      'unknown',
      ({ db }) => {
        delete db.PubliclyAccessible;
      },
    ],
    [
      'stopped',
      'no',
      ({ db }) => {
        db.DBInstanceStatus = 'stopped';
      },
    ],
    [
      'open to a part of the world',
      'no',
      ({ facts }) => {
        t.group(facts, 'sg-db').IpPermissions = [{ ...open, IpRanges: [{ CidrIp: '54.0.0.0/8' }] }];
      },
    ],
    [
      'open to the connector only',
      'no',
      ({ facts }) => {
        t.group(facts, 'sg-db').IpPermissions = [{ ...open, IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-app' }] }];
      },
    ],
    [
      'open on another port',
      'no',
      ({ facts }) => {
        t.group(facts, 'sg-db').IpPermissions = [{ ...open, FromPort: 3306, ToPort: 3306 }];
      },
    ],
    [
      'open to two halves of the world',
      'yes',
      ({ facts }) => {
        t.group(facts, 'sg-db').IpPermissions = [
          { ...open, IpRanges: [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }] },
        ];
      },
    ],
    [
      'with an open group that is being removed',
      'no',
      ({ db }) => {
        db.VpcSecurityGroups = [{ VpcSecurityGroupId: 'sg-db', Status: 'removing' }];
      },
    ],
    [
      'whose groups were not seen',
      'unknown',
      ({ facts }) => {
        facts.SecurityGroups = [];
      },
    ],
    [
      'in a private subnet',
      'no',
      ({ db }) => {
        db.DBSubnetGroup = { VpcId: 'vpc-1', Subnets: [{ SubnetIdentifier: 'subnet-db' }] };
      },
    ],
    [
      'in a public or a private subnet',
      'unknown',
      ({ db }) => {
        db.DBSubnetGroup = {
          VpcId: 'vpc-1',
          Subnets: [{ SubnetIdentifier: 'subnet-db' }, { SubnetIdentifier: 'subnet-pub' }],
        };
      },
    ],
    [
      'behind VPC Block Public Access',
      'no',
      ({ facts }) => {
        for (const s of facts.Subnets) s.BlockPublicAccessStates = { InternetGatewayBlockMode: 'block-ingress' };
      },
    ],
    [
      'behind an ACL that denies',
      'no',
      ({ facts }) => {
        t.acl(facts, 'acl-pub').Entries = [];
      },
    ],
  ];
  it.each(rows)('%s: %s', (_, reachableFromInternet, change) => {
    expect(judge(t.DATABASE, change)).toMatchObject({
      name: 'database',
      reachableFromInternet,
      because: expect.stringMatching(/orders-db/),
    });
  });

  it('needs the groups to be seen, but nothing more', () => {
    expect(judge(t.DATABASE, undefined, ({ SecurityGroups }) => ({ SecurityGroups })).reachableFromInternet).toBe(
      'yes',
    );
    expect(judge(t.DATABASE, undefined, () => ({})).reachableFromInternet).toBe('unknown');
  });

  it('is recognized by its name, whatever it resolves to', () => {
    const byName = tcp({ host: 'orders-db.xyz.us-east-1.rds.amazonaws.com', addresses: ['203.0.113.9'], port: 5432 });
    expect(judge(byName).reachableFromInternet).toBe('yes');
    expect(
      judge(byName, ({ db }) => {
        db.PubliclyAccessible = false;
      }).reachableFromInternet,
    ).toBe('no');
  });

  it('that is not listed is unknown', () => {
    expect(judge({ ...t.DATABASE, rds: 'other' }).reachableFromInternet).toBe('unknown');
    expect(judgePrivacy([t.DATABASE], undefined, {})[0]?.reachableFromInternet).toBe('unknown');
  });
});

describe('other dependencies', () => {
  it.each([
    ['10.1.2.3', 'no'],
    ['172.31.0.1', 'no'],
    ['192.168.0.1', 'no'],
    ['100.64.0.1', 'no'],
    ['127.0.0.1', 'no'],
    ['169.254.1.1', 'no'],
    ['fd00::1', 'no'],
    ['fe80::1', 'no'],
    ['::1', 'no'],
    ['::ffff:10.0.0.1', 'no'],
    ['172.32.0.1', 'yes'],
    ['54.172.60.1', 'yes'],
    ['2600::1', 'unknown'],
    ['nonsense', 'unknown'],
  ] as const)('at %s: %s', (address, expected) => {
    expect(judge(tcp({ addresses: [address] })).reachableFromInternet).toBe(expected);
  });

  it('is private when any of its addresses is', () => {
    expect(judge(tcp({ host: 'cache.example', addresses: ['54.1.1.1', '10.0.0.7'] }))).toEqual({
      name: 'x',
      reachableFromInternet: 'no',
      because: 'cache.example resolves to 10.0.0.7, which only the VPC can reach.',
    });
  });

  it.each([
    ['an unresolved host', tcp({ host: 'a.example' }), 'unknown'],
    ['nothing', tcp({}), 'unknown'],
    ['an AWS service', tcp({ aws: 's3' }), 'yes'],
    ['a name of an endpoint', tcp({ aws: 's3', host: 'vpce-1-x.s3.us-east-1.vpce.amazonaws.com' }), 'no'],
    ['an address in a VPC of public range', tcp({ addresses: ['44.0.0.9'] }), 'no'],
  ] as const)('%s: %s', (_, dependency, expected) => {
    expect(
      judge(dependency, ({ facts }) => facts.Vpcs.push({ VpcId: 'vpc-9', CidrBlock: '44.0.0.0/16' }))
        .reachableFromInternet,
    ).toBe(expected);
  });
});
