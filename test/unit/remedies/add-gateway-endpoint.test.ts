import { describe, expect, it } from 'vitest';
import type { EgressDependency } from '../../../lib/egress/facts.ts';
import { addGatewayEndpoint } from '../../../lib/remedies/add-gateway-endpoint.ts';
import { weigh } from '../../../lib/remedies/weigh.ts';
import {
  DATABASE,
  defaultRoute,
  type Facts,
  gatewayEndpoint,
  group,
  healthy,
  ownTable,
  S3,
  SECRETS,
  TWILIO,
} from '../egress/topology.ts';
import { basisOf } from './endpoint-basis.ts';

const DYNAMODB: EgressDependency = {
  name: 'items',
  aws: 'dynamodb',
  addresses: ['52.94.0.9'],
  port: 443,
  protocol: 'tcp',
};
const withoutNat = (change: (facts: Facts) => void = () => {}) => {
  const facts = healthy();
  defaultRoute(facts);
  change(facts);
  return facts;
};
const only = (basis: ReturnType<typeof basisOf>) => {
  const [weighed, ...others] = weigh(addGatewayEndpoint, basis);
  expect(others).toEqual([]);
  if (!weighed) throw new Error('nothing was proposed');
  return weighed;
};

describe('a gateway endpoint', () => {
  it('brings S3 back on the tables of the connector, for nothing, and leaves the rest as it is', () => {
    const { option, proposal } = only(basisOf(withoutNat(), [S3, DATABASE, TWILIO]));
    expect(option).toMatchObject({
      blocked: false,
      fixes: ['files'],
      monthlyCostUsd: 0,
      redeploys: false,
      reversible: true,
    });
    expect(option.preconditions.map(({ met }) => met)).toEqual(['yes', 'yes', 'yes', 'yes']);
    expect(proposal.step).toEqual({
      target: 'vpc-1',
      changes: [
        'make a gateway endpoint for S3 (com.amazonaws.us-east-1.s3) in vpc-1, with a route to it for pl-s3 in rtb-private',
      ],
      undo: 'delete the endpoints that were made here; their routes go with them',
      details: {
        vpcId: 'vpc-1',
        endpoints: [
          {
            service: 's3',
            serviceName: 'com.amazonaws.us-east-1.s3',
            routeTableIds: ['rtb-private'],
            prefixListId: 'pl-s3',
            knownNeighbours: [],
          },
        ],
      },
    });
  });

  it('is one proposal for S3 and DynamoDB, also where AWS names no prefix list', () => {
    const { option, proposal } = only(basisOf(withoutNat(), [S3, DYNAMODB]));
    expect(option.fixes).toEqual(['files', 'items']);
    expect(proposal.step?.details).toMatchObject({
      endpoints: [
        { service: 'dynamodb', prefixListId: null },
        { service: 's3', prefixListId: 'pl-s3' },
      ],
    });
  });

  it('adds only to the tables that have no route yet', () => {
    const facts = withoutNat((made) => {
      ownTable(made, 'subnet-c');
      gatewayEndpoint(made);
    });
    const { option, proposal } = only(basisOf(facts, [S3]));
    expect(option.fixes).toEqual(['files']);
    expect(proposal.step?.details).toMatchObject({ endpoints: [{ routeTableIds: ['rtb-subnet-c'] }] });
  });

  it('has nothing to do with a connector whose tables have the route, with other services, or with what works', () => {
    const propose = (facts: Facts, ...dependencies: Parameters<typeof basisOf>[1]) =>
      addGatewayEndpoint.propose(basisOf(facts, dependencies));
    const closed = withoutNat((made) => {
      gatewayEndpoint(made);
      group(made, 'sg-app').IpPermissionsEgress = [];
    });
    expect(propose(closed, S3)).toEqual([]);
    expect(propose(withoutNat(), SECRETS, TWILIO)).toEqual([]);
    expect(propose(healthy(), S3)).toEqual([]);
    expect(addGatewayEndpoint.propose({ ...basisOf(withoutNat(), [S3]), connector: null })).toEqual([]);
  });

  it('alone does not do where the group lets nothing out to S3', () => {
    const facts = withoutNat((made) => {
      group(made, 'sg-app').IpPermissionsEgress = [];
    });
    const basis = { ...basisOf(facts, [S3]) };
    expect(only(basis).option).toMatchObject({ blocked: true, fixes: [] });
  });

  it('names who shares the tables', () => {
    const neighbours = [{ name: 'quotes', connector: { subnetIds: ['subnet-b'], securityGroupIds: ['sg-app'] } }];
    const { option, proposal } = only(basisOf(withoutNat(), [S3], { neighbours }));
    expect(option.affects).toContain('quotes leaves by rtb-private too');
    expect(proposal.step?.details).toMatchObject({ endpoints: [{ knownNeighbours: ['quotes'] }] });
  });

  it('is blocked where the tables are not known, where AWS was not asked, and in a VPC of another account', () => {
    const { RouteTables: _, ...unseen } = withoutNat();
    expect(only({ ...basisOf(withoutNat(), [S3]), facts: unseen }).option).toMatchObject({ blocked: true });
    const unasked = only(basisOf(withoutNat(), [S3], { endpointServices: [] })).option;
    expect(unasked.preconditions[0]).toMatchObject({ met: 'unknown' });
    const shared = withoutNat((made) => {
      for (const vpc of made.Vpcs) vpc.OwnerId = '222222222222';
    });
    expect(only(basisOf(shared, [S3])).option.preconditions).toContainEqual(
      expect.objectContaining({ met: 'no', what: 'vpc-1 belongs to this account' }),
    );
  });
});
