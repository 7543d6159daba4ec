import { describe, expect, it } from 'vitest';
import type { EgressDependency, EgressFacts } from '../../../lib/egress/facts.ts';
import { judgeEgress } from '../../../lib/egress/judge.ts';
import { addInterfaceEndpoints } from '../../../lib/remedies/add-interface-endpoints.ts';
import { weigh } from '../../../lib/remedies/weigh.ts';
import {
  DATABASE,
  defaultRoute,
  type Facts,
  group,
  healthy,
  interfaceEndpoint,
  OPEN_EGRESS,
  ownTable,
  route,
  S3,
  SECRETS,
  subnet,
  TWILIO,
} from '../egress/topology.ts';
import { basisOf, OFFERS, offer } from './endpoint-basis.ts';

const MAIL: EgressDependency = {
  name: 'mail',
  aws: 'email-smtp',
  host: 'email-smtp.us-east-1.amazonaws.com',
  addresses: ['52.94.1.2'],
  port: 587,
  protocol: 'tcp',
};
const SES: EgressDependency = { ...MAIL, name: 'ses', aws: 'ses', host: 'email.us-east-1.amazonaws.com', port: 443 };

const withoutNat = (change: (facts: Facts) => void = () => {}) => {
  const facts = healthy();
  defaultRoute(facts);
  change(facts);
  return facts;
};
const only = (basis: ReturnType<typeof basisOf>) => {
  const [weighed, ...others] = weigh(addInterfaceEndpoints, basis);
  expect(others).toEqual([]);
  if (!weighed) throw new Error('nothing was proposed');
  return weighed;
};
const unmet = ({ option }: ReturnType<typeof only>) =>
  option.preconditions.filter(({ met }) => met !== 'yes').map(({ met, because }) => `${met}: ${because}`);

/** Nobody else is in the VPC. */
const alone = (facts: Facts) => {
  facts.SecurityGroups = [
    group(facts, 'sg-app'),
    { GroupId: 'sg-default', GroupName: 'default', VpcId: 'vpc-1', OwnerId: '111111111111' },
  ];
};

