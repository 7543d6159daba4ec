import type {
  CreateVpcEndpointRequest,
  DeleteVpcEndpointsRequest,
  ModifyVpcEndpointRequest,
} from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { refuseDryRun } from './describe.ts';
import { createGatewayEndpoint, deleteGatewayEndpoint, modifyGatewayEndpoint } from './gateway-endpoints.ts';
import { createInterfaceEndpoint, deleteInterfaceEndpoint, modifyInterfaceEndpoint } from './interface-endpoints.ts';
import { endpointById, needed, vpcById } from './lookup.ts';
import { tagsAtCreation } from './tags.ts';
import { nowIn, type World } from './world.ts';

export type Endpoint = Account['ec2']['vpcEndpoints'][number];

/** Which members of a request belong to which type: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
const ONLY_FOR: Readonly<Record<string, readonly string[]>> = {
  Gateway: ['RouteTableIds', 'AddRouteTableIds', 'RemoveRouteTableIds'],
  Interface: [
    ...['SubnetIds', 'AddSubnetIds', 'RemoveSubnetIds', 'SubnetConfigurations'],
    ...['SecurityGroupIds', 'AddSecurityGroupIds', 'RemoveSecurityGroupIds', 'DnsOptions'],
  ],
};

export const endpointOperations = (world: World) => ({
  CreateVpcEndpoint: (request: CreateVpcEndpointRequest): object => {
    refuseDryRun(request);
    const VpcEndpoint = world.tokens.once('CreateVpcEndpoint', request, () => create(world, request));
    return { VpcEndpoint, ...(request.ClientToken && { ClientToken: request.ClientToken }) };
  },
  ModifyVpcEndpoint: (request: ModifyVpcEndpointRequest): object => {
    refuseDryRun(request);
    const endpoint = endpointById(world.account, request.VpcEndpointId ?? '');
    holdMembers(endpoint.VpcEndpointType ?? '', request);
    if (endpoint.State !== 'available') {
      const message = `The VPC endpoint ${endpoint.VpcEndpointId} is ${endpoint.State}, so it cannot be modified`;
      throw new AwsError('IncorrectState', message);
    }
    if (endpoint.VpcEndpointType === 'Gateway') modifyGatewayEndpoint(world, endpoint, request);
    else modifyInterfaceEndpoint(world, endpoint, request);
    if (request.PolicyDocument) endpoint.PolicyDocument = request.PolicyDocument;
    if (request.ResetPolicy) delete endpoint.PolicyDocument;
    return { Return: true };
  },
  /** One that cannot be deleted keeps no other from it: the answer lists it. */
  DeleteVpcEndpoints: (request: DeleteVpcEndpointsRequest): object => {
    refuseDryRun(request);
    const Unsuccessful = (request.VpcEndpointIds ?? []).flatMap((id) => {
      const endpoint = world.account.ec2.vpcEndpoints.find(({ VpcEndpointId }) => VpcEndpointId === id);
      if (!endpoint) return [unknown(id)];
      if (endpoint.VpcEndpointType === 'Gateway') deleteGatewayEndpoint(world, endpoint);
      else deleteInterfaceEndpoint(world, endpoint);
      return [];
    });
    return { Unsuccessful };
  },
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html names this code for bulk requests. */
const unknown = (ResourceId: string) => ({
  ResourceId,
  Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: `The Vpc Endpoint Id '${ResourceId}' does not exist` },
});

function create(world: World, request: CreateVpcEndpointRequest): Endpoint {
  const { account } = world;
  const { VpcEndpointType: type = 'Gateway' } = request;
  if (type !== 'Gateway' && type !== 'Interface') {
    throw new AwsError('UnsupportedOperation', `sandbox: endpoints of type ${type} are not simulated`);
  }
  const Tags = tagsAtCreation(request.TagSpecifications, 'vpc-endpoint');
  const { VpcId = '' } = vpcById(account, needed(request.VpcId, 'VpcId'));
  const ServiceName = needed(request.ServiceName, 'ServiceName');
  const service = serviceOf(account, ServiceName, type);
  holdMembers(type, request);
  const draft: Endpoint = {
    VpcEndpointId: world.random.id('vpce'),
    VpcEndpointType: type,
    VpcId,
    ServiceName,
    State: 'pending',
    RouteTableIds: [],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    PrivateDnsEnabled: false,
    RequesterManaged: false,
    DnsEntries: [],
    CreationTimestamp: nowIn(world),
    OwnerId: account.id,
    Tags,
    ...(request.PolicyDocument && { PolicyDocument: request.PolicyDocument }),
  };
  if (type === 'Gateway') createGatewayEndpoint(world, draft, request);
  else createInterfaceEndpoint(world, draft, service, request);
  return draft;
}

function serviceOf({ ec2 }: Account, name: string, type: string) {
  const details = ec2.endpointServices.filter(({ ServiceName }) => ServiceName === name);
  if (details.length === 0) {
    throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
  }
  const types = details.flatMap(({ ServiceType = [] }) => ServiceType.flatMap(({ ServiceType: one }) => one ?? []));
  const found = details.find(({ ServiceType }) => ServiceType?.some((one) => one.ServiceType === type));
  if (found) return found;
  const message = `Endpoint type (${type}) does not match available service types ([${types.join(', ')}]).`;
  throw new AwsError('InvalidParameter', message);
}

function holdMembers(type: string, request: object): void {
  const given = request as Record<string, unknown>;
  for (const [owner, members] of Object.entries(ONLY_FOR)) {
    const stranger = owner !== type && members.find((member) => given[member] !== undefined);
    if (stranger) {
      throw new AwsError('InvalidParameter', `${stranger} are only supported for ${owner} type VPC Endpoint.`);
    }
  }
  if (type === 'Gateway' && given.PrivateDnsEnabled) {
    throw new AwsError('InvalidParameter', 'Private DNS is not supported for Gateway type VPC Endpoint.');
  }
}
