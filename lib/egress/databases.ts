import { type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import type { Gap, RdsReader } from './collect.ts';

interface Page {
  readonly DBInstances?: DBInstance[];
  readonly Marker?: string;
}

/** All RDS instances of the region; `instances` is left out when RDS did not answer. */
export async function collectDatabases(rds: RdsReader): Promise<{ instances?: DBInstance[]; gaps: Gap[] }> {
  const instances: DBInstance[] = [];
  let Marker: string | undefined;
  try {
    do {
      const page: Page = await rds.send(new DescribeDBInstancesCommand({ MaxRecords: 100, Marker }));
      instances.push(...(page.DBInstances ?? []));
      Marker = page.Marker;
    } while (Marker);
    return { instances, gaps: [] };
  } catch (error) {
    const because = `the call failed (${error instanceof Error ? error.name : 'unknown error'})`;
    return { gaps: [{ action: 'rds:DescribeDBInstances', because }] };
  }
}
