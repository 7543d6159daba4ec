import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { COLLECTIONS, type Collection } from './collections.ts';
import { chosenById } from './describe.ts';
import { GATEWAY_COLLECTIONS } from './gateways.ts';

type Ec2 = Account['ec2'];

/** Finds one by its id, and refuses a malformed or unknown id as the Describe call does. */
const finder =
  <T extends object>(operation: string) =>
  (account: Account, id: string): T => {
    const collection: Collection | undefined = COLLECTIONS[operation] ?? GATEWAY_COLLECTIONS[operation];
    const found = collection && chosenById(account, collection, [id])[0];
    if (!found) throw new Error(`${operation} finds no ${id}`);
    return found as T;
  };

export const vpcById = finder<Ec2['vpcs'][number]>('DescribeVpcs');
export const subnetById = finder<Ec2['subnets'][number]>('DescribeSubnets');
export const tableById = finder<Ec2['routeTables'][number]>('DescribeRouteTables');
export const groupById = finder<Ec2['securityGroups'][number]>('DescribeSecurityGroups');
export const natById = finder<Ec2['natGateways'][number]>('DescribeNatGateways');
export const endpointById = finder<Ec2['vpcEndpoints'][number]>('DescribeVpcEndpoints');
export const addressById = finder<Ec2['addresses'][number]>('DescribeAddresses');
export const networkInterfaceById = finder<Ec2['networkInterfaces'][number]>('DescribeNetworkInterfaces');

export function needed(value: string | undefined, parameter: string): string {
  if (value) return value;
  throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);
}
