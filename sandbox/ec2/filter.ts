import { AwsError } from '../http/errors.ts';

export interface Filter {
  readonly Name?: string;
  readonly Values?: readonly string[];
}

/** The members of an entity a filter looks at, as in `Associations.SubnetId`; lists are looked into. */
export type Filters = Readonly<Record<string, string>>;

const MOST_VALUES = 200;

/**
 * Filters as EC2 reads them: all of them must match, one of a filter's values is enough, `*` and `?` are wildcards,
 * upper and lower case differ. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export function filtered<T extends object>(
  entities: readonly T[],
  filters: readonly Filter[] = [],
  known: Filters = {},
): T[] {
  const tests = filters.map((filter) => testOf(filter, known));
  return entities.filter((entity) => tests.every((passes) => passes(entity)));
}

function testOf({ Name = '', Values = [] }: Filter, known: Filters): (entity: object) => boolean {
  if (Values.length === 0) throw new AwsError('InvalidParameterValue', `The filter '${Name}' has no values`);
  if (Values.length > MOST_VALUES) {
    throw new AwsError(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${MOST_VALUES}`,
    );
  }
  const read = readerOf(Name, known);
  const patterns = Values.map(patternOf);
  return (entity) => read(entity).some((value) => patterns.some((pattern) => pattern.test(value)));
}

function readerOf(name: string, known: Filters): (entity: object) => string[] {
  const path = known[name];
  const canTag = 'tag-key' in known;
  if (name.startsWith('tag:') && canTag) {
    const key = name.slice('tag:'.length);
    return (entity) => tagsOf(entity).flatMap(({ Key, Value = '' }) => (Key === key ? [Value] : []));
  }
  if (path === undefined) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return (entity) => valuesAt(entity, path.split('.'));
}

const tagsOf = (entity: object) => {
  const { Tags, TagSet } = entity as {
    Tags?: { Key?: string; Value?: string }[];
    TagSet?: { Key?: string; Value?: string }[];
  };
  return Tags ?? TagSet ?? [];
};

function valuesAt(value: unknown, [member, ...rest]: readonly string[]): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, member === undefined ? [] : [member, ...rest]));
  if (value === undefined || value === null) return [];
  if (member === undefined) return [String(value)];
  return valuesAt((value as Record<string, unknown>)[member], rest);
}

export function patternOf(text: string): RegExp {
  const source = text.replace(/\\([*?\\])|([*?])|([.+^${}()|[\]\\])/g, (_, escaped, wildcard, special) => {
    if (escaped) return `\\${escaped}`;
    if (wildcard) return wildcard === '*' ? '[^]*' : '[^]';
    return `\\${special}`;
  });
  return new RegExp(`^${source}$`);
}
