import type { Service } from '@aws-sdk/client-apprunner';
import { FilterLogEventsCommand, type FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { appRunner, ec2, logs, rds } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import type { Database, Found } from '../lib/discover/draft.ts';
import type { Gap } from '../lib/domain/diagnosis.ts';
import { collectDatabases } from '../lib/egress/databases.ts';
import { describeConnector, environmentIsVisible, environmentOf } from '../lib/target/apprunner.ts';

export interface Surroundings {
  readonly found: Found;
  /** What could not be looked at, so that the draft may be short of it. */
  readonly gaps: Gap[];
}

const WINDOW_MINUTES = 30;
const PAGES = 5;
/** CloudWatch finds lines that contain one of these; which of them name a host is decided here. */
const TERMS = [
  '://',
  'host=',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'dial tcp',
  'lookup ',
  'UnknownHostException',
  'resolve host',
];

/** Looks for what a service without a profile depends on. Read-only; what may not be looked at is a gap. */
export async function lookAround(service: Service): Promise<Surroundings> {
  const gaps: Gap[] = [];
  const attempt = async <T>(action: string, look: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown error';
      gaps.push(gap(action, `could not look for dependencies (${action} was not answered: ${name})`));
      return otherwise;
    }
  };
  if (!environmentIsVisible(service)) {
    gaps.push(gap('environment', 'could not look for dependencies in apprunner.yaml, which App Runner does not show'));
  }
  const [vpcId, databases, logLines] = await Promise.all([
    attempt('ec2:DescribeSubnets', () => vpcOf(service), undefined),
    attempt('rds:DescribeDBInstances', allDatabases, []),
    attempt('logs:FilterLogEvents', () => recentLines(service), []),
  ]);
  const health = service.HealthCheckConfiguration;
  const isPublic = service.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible !== false;
  return {
    found: {
      service: service.ServiceName ?? '',
      region: service.ServiceArn?.split(':')[3],
      door: service.ServiceUrl,
      environment: environmentIsVisible(service) ? environmentOf(service) : [],
      logLines,
      databases,
      ...(vpcId && { vpcId }),
      ...(isPublic && health?.Protocol === 'HTTP' && health.Path && { healthPath: health.Path }),
    },
    gaps,
  };
}

const gap = (subject: string, because: string): Gap => ({ check: 'egress', subject, because });

async function vpcOf(service: Service): Promise<string | undefined> {
  const arn = service.NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn;
  if (!arn) return undefined;
  const { subnetIds } = await describeConnector(appRunner(), arn);
  const { Subnets } = await ec2().send(new DescribeSubnetsCommand({ SubnetIds: subnetIds.slice(0, 1) }));
  return Subnets?.[0]?.VpcId;
}

async function allDatabases(): Promise<Database[]> {
  const { instances, gaps } = await collectDatabases(rds());
  if (!instances) throw Object.assign(new Error('not answered'), { name: gaps[0]?.because ?? 'unknown error' });
  return instances.flatMap(({ DBInstanceIdentifier: id, Endpoint, DBSubnetGroup }) =>
    id ? [{ id, host: Endpoint?.Address?.toLowerCase(), vpcId: DBSubnetGroup?.VpcId }] : [],
  );
}

/** The lines of the last minutes that may name a host. They hold what users wrote, and stay in this process. */
async function recentLines({ ServiceName, ServiceId }: Service): Promise<string[]> {
  const now = clock.now().getTime();
  const lines: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const answer: FilterLogEventsCommandOutput = await logs().send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/apprunner/${ServiceName}/${ServiceId}/application`,
        startTime: now - WINDOW_MINUTES * 60_000,
        endTime: now,
        filterPattern: TERMS.map((term) => `?"${term}"`).join(' '),
        limit: 1000,
        nextToken,
      }),
    );
    lines.push(...(answer.events ?? []).flatMap(({ message }) => message ?? []));
    nextToken = answer.nextToken;
    if (!nextToken) break;
  }
  return lines;
}
