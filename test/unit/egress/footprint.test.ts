import { expect, it } from 'vitest';
import { footprintOf } from '../../../lib/egress/footprint.ts';
import {
  CONNECTOR,
  defaultRoute,
  type Facts,
  group,
  healthy,
  local,
  nat,
  OPEN_EGRESS,
  route,
  table,
} from './topology.ts';

const after = (change: (facts: Facts) => void) => {
  const facts = healthy();
  change(facts);
  return footprintOf(facts, CONNECTOR, 'quotes');
};
const before = after(() => {});

it('holds the route tables of the subnets and the groups of the connector, and nothing else', () => {
  expect(Object.keys(before)).toEqual(['rtb-private', ...CONNECTOR.securityGroupIds].sort());
  const elsewhere = after((facts) =>
    table(facts, 'rtb-public').Routes?.push(route('198.18.0.0/15', { GatewayId: 'igw-1' })),
  );
  expect(elsewhere).toEqual(before);
});

it('is another for another route and another rule, and the same in another order', () => {
  expect(after((facts) => defaultRoute(facts, { NatGatewayId: 'nat-2' }))).not.toEqual(before);
  expect(
    after((facts) => table(facts, 'rtb-private').Routes?.push(route('198.18.0.0/15', { NatGatewayId: 'nat-1' }))),
  ).not.toEqual(before);
  expect(after((facts) => table(facts, 'rtb-private').Routes?.reverse())).toEqual(before);
  const [own = ''] = CONNECTOR.securityGroupIds;
  const narrower = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  expect(after((facts) => group(facts, own).IpPermissionsEgress?.push(narrower))).not.toEqual(before);
  expect(
    after((facts) =>
      Object.assign(group(facts, own), {
        IpPermissionsEgress: [
          { ...OPEN_EGRESS, Ipv6Ranges: [] },
          { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        ],
      }),
    ),
  ).toEqual(before);
});

it('takes a dead route for none: AWS puts none back', () => {
  const without = after((facts) => Object.assign(table(facts, 'rtb-private'), { Routes: [local()] }));
  expect(after((facts) => defaultRoute(facts, { NatGatewayId: 'nat-gone' }, 'blackhole'))).toEqual(without);
  expect(after((facts) => Object.assign(nat(facts), { State: 'failed' }))).toEqual(without);
  expect(before).not.toEqual(without);
});

it('leaves out what a run for another service made in the same network, and not what its own did', () => {
  const [own = ''] = CONNECTOR.securityGroupIds;
  const made = (service: string) =>
    after((facts) => {
      const Tags = [{ Key: 'reconnect:service', Value: service }];
      facts.NatGateways.push({ ...nat(facts), NatGatewayId: 'nat-made', Tags });
      facts.VpcEndpoints = [{ VpcEndpointId: 'vpce-made', Tags }];
      table(facts, 'rtb-private').Routes?.push(
        route('198.18.0.0/15', { NatGatewayId: 'nat-made' }),
        route('pl-s3', { GatewayId: 'vpce-made' }),
      );
      group(facts, own).IpPermissionsEgress?.push({
        IpProtocol: 'udp',
        FromPort: 53,
        ToPort: 53,
        IpRanges: [{ CidrIp: '203.0.113.7/32', Description: `reconnect: ${service}` }],
      });
    });
  expect(made('reports')).toEqual(before);
  const ours = made('quotes');
  expect(Object.keys(before).filter((id) => ours[id] !== before[id])).toEqual(['rtb-private', own].sort());
});
