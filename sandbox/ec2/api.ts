import type {
  DescribeVpcAttributeRequest,
  DescribeVpcBlockPublicAccessOptionsRequest,
  GetManagedPrefixListEntriesRequest,
} from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import type { Api } from '../http/api.ts';
import { AwsError } from '../http/errors.ts';
import type { Model } from '../http/model.ts';
import { invalidToken, page, questionOf } from '../http/paging.ts';
import model from '../models/ec2.json' with { type: 'json' };
import type { Random } from '../random.ts';
import { addressOperations } from './addresses.ts';
import { COLLECTIONS, type Collection } from './collections.ts';
import { describe, refuseDryRun } from './describe.ts';
import { endpointOperations } from './endpoints.ts';
import { GATEWAY_COLLECTIONS } from './gateways.ts';
import { natGatewayOperations } from './nat-gateways.ts';
import { publicAccessMode } from './public-access.ts';
import { routeOperations } from './routes.ts';
import { ruleOperations } from './rule-changes.ts';
import { securityGroupOperations } from './security-groups.ts';
import { tagOperations } from './tags.ts';
import { type World, worldOf } from './world.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ */
export function ec2Api(account: Account, clock: World['clock'], random: Random): Api {
  const world = worldOf(account, clock, random);
  const collections: Record<string, Collection> = { ...COLLECTIONS, ...GATEWAY_COLLECTIONS };
  const describes = Object.fromEntries(
    Object.entries(collections).map(([operation, collection]) => [
      operation,
      (request: object) => complete(account, operation, describe(account, operation, collection, request)),
    ]),
  );
  return {
    model: model as unknown as Model,
    codes: { type: 'InvalidParameterValue', missing: 'MissingParameter', constraint: 'InvalidParameterValue' },
    operations: {
      ...describes,
      ...addressOperations(world),
      ...natGatewayOperations(world),
      ...routeOperations(world),
      ...endpointOperations(world),
      ...securityGroupOperations(world),
      ...ruleOperations(world),
      ...tagOperations(world),
      DescribeVpcAttribute: (request: DescribeVpcAttributeRequest) => vpcAttribute(account, request),
      GetManagedPrefixListEntries: (request: GetManagedPrefixListEntriesRequest) => prefixListEntries(account, request),
      DescribeVpcBlockPublicAccessOptions: (request: DescribeVpcBlockPublicAccessOptionsRequest) => {
        refuseDryRun(request);
        return { VpcBlockPublicAccessOptions: account.ec2.blockPublicAccess };
      },
    },
  };
}

/** What the answer holds besides the entities as they are stored. */
function complete(account: Account, operation: string, result: object): object {
  const { Vpcs, Subnets, ServiceDetails } = result as Record<string, Record<string, unknown>[] | undefined>;
  const withMode = (entity: Record<string, unknown>) => ({
    ...entity,
    BlockPublicAccessStates: {
      InternetGatewayBlockMode: publicAccessMode(account, [entity.SubnetId, entity.VpcId].map(String)),
    },
  });
  if (operation === 'DescribeVpcs') return { ...result, Vpcs: Vpcs?.map(withMode) };
  if (operation === 'DescribeSubnets') return { ...result, Subnets: Subnets?.map(withMode) };
  if (operation !== 'DescribeVpcEndpointServices') return result;
  return { ...result, ServiceNames: [...new Set(ServiceDetails?.map(({ ServiceName }) => ServiceName))] };
}

function vpcAttribute(account: Account, request: DescribeVpcAttributeRequest): object {
  refuseDryRun(request);
  const { VpcId, Attribute } = request;
  if (!VpcId) throw new AwsError('MissingParameter', 'The request must contain the parameter vpcId');
  if (!Attribute) throw new AwsError('MissingParameter', 'The request must contain the parameter attribute');
  const known = account.ec2.vpcAttributes[VpcId];
  if (!known) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${VpcId}' does not exist`);
  switch (Attribute) {
    case 'enableDnsSupport':
      return { VpcId, EnableDnsSupport: { Value: known.enableDnsSupport } };
    case 'enableDnsHostnames':
      return { VpcId, EnableDnsHostnames: { Value: known.enableDnsHostnames } };
    default:
      return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
  }
}

function prefixListEntries(account: Account, request: GetManagedPrefixListEntriesRequest): object {
  refuseDryRun(request);
  const { PrefixListId, TargetVersion, MaxResults, NextToken } = request;
  if (!PrefixListId) throw new AwsError('MissingParameter', 'The request must contain the parameter PrefixListId');
  const list = account.ec2.prefixLists.find((one) => one.PrefixListId === PrefixListId);
  if (!list) throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${PrefixListId}' does not exist.`);
  if (TargetVersion !== undefined && TargetVersion !== list.Version) {
    throw new AwsError('InvalidPrefixListVersion', `The version ${TargetVersion} of ${PrefixListId} does not exist`);
  }
  const { items, next } = page(
    list.cidrs.map((Cidr) => ({ Cidr })),
    {
      size: MaxResults ?? 100,
      token: NextToken,
      question: questionOf('GetManagedPrefixListEntries', { ...request }),
      invalid: invalidToken('InvalidNextToken'),
    },
  );
  return { Entries: items, NextToken: next };
}
