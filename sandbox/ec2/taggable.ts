import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { COLLECTIONS, type Collection } from './collections.ts';
import { chosenById } from './describe.ts';
import { GATEWAY_COLLECTIONS } from './gateways.ts';
import { recordOf } from './rules.ts';

export type Tags = { Key: string; Value: string }[];

export interface Holder {
  readonly read: () => Tags;
  readonly write: (tags: Tags) => void;
}

/** By prefix of the id: how tags call the type, and which Describe call finds it. */
const KINDS: Readonly<Record<string, readonly [type: string, operation: string]>> = {
  vpc: ['vpc', 'DescribeVpcs'],
  subnet: ['subnet', 'DescribeSubnets'],
  rtb: ['route-table', 'DescribeRouteTables'],
  sg: ['security-group', 'DescribeSecurityGroups'],
  sgr: ['security-group-rule', 'DescribeSecurityGroupRules'],
  acl: ['network-acl', 'DescribeNetworkAcls'],
  eni: ['network-interface', 'DescribeNetworkInterfaces'],
  nat: ['natgateway', 'DescribeNatGateways'],
  igw: ['internet-gateway', 'DescribeInternetGateways'],
  eigw: ['egress-only-internet-gateway', 'DescribeEgressOnlyInternetGateways'],
  eipalloc: ['elastic-ip', 'DescribeAddresses'],
  vpce: ['vpc-endpoint', 'DescribeVpcEndpoints'],
};

const collectionOf = (operation: string): Collection => {
  const found = COLLECTIONS[operation] ?? GATEWAY_COLLECTIONS[operation];
  if (!found) throw new Error(`no collection is called ${operation}`);
  return found;
};

interface Tagged {
  Tags?: Tags;
  TagSet?: Tags;
  SecurityGroupRuleId?: string;
}

/** Where the tags of that resource are kept. */
export function holderOf(account: Account, id: string): Holder {
  const kind = KINDS[id.slice(0, id.lastIndexOf('-'))];
  if (!kind) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const entity = chosenById(account, collectionOf(kind[1]), [id])[0] as Tagged;
  // Rules are derived from the permissions of their group; what is theirs alone is kept beside.
  const home = entity.SecurityGroupRuleId ? () => recordOf(account, id) : () => entity;
  const member = id.startsWith('eni-') ? 'TagSet' : 'Tags';
  return {
    read: () => entity[member] ?? [],
    write: (tags) => {
      (home() as Tagged)[member] = tags;
    },
  };
}

/** As DescribeTags lists them. */
export const TAGS: Omit<Collection, 'items'> = {
  result: 'Tags',
  pageSize: [5, 1000],
  filters: { key: 'Key', value: 'Value', 'resource-id': 'ResourceId', 'resource-type': 'ResourceType' },
};

export const allTags = (account: Account): object[] =>
  Object.values(KINDS).flatMap(([ResourceType, operation]) => {
    const { items, ids } = collectionOf(operation);
    return items(account).flatMap((entity) => {
      const { Tags, TagSet } = entity as Tagged;
      const ResourceId = ids && (entity as Record<string, unknown>)[ids[1]];
      return (Tags ?? TagSet ?? []).map(({ Key, Value }) => ({ Key, Value, ResourceId, ResourceType }));
    });
  });
