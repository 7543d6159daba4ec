import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { Profile } from '../domain/profile.ts';
import type { ServiceRef } from '../domain/service.ts';
import { traceEgress } from '../egress/trace.ts';
import { readFingerprintKey } from '../run/records.ts';
import type { Table } from '../run/table.ts';
import { configurationOf, describe } from '../target/apprunner.ts';
import type { Basis } from './remedy.ts';

interface Eyes {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly ec2: () => Pick<EC2Client, 'send'>;
  readonly rds: () => Pick<RDSClient, 'send'>;
  readonly table: Table;
}

/** Looks at everything a plan rests on, now. Looked at again before the repair, equal facts give an equal hash. */
export async function gatherBasis(eyes: Eyes, run: string, service: ServiceRef, profile: Profile): Promise<Basis> {
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
