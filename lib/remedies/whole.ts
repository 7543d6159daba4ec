import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { Baseline } from '../domain/run.ts';
import type { ServiceRef } from '../domain/service.ts';
import type { Ec2Reader } from '../egress/collect.ts';
import { collectFootprint } from '../egress/footprint.ts';
import { readFingerprintKey, readFootprint } from '../run/records.ts';
import type { Table } from '../run/table.ts';
import { wholeOf } from '../run/whole.ts';
import { configurationOf, describe } from '../target/apprunner.ts';
import { isAsBefore } from '../target/compare.ts';

interface Hands {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly ec2: () => Ec2Reader;
}

/** What is not as it was before the run: the service, or ids of route tables and groups. Empty: everything is back. */
export async function whatDiffers(
  { appRunner, ec2 }: Hands,
  table: Table,
  run: string,
  service: ServiceRef,
  baseline: Baseline,
): Promise<string[]> {
  const [key, before, described] = await Promise.all([
    readFingerprintKey(table, run),
    readFootprint(table, run),
    describe(appRunner, service.arn),
  ]);
  const { configuration } = await wholeOf(table, run, 'BASELINE', baseline);
  if (!isAsBefore(configuration, configurationOf(described, key))) return [service.name];
  const now = await collectFootprint(appRunner, ec2, described);
  if (!before || !now) return ['the network, which could not be looked at,'];
  return Object.keys(before).filter((id) => before[id] !== now[id]);
}
