import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { invalidToken, page, questionOf } from '../http/paging.ts';
import type { Collection } from './collections.ts';
import { type Filter, filtered } from './filter.ts';

interface Request {
  DryRun?: boolean;
  Filters?: Filter[];
  /** DescribeNatGateways alone calls it so. */
  Filter?: Filter[];
  MaxResults?: number;
  NextToken?: string;
}

/** One Describe call over one collection: explicit ids, filters, pages. */
export function describe(account: Account, operation: string, collection: Collection, request: Request): object {
  refuseDryRun(request);
  const ids = idsOf(collection, request);
  holdPageSize(collection, request);
  if (ids.length > 0 && request.MaxResults !== undefined) {
    const message = `The parameter ${collection.ids?.[0]} cannot be used with the parameter MaxResults`;
    throw new AwsError('InvalidParameterCombination', message);
  }
  const chosen = chosenById(account, collection, ids);
  const found = filtered(chosen, request.Filters ?? request.Filter, collection.filters);
  const { items, next } = page(found, {
    size: request.MaxResults,
    token: request.NextToken,
    question: questionOf(operation, { ...request }),
    invalid: invalidToken('InvalidNextToken'),
  });
  return { [collection.result]: items, NextToken: next };
}

export function refuseDryRun({ DryRun }: { DryRun?: boolean }): void {
  if (!DryRun) return;
  throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
}

const idsOf = ({ ids }: Collection, request: object): string[] =>
  (ids && (request as Record<string, string[] | undefined>)[ids[0]]) || [];

function holdPageSize({ pageSize }: Collection, { MaxResults }: Request): void {
  if (!pageSize || MaxResults === undefined) return;
  const [least, most] = pageSize;
  if (MaxResults >= least && MaxResults <= most) return;
  const message = `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value from ${least} to ${most}.`;
  throw new AwsError('InvalidParameterValue', message);
}

/** All of them, or those that were named; a malformed or unknown id is refused. */
export function chosenById(account: Account, collection: Collection, ids: readonly string[]): readonly object[] {
  const all = collection.items(account);
  const member = collection.ids?.[1];
  if (ids.length === 0 || !member) return all;
  const idOf = (entity: object) => String((entity as Record<string, unknown>)[member]);
  const { prefix, malformed } = collection;
  const bad = malformed && ids.find((id) => !new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id));
  if (malformed && bad !== undefined && bad !== '') throw new AwsError(malformed, `Invalid id: "${bad}"`);
  const unknown = ids.find((id) => !all.some((entity) => idOf(entity) === id));
  if (unknown !== undefined)
    throw new AwsError(...(collection.notFound?.(unknown) ?? ['InvalidParameterValue', unknown]));
  return all.filter((entity) => ids.includes(idOf(entity)));
}
