import { conclude } from '../lib/checks/conclude.ts';
import { type Case, readCase } from '../lib/discover/case.ts';
import { INTERNET } from '../lib/discover/draft.ts';
import { endpointsOfValue } from '../lib/discover/endpoints.ts';
import { judgeCase } from '../lib/discover/judge.ts';
import { reportOf } from '../lib/discover/report.ts';
import { InvalidRequest } from '../lib/domain/errors.ts';
import type { Check } from '../lib/domain/finding.ts';
import { Profile } from '../lib/domain/profile.ts';
import type { Report } from '../lib/domain/report.ts';
import type { EgressDependency } from '../lib/egress/facts.ts';
import { parse } from '../lib/step.ts';
import { stamp } from './files.ts';

interface FactsFlags {
  /** Of the service, where the file does not say it. */
  readonly name?: string;
  readonly connectorSubnets?: readonly string[];
  readonly connectorGroups?: readonly string[];
  readonly dependency?: readonly string[];
}

const CHECKS_OF_AN_ACCOUNT: readonly Check[] = ['environment', 'deployment', 'logs', 'providers', 'probes'];

/** Judges what somebody collected, without asking anybody. */
export function judgeFacts(path: string, value: unknown, flags: FactsFlags): Report {
  const { name } = flags;
  const { connectorSubnets: subnetIds, connectorGroups: securityGroupIds = [], dependency = [] } = flags;
  const declared = dependency.map(dependencyAt);
  const { address = '', port = 443 } = INTERNET;
  const everywhere: EgressDependency = { name: INTERNET.name, addresses: [address], port, protocol: 'tcp' };
  const shared = read(path, value, {
    ...(name && { service: name }),
    ...(subnetIds && { connector: { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] } }),
    dependencies: [...declared, everywhere],
  });
  const { service } = shared;
  if (name && ![service.name, service.arn].includes(name)) {
    throw new InvalidRequest(`${path}: it is about ${service.name}, not about ${name}`);
  }
  if ('format' in (value as object) && (subnetIds || flags.connectorGroups || flags.dependency)) {
    throw new InvalidRequest(
      `${path}: says itself what the service leaves through and needs; --connector-subnets, --connector-groups and --dependency are for plain describe-* lists`,
    );
  }
  const at = new Date();
  return reportOf({
    run: `facts-${service.name}-${stamp(at)}`,
    startedAt: at,
    endedAt: at,
    service: { ...service, url: '' },
    profile: { ...parse(Profile, { service: 'from-facts', dependencies: [] }), service: service.name },
    diagnosis: conclude([{ check: 'egress', findings: judgeCase(shared) }], at.toISOString()),
    notLookedAt: CHECKS_OF_AN_ACCOUNT.map((check) => ({
      check,
      subject: 'all',
      because: 'only facts were judged, and they tell of egress alone',
    })),
  });
}

function read(path: string, value: unknown, dump: Parameters<typeof readCase>[1]): Case {
  try {
    return readCase(value, dump);
  } catch (error) {
    if (error instanceof InvalidRequest) throw new InvalidRequest(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** `host:port`. A name is not looked up: facts are judged offline. */
function dependencyAt(text: string): EgressDependency {
  const [found] = endpointsOfValue(text);
  if (!found) throw new InvalidRequest('--dependency: it must be host:port');
  const isAddress = /^[\d.]+$|:/.test(found.host);
  return {
    // Never the text that was given: it may be a URL with credentials.
    name: `${found.host}:${found.port}`,
    ...(isAddress ? { addresses: [found.host] } : { host: found.host }),
    port: found.port,
    protocol: 'tcp',
  };
}
