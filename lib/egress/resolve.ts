import { Resolver } from 'node:dns/promises';
import { parseAddress } from './addresses.ts';
import type { EgressDependency, EgressFacts } from './facts.ts';
import { databaseOf } from './plan.ts';
import { canonicalService, defaultHost } from './services.ts';

/** What is needed of `node:dns/promises`. */
export interface HostResolver {
  resolve4(host: string): Promise<string[]>;
  resolve6(host: string): Promise<string[]>;
}

/** A dependency as a profile declares it: `lib/domain/profile.ts`. */
export interface DeclaredDependency {
  name: string;
  host?: string | undefined;
  address?: string | undefined;
  aws?: string | undefined;
  rds?: string | undefined;
  port?: number | undefined;
  protocol?: 'tcp' | 'udp' | undefined;
}

export interface Resolution {
  dependencies: EgressDependency[];
  /** What could not be found out, and what that means. */
  notes: { name: string; because: string }[];
}

const DATABASE_PORTS: Record<string, number> = {
  postgres: 5432,
  mysql: 3306,
  mariadb: 3306,
  oracle: 1521,
  sqlserver: 1433,
};
const SMTP_STARTTLS = 587;

function defaultPort({ aws }: DeclaredDependency, database: ReturnType<typeof databaseOf>): number {
  if (database) {
    const engine = Object.keys(DATABASE_PORTS).find((name) => database.Engine?.includes(name));
    return database.Endpoint?.Port ?? (engine ? DATABASE_PORTS[engine] : undefined) ?? 5432;
  }
  return aws && canonicalService(aws) === 'email-smtp' ? SMTP_STARTTLS : 443;
}

/**
 * Finds the addresses of declared dependencies, in the place where the run happens: the judge corrects for what a name
 * means inside the VPC. A name that does not resolve stays without addresses, is marked and gets a note; nothing fails.
 */
export async function resolveDependencies(
  declared: readonly DeclaredDependency[],
  {
    region,
    dbInstances,
    resolver = new Resolver({ timeout: 2000, tries: 2 }),
  }: { region?: string; dbInstances?: EgressFacts['DBInstances']; resolver?: HostResolver } = {},
): Promise<Resolution> {
  const notes: Resolution['notes'] = [];
  const answers = new Map<string, Promise<string[]>>();
  const lookUp = (host: string): Promise<string[]> => {
    let answer = answers.get(host);
    if (!answer) {
      answer = Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]).then((families) =>
        families.flatMap((family) => (family.status === 'fulfilled' ? family.value : [])).sort(),
      );
      answers.set(host, answer);
    }
    return answer;
  };

  const dependencies = await Promise.all(
    declared.map(async (one): Promise<EgressDependency> => {
      const { name, aws, rds } = one;
      const database = rds ? databaseOf(dbInstances, { rds }) : undefined;
      const host = one.host ?? database?.Endpoint?.Address ?? (aws && region ? defaultHost(aws, region) : undefined);
      const base: EgressDependency = {
        name,
        ...(host && { host }),
        ...(aws && { aws }),
        ...(rds && { rds }),
        port: one.port ?? defaultPort(one, database),
        protocol: one.protocol ?? 'tcp',
      };
      if (one.address) return { ...base, addresses: [one.address] };
      if (!host) {
        notes.push({ name, because: withoutHost(one, region) });
        return base;
      }
      if (parseAddress(host)) return { ...base, addresses: [host] };
      const addresses = await lookUp(host);
      if (addresses.length > 0) return { ...base, addresses };
      notes.push({ name, because: `${host} did not resolve here` });
      return { ...base, resolved: false };
    }),
  );
  return { dependencies, notes: notes.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function withoutHost({ aws, rds }: DeclaredDependency, region: string | undefined): string {
  if (rds) return `the endpoint of the database ${rds} is not known`;
  if (aws) return region ? `the AWS service ${aws} has no default host name` : 'the region is not known';
  return 'it names no host, address, service or database';
}
