import type { NamedCause, ProbeResult } from '../../../lib/domain/diagnosis.ts';
import type { Finding } from '../../../lib/domain/finding.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import type { ServiceConfiguration } from '../../../lib/domain/service.ts';
import { LIST_PRICES } from '../../../lib/remedies/prices.ts';
import type { Basis, Proposal, Remedy } from '../../../lib/remedies/remedy.ts';

/** A service that leaves through a connector and has nothing wrong with it. */
export const CONFIGURATION: ServiceConfiguration = {
  status: 'RUNNING',
  source: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1',
  egress: { type: 'VPC', vpcConnectorArn: 'arn:connector' },
  publiclyAccessible: true,
  ipAddressType: 'IPV4',
  instanceRoleArn: 'arn:role',
  environmentIsVisible: true,
  environmentNames: ['MODE'],
  secretNames: ['API_TOKEN'],
  environment: { MODE: 'digest-mode', API_TOKEN: 'digest-token' },
  fingerprint: 'f1',
};

export const profileOf = (more: object = {}): Profile => Profile.parse({ service: 'shop', dependencies: [], ...more });

export const serviceBasis = (more: Partial<Basis> = {}): Basis => ({
  service: { name: 'shop', arn: 'arn:shop', id: '1', url: '' },
  configuration: CONFIGURATION,
  profile: profileOf(),
  wanted: { variables: {}, secrets: {} },
  prices: LIST_PRICES,
  region: 'us-east-1',
  egress: [],
  exposure: [],
  connector: null,
  dependencies: [],
  facts: {},
  endpointServices: [],
  neighbours: [],
  connectors: [],
  references: [],
  diagnosis: diagnosisOf(),
  ...more,
});

export const diagnosisOf = (
  findings: readonly Finding[] = [],
  probes: readonly ProbeResult[] = [],
  causes: readonly NamedCause[] = causesOf(findings),
): Basis['diagnosis'] => ({ findings: [...findings], causes: [...causes], probes: [...probes], healthy: false });

const causesOf = (findings: readonly Finding[]): NamedCause[] =>
  findings.flatMap(({ id, cause, subject, because }) =>
    cause ? [{ cause, subject, because, supportedBy: [id], contradictedBy: [] }] : [],
  );

export const broken = (check: Finding['check'], subject: string, cause: Finding['cause'], because = ''): Finding => ({
  id: `${check}:${subject}`,
  check,
  subject,
  status: 'broken',
  ...(cause && { cause }),
  because,
  evidence: [],
});

export const probe = (name: string, ok: boolean): ProbeResult => ({
  name,
  label: name,
  ok,
  seconds: 1,
  sent: true,
  because: '',
  at: '',
});

/** The one proposal of a remedy. */
export function onlyProposal(remedy: Remedy, basis: Basis): Proposal {
  const [proposal, ...others] = remedy.propose(basis);
  if (!proposal || others.length > 0) throw new Error(`${others.length + (proposal ? 1 : 0)} proposals`);
  return proposal;
}

export const unmet = ({ preconditions }: Proposal): string[] =>
  preconditions.filter(({ met }) => met !== 'yes').map(({ met, because }) => `${met}: ${because}`);
