import { type AppRunnerClient, ListServicesCommand, type ListServicesCommandOutput } from '@aws-sdk/client-apprunner';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { InvalidRequest } from '../domain/errors.ts';
import type { ServiceView } from '../domain/run-view.ts';
import { askedBy, listServices, statusOf } from './status.ts';
import type { Table } from './table.ts';

export interface Sources {
  readonly table: Table;
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}

/**
 * What is going on with every service that has a profile, or with the one that was asked about, by name or ARN. Throws
 * `InvalidRequest` when nobody knows that one.
 */
export async function survey(sources: Sources, now: Date, wanted?: string): Promise<ServiceView[]> {
  const [named, arns] = await Promise.all([listServices(sources.ssm), arnsByName(sources.appRunner)]);
  if (wanted === undefined) return inTurn(named, (service) => look(sources, service, true, arns.get(service), now));
  const service = wanted.startsWith('arn:') ? (wanted.split('/').at(-2) ?? wanted) : wanted;
  const arn = arns.get(service);
  if (!named.includes(service) && !arn) {
    const known = [...new Set([...named, ...arns.keys()])].sort();
    const there =
      known.length > 0 ? `there are ${known.slice(0, 20).join(', ')}` : 'there is none: is it the right region?';
    throw new InvalidRequest(`service: no service is called ${JSON.stringify(service)} here; ${there}`);
  }
  return [await look(sources, service, named.includes(service), arn, now)];
}

async function look(
  { table }: Sources,
  service: string,
  profile: boolean,
  arn: string | undefined,
  now: Date,
): Promise<ServiceView> {
  if (!arn) return { service, profile };
  const { holder, last } = await statusOf({ table }, arn);
  const { question } = holder ? await askedBy(table, holder.run, now) : {};
  return { service, profile, arn, ...(holder && { holder }), ...(question && { question }), ...(last && { last }) };
}

async function arnsByName(appRunner: Pick<AppRunnerClient, 'send'>): Promise<ReadonlyMap<string, string>> {
  const arns = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page: ListServicesCommandOutput = await appRunner.send(
      new ListServicesCommand({ MaxResults: 20, NextToken }),
    );
    for (const { ServiceName, ServiceArn, Status } of page.ServiceSummaryList ?? []) {
      if (ServiceName && ServiceArn && Status !== 'DELETED') arns.set(ServiceName, ServiceArn);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return arns;
}

const AT_ONCE = 10;

/** A few at a time: an account may have hundreds. */
async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE)
    done.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(each))));
  return done;
}
