import type { CreateNatGatewayRequest, DeleteNatGatewayRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { networkInterface } from '../build/interfaces.ts';
import { AwsError } from '../http/errors.ts';
import { associate, disassociate } from './addresses.ts';
import { refuseDryRun } from './describe.ts';
import { addressById, natById, needed, subnetById } from './lookup.ts';
import { tagsAtCreation } from './tags.ts';
import { HOUR, MINUTE, nowIn, SECOND, siteOf, type World } from './world.ts';

type NatGateway = Account['ec2']['natGateways'][number];
type Subnet = Account['ec2']['subnets'][number];

/** States and times: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html */
export const natGatewayOperations = (world: World) => ({
  CreateNatGateway: (request: CreateNatGatewayRequest): object => {
    refuseDryRun(request);
    const NatGateway = world.tokens.once('CreateNatGateway', request, () => create(world, request));
    return { NatGateway, ...(request.ClientToken && { ClientToken: request.ClientToken }) };
  },
  DeleteNatGateway: (request: DeleteNatGatewayRequest): object => {
    refuseDryRun(request);
    const gateway = natById(world.account, request.NatGatewayId ?? '');
    if (gateway.State === 'deleted') {
      throw new AwsError('NatGatewayNotFound', `The Nat Gateway ${gateway.NatGatewayId} was not found`);
    }
    if (gateway.State !== 'deleting') beginDeletion(world, gateway);
    return { NatGatewayId: gateway.NatGatewayId };
  },
});

function create(world: World, request: CreateNatGatewayRequest): NatGateway {
  const { account, random } = world;
  const { ConnectivityType = 'public', AllocationId } = request;
  if (request.AvailabilityMode === 'regional' || request.SecondaryAllocationIds || request.PrivateIpAddress)
    throw new AwsError('UnsupportedOperation', 'sandbox: only zonal gateways with one address are simulated');
  const Tags = tagsAtCreation(request.TagSpecifications, 'natgateway');
  const subnet = subnetById(account, needed(request.SubnetId, 'SubnetId'));
  if (ConnectivityType === 'private' && AllocationId) {
    throw new AwsError('InvalidParameter', 'A private NAT gateway cannot have an AllocationId');
  }
  const address =
    ConnectivityType === 'public' ? addressById(account, needed(AllocationId, 'AllocationId')) : undefined;
  holdQuota(account, subnet);
  const failure = failureOf(account, subnet, address?.AssociationId ? AllocationId : undefined);
  const NatGatewayId = `nat-0${random.hex(16)}`;
  const gateway: NatGateway = {
    NatGatewayId,
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    ConnectivityType,
    AvailabilityMode: 'zonal',
    State: 'pending',
    CreateTime: nowIn(world),
    NatGatewayAddresses: address ? [{ AllocationId, IsPrimary: true, Status: 'associating' }] : [],
    Tags,
  };
  account.ec2.natGateways.push(gateway);
  if (failure) {
    world.clock.after(random.between(10, 40) * SECOND, () => fail(world, gateway, failure));
    return gateway;
  }
  const link = networkInterface(siteOf(world), subnet.SubnetId ?? '', {
    Description: `Interface for NAT Gateway ${NatGatewayId}`,
    InterfaceType: 'nat_gateway',
    SourceDestCheck: false,
  });
  if (address) associate(world, address, link);
  gateway.NatGatewayAddresses = [
    {
      ...(address && { AllocationId, AssociationId: address.AssociationId, PublicIp: address.PublicIp }),
      NetworkInterfaceId: link.NetworkInterfaceId,
      PrivateIp: link.PrivateIpAddress,
      IsPrimary: true,
      Status: 'associating',
    },
  ];
  world.clock.after(random.between(1.5, 2.5) * MINUTE, () => {
    if (gateway.State !== 'pending') return;
    gateway.State = 'available';
    for (const one of gateway.NatGatewayAddresses ?? []) one.Status = 'succeeded';
  });
  return gateway;
}

function holdQuota({ ec2 }: Account, { AvailabilityZone: zone }: Subnet): void {
  const zoneOf = (subnetId: string | undefined) =>
    ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId)?.AvailabilityZone;
  const counted = ec2.natGateways.filter(
    ({ State = '', SubnetId }) => ['pending', 'available', 'deleting'].includes(State) && zoneOf(SubnetId) === zone,
  );
  if (counted.length < ec2.limits.natGatewaysPerZone) return;
  const message = `Performing this operation would exceed the limit of ${ec2.limits.natGatewaysPerZone} NAT gateways`;
  throw new AwsError('NatGatewayLimitExceeded', message);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html */
function failureOf({ ec2 }: Account, { VpcId }: Subnet, takenAllocation: string | undefined) {
  if (takenAllocation) {
    return {
      FailureCode: 'Resource.AlreadyAssociated',
      FailureMessage: `Elastic IP address ${takenAllocation} is already associated`,
    };
  }
  const attached = ec2.internetGateways.some(({ Attachments }) => Attachments?.some((one) => one.VpcId === VpcId));
  if (attached) return undefined;
  return { FailureCode: 'Gateway.NotAttached', FailureMessage: `Network ${VpcId} has no Internet gateway attached` };
}

function fail(world: World, gateway: NatGateway, failure: { FailureCode: string; FailureMessage: string }): void {
  if (gateway.State !== 'pending') return;
  Object.assign(gateway, failure, { State: 'failed', DeleteTime: nowIn(world) });
  for (const one of gateway.NatGatewayAddresses ?? []) one.Status = 'failed';
  forgetInAnHour(world, gateway);
}

function beginDeletion(world: World, gateway: NatGateway): void {
  gateway.State = 'deleting';
  world.clock.after(world.random.between(0.75, 1.25) * MINUTE, () => {
    Object.assign(gateway, { State: 'deleted', DeleteTime: nowIn(world) });
    letGo(world.account, gateway);
    forgetInAnHour(world, gateway);
  });
}

/** Routes to a deleted gateway stay and lead nowhere; its address stays with the account. */
function letGo({ ec2 }: Account, { NatGatewayId, NatGatewayAddresses = [] }: NatGateway): void {
  const links = NatGatewayAddresses.map(({ NetworkInterfaceId }) => NetworkInterfaceId);
  for (const address of ec2.addresses) {
    if (address.NetworkInterfaceId && links.includes(address.NetworkInterfaceId)) disassociate(address);
  }
  ec2.networkInterfaces = ec2.networkInterfaces.filter((one) => !links.includes(one.NetworkInterfaceId));
  for (const route of ec2.routeTables.flatMap(({ Routes = [] }) => Routes)) {
    if (route.NatGatewayId === NatGatewayId) route.State = 'blackhole';
  }
}

function forgetInAnHour({ account, clock }: World, gateway: NatGateway): void {
  clock.after(HOUR, () => {
    account.ec2.natGateways = account.ec2.natGateways.filter((other) => other !== gateway);
  });
}
