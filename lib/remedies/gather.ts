import type { Profile } from '../domain/profile.ts';
import type { ServiceRef } from '../domain/service.ts';
import { type Eyes, traceEgress } from '../egress/trace.ts';
import { readFingerprintKey } from '../run/records.ts';
import type { Table } from '../run/table.ts';
import { configurationOf, describe } from '../target/apprunner.ts';
import type { Basis } from './remedy.ts';

interface WithTable extends Eyes {
  readonly table: Table;
}

/** Looks at everything a plan rests on, now. Looked at again before the repair, equal facts give an equal hash. */
export async function gatherBasis(eyes: WithTable, run: string, service: ServiceRef, profile: Profile): Promise<Basis> {
  const [described, key] = await Promise.all([
    describe(eyes.appRunner, service.arn),
    readFingerprintKey(eyes.table, run),
  ]);
  const { findings, exposure } = await traceEgress(eyes, described, profile.dependencies);
  return {
    service,
    configuration: configurationOf(described, key),
    egress: findings.map(({ subject, status, cause }) => ({ subject, status, ...(cause && { cause }) })),
    exposure,
  };
}