describe('interface endpoints', () => {
  it('bring a service back in each zone of the connector and leave the rest as it is', () => {
    const found = only(basisOf(withoutNat(), [SECRETS, DATABASE, TWILIO]));
    expect(unmet(found)).toEqual([]);
    expect(found.option).toMatchObject({
      blocked: false,
      fixes: ['secrets'],
      monthlyCostUsd: 21.9,
      redeploys: false,
    });
    expect(found.proposal.step).toEqual({
      target: 'vpc-1',
      changes: [
        'make a security group in vpc-1 that lets tcp/443 in from 10.0.0.0/16',
        'make an interface endpoint for com.amazonaws.us-east-1.secretsmanager in vpc-1, with private DNS, in subnet-a, subnet-b, subnet-c',
      ],
      undo: 'delete the endpoints that were made here, then their group; the names lead where they led before',
      details: {
        vpcId: 'vpc-1',
        group: { ports: [443], cidrs: ['10.0.0.0/16'], groupIds: [] },
        knownNeighbours: [],
        endpoints: [
          {
            service: 'secretsmanager',
            serviceName: 'com.amazonaws.us-east-1.secretsmanager',
            subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
          },
        ],
      },
    });
  });

  it('are one for each service, behind one group that lets in what each needs', () => {
    const { option, proposal } = only(basisOf(withoutNat(), [SECRETS, MAIL]));
    expect(option.fixes).toEqual(['secrets', 'mail']);
    expect(option.monthlyCostUsd).toBe(43.8);
    expect(proposal.step?.details).toMatchObject({
      group: { ports: [25, 443, 465, 587, 2465, 2587] },
      endpoints: [{ service: 'email-smtp' }, { service: 'secretsmanager' }],
    });
  });

  it('let in the whole VPC where others may use the names: a repair for one breaks nobody else', () => {
    const neighbours = [{ name: 'quotes', connector: { subnetIds: ['subnet-b'], securityGroupIds: ['sg-quotes'] } }];
    const facts = withoutNat((made) => {
      alone(made);
      made.SecurityGroups.push({ GroupId: 'sg-quotes', VpcId: 'vpc-1', IpPermissionsEgress: [OPEN_EGRESS] });
    });
    const { option, proposal } = only(basisOf(facts, [SECRETS], { neighbours }));
    expect(proposal.step?.details).toMatchObject({
      group: { cidrs: ['10.0.0.0/16'], groupIds: [] },
      knownNeighbours: ['quotes'],
    });
    expect(option.security).toContain('what carries sg-quotes may use them too');
    expect(option.affects).toContain('quotes is in vpc-1 too: for it the names lead to the endpoints as well');
    expect(option.fixes).toEqual(['secrets']);
  });

  it('cut off no neighbour that has a way of its own', () => {
    const quotes = { subnetIds: ['subnet-c'], securityGroupIds: ['sg-quotes'] };
    const facts = withoutNat((made) => {
      ownTable(made, 'subnet-c', route('0.0.0.0/0', { NatGatewayId: 'nat-1' }));
      made.SecurityGroups.push({ GroupId: 'sg-quotes', VpcId: 'vpc-1', IpPermissionsEgress: [OPEN_EGRESS] });
    });
    const connector = { subnetIds: ['subnet-a', 'subnet-b'], securityGroupIds: ['sg-app'] };
    const neighbours = [{ name: 'quotes', connector: quotes }];
    const { option, proposal } = only(basisOf(facts, [SECRETS], { connector, neighbours }));
    const statusFor = (now: EgressFacts | undefined) => judgeEgress(now ?? {}, quotes, [SECRETS])[0]?.status;
    expect([statusFor(facts), statusFor(proposal.after)]).toEqual(['ok', 'ok']);
    expect(option).toMatchObject({ blocked: false, fixes: ['secrets'] });
  });

  it('let in the connector and the default group where the VPC has no other group', () => {
    const { option, proposal } = only(basisOf(withoutNat(alone), [SECRETS]));
    expect(proposal.step?.details).toMatchObject({ group: { cidrs: [], groupIds: ['sg-app', 'sg-default'] } });
    expect(option).toMatchObject({ blocked: false, fixes: ['secrets'] });
    expect(option.security).toContain('nobody else in it can be using these names');
  });

  it('let in all blocks of the VPC where the connector names no group', () => {
    const connector = { subnetIds: ['subnet-a'], securityGroupIds: [] };
    const facts = withoutNat((made) => {
      alone(made);
      group(made, 'sg-default').IpPermissionsEgress = [OPEN_EGRESS];
      for (const vpc of made.Vpcs)
        vpc.CidrBlockAssociationSet?.push(
          { CidrBlock: '100.64.0.0/16', CidrBlockState: { State: 'associated' } },
          { CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'disassociated' } },
        );
    });
    const { option, proposal } = only(basisOf(facts, [SECRETS], { connector }));
    expect(proposal.step?.details).toMatchObject({
      group: { cidrs: ['10.0.0.0/16', '100.64.0.0/16'], groupIds: [] },
    });
    expect(option.fixes).toEqual(['secrets']);
  });

  it('stand only where the service is: in one other subnet of the VPC when in no zone of the connector', () => {
    const inZone = (zones: readonly string[]) =>
      only(basisOf(withoutNat(), [SECRETS], { endpointServices: [offer('secretsmanager', 'Interface', zones)] }));
    expect(inZone(['us-east-1b']).proposal.step?.details).toMatchObject({ endpoints: [{ subnetIds: ['subnet-b'] }] });
    const far = withoutNat((made) => {
      subnet(made, 'subnet-db').AvailabilityZone = 'us-east-1d';
    });
    const endpointServices = [offer('secretsmanager', 'Interface', ['us-east-1d'])];
    const found = only(basisOf(far, [SECRETS], { endpointServices }));
    expect(found.proposal.step?.details).toMatchObject({ endpoints: [{ subnetIds: ['subnet-db'] }] });
    expect(found.option).toMatchObject({ fixes: ['secrets'], monthlyCostUsd: 7.3 });
    expect(unmet(inZone(['us-east-1f']))[0]).toContain('no subnet of vpc-1 with a free address');
  });

  it('take one subnet of a zone, the first by its id', () => {
    const facts = withoutNat((made) => {
      subnet(made, 'subnet-b').AvailabilityZone = 'us-east-1a';
    });
    expect(only(basisOf(facts, [SECRETS])).proposal.step?.details).toMatchObject({
      endpoints: [{ subnetIds: ['subnet-a', 'subnet-c'] }],
    });
  });

  it('take a subnet with a free address', () => {
    const facts = withoutNat((made) => {
      subnet(made, 'subnet-a').AvailableIpAddressCount = 0;
    });
    expect(only(basisOf(facts, [SECRETS])).proposal.step?.details).toMatchObject({
      endpoints: [{ subnetIds: ['subnet-b', 'subnet-c'] }],
    });
  });

  it('need private DNS, which a person has to switch on', () => {
    const facts = withoutNat((made) => {
      made.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: true, EnableDnsHostnames: false }];
    });
    expect(unmet(only(basisOf(facts, [SECRETS])))).toEqual([
      'no: enableDnsHostnames of vpc-1 is off: switch it on by hand first, because only private DNS makes the names of an SDK lead to the endpoint',
    ]);
  });

  it('do not take a name that another endpoint answers to', () => {
    const facts = withoutNat((made) => {
      interfaceEndpoint(made);
      group(made, 'sg-vpce').IpPermissions = [];
    });
    expect(unmet(only(basisOf(facts, [SECRETS])))).toEqual([
      'no: vpce-secretsmanager holds the names of secretsmanager already, with private DNS: that endpoint is what has to be put right or deleted, by hand',
    ]);
    const { option, proposal } = only(basisOf(facts, [SECRETS, MAIL]));
    expect(option.fixes).toEqual(['mail']);
    expect(option.warnings[0]).toBe('secretsmanager is left out: vpce-secretsmanager holds its name already');
    expect(proposal.step?.details).toMatchObject({ endpoints: [{ service: 'email-smtp' }] });
  });

  it.each([
    ['failed', false],
    ['rejected', false],
    ['deleted', true],
  ])('do not take a name that one with private DNS may still hold: it is %s', (State, isFree) => {
    const facts = withoutNat((made) => {
      interfaceEndpoint(made).State = State;
    });
    expect(unmet(only(basisOf(facts, [SECRETS])))).toEqual(
      isFree ? [] : [expect.stringContaining('no: vpce-secretsmanager')],
    );
  });

  it('leave out what stands in no zone of the VPC', () => {
    const endpointServices = [offer('secretsmanager', 'Interface'), offer('email-smtp', 'Interface', ['us-east-1f'])];
    const { option } = only(basisOf(withoutNat(), [SECRETS, MAIL], { endpointServices }));
    expect(option.fixes).toEqual(['secrets']);
    expect(option.warnings[0]).toContain('email-smtp is left out: no subnet of vpc-1');
  });

  it('do not serve the SES API by the endpoint for SMTP', () => {
    const found = only(basisOf(withoutNat(), [SES]));
    expect(found.option.blocked).toBe(true);
    expect(unmet(found)[0]).toContain('the endpoint of email-smtp serves SMTP only');
    const offered = only(basisOf(withoutNat(), [SES], { endpointServices: [...OFFERS, offer('email', 'Interface')] }));
    expect(offered.option.fixes).toEqual(['ses']);
  });

  it('alone do not do where the group lets the port not out', () => {
    const facts = withoutNat((made) => {
      group(made, 'sg-app').IpPermissionsEgress = [{ ...OPEN_EGRESS, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }];
    });
    expect(only(basisOf(facts, [MAIL])).option).toMatchObject({ blocked: true, fixes: [] });
  });

  it('are nothing for S3, for a host that is known by its name only, or for egress DEFAULT', () => {
    const propose = (...dependencies: Parameters<typeof basisOf>[1]) =>
      addInterfaceEndpoints.propose(basisOf(withoutNat(), dependencies));
    const { aws: _, ...host } = SECRETS;
    expect(propose(S3, TWILIO, host)).toEqual([]);
    expect(addInterfaceEndpoints.propose({ ...basisOf(withoutNat(), [SECRETS]), connector: null })).toEqual([]);
  });

  it('are not proposed blindly: what was not seen blocks', () => {
    const basis = basisOf(withoutNat(), [SECRETS]);
    const without = (list: 'Subnets' | 'VpcEndpoints' | 'SecurityGroups' | 'VpcAttributes') => {
      const { [list]: _gone, ...facts } = withoutNat();
      const [weighed] = weigh(addInterfaceEndpoints, { ...basis, facts });
      return weighed?.option.blocked;
    };
    expect((['Subnets', 'VpcEndpoints', 'SecurityGroups', 'VpcAttributes'] as const).map(without)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
