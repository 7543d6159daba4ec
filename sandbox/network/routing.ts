import type { Account } from '../account.ts';
import { inCidr, prefixLength } from './address.ts';

type RouteTable = Account['ec2']['routeTables'][number];
export type Route = NonNullable<RouteTable['Routes']>[number];

/** The explicitly associated table, else the main table of the VPC. */
export function tableOf(account: Account, subnetId: string): RouteTable | undefined {
  const vpcId = account.ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId)?.VpcId;
  const tables = account.ec2.routeTables.filter((table) => table.VpcId === vpcId);
  const live = ({ AssociationState }: { AssociationState?: { State?: string } }) =>
    (AssociationState?.State ?? 'associated') === 'associated';
  return (
    tables.find(({ Associations }) => Associations?.some((link) => live(link) && link.SubnetId === subnetId)) ??
    tables.find(({ Associations }) => Associations?.some((link) => live(link) && link.Main))
  );
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html */
export function routeTo(account: Account, table: RouteTable | undefined, address: string): Route | undefined {
  const candidates = (table?.Routes ?? []).flatMap((route) => {
    const cidrs = route.DestinationPrefixListId
      ? (account.ec2.prefixLists.find(({ PrefixListId }) => PrefixListId === route.DestinationPrefixListId)?.cidrs ??
        [])
      : [route.DestinationCidrBlock ?? ''];
    return cidrs
      .filter((cidr) => inCidr(address, cidr))
      .map((cidr) => ({ route, length: prefixLength(cidr), rank: rankOf(route) }));
  });
  return candidates.sort((a, b) => b.length - a.length || a.rank - b.rank)[0]?.route;
}

function rankOf({ DestinationPrefixListId, Origin }: Route): number {
  if (Origin === 'EnableVgwRoutePropagation' || Origin === 'Advertisement') return 2;
  return DestinationPrefixListId ? 1 : 0;
}

export const isAttached = (account: Account, gatewayId: string | undefined, vpcId: string | undefined) =>
  account.ec2.internetGateways.some(
    ({ InternetGatewayId, Attachments }) =>
      InternetGatewayId === gatewayId &&
      Attachments?.some(({ State, VpcId }) => State === 'available' && VpcId === vpcId),
  );

/**
 * Whether VPC Block Public Access stops traffic that starts inside (`out`) or outside (`in`).
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
export function publicAccessBlocked(account: Account, subnetId: string, direction: 'in' | 'out'): boolean {
  const mode = account.ec2.blockPublicAccess.InternetGatewayBlockMode ?? 'off';
  if (mode === 'off') return false;
  const subnet = account.ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId);
  const exclusions = account.ec2.blockPublicAccessExclusions.filter(
    ({ ResourceArn = '', State }) =>
      ['create-complete', 'update-complete'].includes(State ?? '') &&
      [subnetId, subnet?.VpcId].some((id) => id && ResourceArn.endsWith(`/${id}`)),
  );
  if (exclusions.some((one) => one.InternetGatewayExclusionMode === 'allow-bidirectional')) return false;
  if (direction === 'in') return true;
  return mode === 'block-bidirectional' && exclusions.length === 0;
}
