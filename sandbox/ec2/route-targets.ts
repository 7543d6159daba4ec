import type { CreateRouteRequest, ReplaceRouteRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import type { Route } from '../network/routing.ts';
import { endpointById, networkInterfaceById } from './lookup.ts';

type Target = Partial<Route>;
type Request = CreateRouteRequest & Pick<ReplaceRouteRequest, 'LocalTarget'>;
type Find = (account: Account, id: string, vpcId: string) => Target;

const malformed = (code: string, id: string) => new AwsError(code, `Invalid id: "${id}"`);
const notFound = (code: string, what: string, id: string) =>
  new AwsError(code, `The ${what} ID '${id}' does not exist`);
const foreign = (id: string) =>
  new AwsError('InvalidParameterValue', `The route table and network gateway ${id} belong to different networks`);

const ID = /^[a-z]+-([0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * EC2 knows no gateway for a route that is not there yet or no more: one that is still pending is as unknown as one
 * that is deleted.
 */
const natGateway: Find = ({ ec2 }, id, vpcId) => {
  if (!id.startsWith('nat-') || !ID.test(id)) throw malformed('InvalidNatGatewayID.Malformed', id);
  const gateway = ec2.natGateways.find(({ NatGatewayId }) => NatGatewayId === id);
  if (gateway?.State !== 'available') throw notFound('InvalidNatGatewayID.NotFound', 'natGateway', id);
  if (gateway.VpcId !== vpcId) throw foreign(id);
  return { NatGatewayId: id };
};

const gateway: Find = (account, id, vpcId) => {
  if (id.startsWith('vpce-')) return gatewayLoadBalancerEndpoint(account, id, vpcId);
  if (!id.startsWith('igw-'))
    throw new AwsError('InvalidParameterValue', `invalid value for parameter gateway-id: ${id}`);
  const found = account.ec2.internetGateways.find(({ InternetGatewayId }) => InternetGatewayId === id);
  if (!found) throw notFound('InvalidGatewayID.NotFound', 'gateway', id);
  if (!found.Attachments?.some((one) => one.VpcId === vpcId)) throw foreign(id);
  return { GatewayId: id };
};

const gatewayLoadBalancerEndpoint: Find = (account, id) => {
  if (endpointById(account, id).VpcEndpointType === 'GatewayLoadBalancer') return { GatewayId: id };
  throw new AwsError('InvalidParameterValue', `${id} is not an endpoint of a Gateway Load Balancer`);
};

const egressOnly: Find = ({ ec2 }, id, vpcId) => {
  const found = ec2.egressOnlyInternetGateways.find((one) => one.EgressOnlyInternetGatewayId === id);
  if (!found) throw notFound('InvalidGatewayID.NotFound', 'eigw', id);
  if (!found.Attachments?.some((one) => one.VpcId === vpcId)) throw foreign(id);
  return { EgressOnlyInternetGatewayId: id };
};

const networkInterface: Find = (account, id, vpcId) => {
  const found = networkInterfaceById(account, id);
  if (found.VpcId !== vpcId) throw foreign(id);
  return { NetworkInterfaceId: id };
};

/** What lies behind it is not simulated, so any well-formed one is there. */
const beyond =
  (member: 'TransitGatewayId' | 'VpcPeeringConnectionId', prefix: string, code: string): Find =>
  (_account, id) => {
    if (!id.startsWith(prefix) || !ID.test(id)) throw malformed(code, id);
    return { [member]: id };
  };

const TARGETS: Readonly<Partial<Record<keyof Request, Find>>> = {
  GatewayId: gateway,
  NatGatewayId: natGateway,
  EgressOnlyInternetGatewayId: egressOnly,
  NetworkInterfaceId: networkInterface,
  TransitGatewayId: beyond('TransitGatewayId', 'tgw-', 'InvalidTransitGatewayID.Malformed'),
  VpcPeeringConnectionId: beyond('VpcPeeringConnectionId', 'pcx-', 'InvalidVpcPeeringConnectionID.Malformed'),
  VpcEndpointId: gatewayLoadBalancerEndpoint,
};

const OTHERS: readonly (keyof Request)[] = [
  'InstanceId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
  'LocalTarget',
];

/** The one target a request names, found in the VPC of the route table. */
export function targetOf(account: Account, vpcId: string, request: Request): Target {
  const given = Object.keys(request).filter((member) => member in TARGETS || OTHERS.includes(member as keyof Request));
  const [member, ...more] = given as (keyof Request)[];
  if (!member) throw new AwsError('MissingParameter', 'The request must contain exactly one target of the route');
  if (more.length > 0) {
    const message = `The request must contain exactly one target of the route, not ${given.join(' and ')}`;
    throw new AwsError('InvalidParameterCombination', message);
  }
  const find = TARGETS[member];
  if (!find) throw new AwsError('UnsupportedOperation', `sandbox: ${member} is not simulated as target of a route`);
  return find(account, String(request[member]), vpcId);
}
