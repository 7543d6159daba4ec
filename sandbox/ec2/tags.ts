import type { CreateTagsRequest, DeleteTagsRequest, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../http/errors.ts';
import { describe, refuseDryRun } from './describe.ts';
import { allTags, holderOf, TAGS, type Tags } from './taggable.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** The tags a new thing of this type is made with. */
export function tagsAtCreation(specifications: readonly TagSpecification[] | undefined, type: string): Tags {
  const stranger = specifications?.find(({ ResourceType }) => ResourceType !== type);
  if (stranger) {
    const message = `'${stranger.ResourceType}' is not a valid taggable resource type for this operation.`;
    throw new AwsError('InvalidParameterValue', message);
  }
  return merged(
    [],
    (specifications ?? []).flatMap(({ Tags = [] }) => Tags),
  );
}

export const tagOperations = ({ account }: World) => ({
  CreateTags: (request: CreateTagsRequest): object => {
    refuseDryRun(request);
    const holders = (request.Resources ?? []).map((id) => holderOf(account, id));
    const tagged = holders.map((holder) => merged(holder.read(), request.Tags ?? []));
    for (const [index, holder] of holders.entries()) holder.write(tagged[index] ?? []);
    return {};
  },
  DeleteTags: (request: DeleteTagsRequest): object => {
    refuseDryRun(request);
    const holders = (request.Resources ?? []).map((id) => holderOf(account, id));
    for (const holder of holders) {
      holder.write(holder.read().filter((tag) => (request.Tags ? !request.Tags.some(names(tag)) : isAws(tag))));
    }
    return {};
  },
  DescribeTags: (request: object): object =>
    describe(account, 'DescribeTags', { ...TAGS, items: () => allTags(account) }, request),
});

/** A key without a value stands for the tag whatever its value. */
const names =
  (tag: Tag) =>
  ({ Key, Value }: Tag) =>
    Key === tag.Key && (Value === undefined || Value === tag.Value);

const isAws = ({ Key = '' }: Tag) => Key.toLowerCase().startsWith('aws:');

function merged(present: Tags, added: readonly Tag[]): Tags {
  for (const tag of added) holdTag(tag);
  const keys = added.map(({ Key }) => Key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new AwsError('InvalidParameterValue', `Duplicate tag key '${twice}' specified.`);
  const all = [
    ...present.filter(({ Key }) => !keys.includes(Key)),
    ...added.map(({ Key = '', Value = '' }) => ({ Key, Value })),
  ];
  if (all.filter((tag) => !isAws(tag)).length > MOST_TAGS) {
    throw new AwsError('TagLimitExceeded', `The maximum number of tags for a resource is ${MOST_TAGS}.`);
  }
  return all;
}

function holdTag(tag: Tag): void {
  const { Key = '', Value = '' } = tag;
  if (isAws(tag)) {
    throw new AwsError('InvalidParameterValue', `Tag keys starting with 'aws:' are reserved for internal use`);
  }
  if (Key === '' || Key.length > LONGEST_KEY) {
    throw new AwsError('InvalidParameterValue', `Tag key has an invalid length: ${Key.length}`);
  }
  if (Value.length > LONGEST_VALUE) {
    throw new AwsError('InvalidParameterValue', `Tag value exceeds the maximum length of ${LONGEST_VALUE} characters`);
  }
}
