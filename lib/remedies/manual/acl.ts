import { placeOf } from '../../domain/start-command.ts';
import { isPrivate, parseAddress, parseCidr } from '../../egress/addresses.ts';
import type { EgressDependency, EgressFacts } from '../../egress/facts.ts';
import { EPHEMERAL } from '../../egress/firewall.ts';
import { judgeEgress } from '../../egress/judge.ts';
import type { Basis } from '../remedy.ts';

/** A rule that a network ACL lacks. */
export interface Entry {
  readonly acl: string;
  readonly direction: 'in' | 'out';
  readonly number: number;
  readonly protocol: 'tcp' | 'udp';
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
  /** What it lets through, and why so wide. */
  readonly because: string;
}

/** Each ACL that is in the way may lead to another behind it. */
const MOST_ACLS = 4;
/** The rule that denies the rest; it cannot be changed. */
const LAST = 32767;

/**
 * The rules that are missing, and no others: every rule that could be is tried at the judge, and left out again where
 * the traffic gets through without it. Undefined: rules alone would not do, or the ACLs were not seen.
 */
export function missingEntries(basis: Basis, subjects: readonly string[]): Entry[] | undefined {
  const { connector, facts } = basis;
  const dependencies = basis.dependencies.filter(({ name }) => subjects.includes(name));
  if (!connector || !facts.NetworkAcls || dependencies.length === 0) return undefined;
  const inTheWay = (entries: readonly Entry[]) => [
    ...new Set(
      judgeEgress(withEntries(facts, entries), connector, dependencies)
        .flatMap(({ subnets }) => subnets.flatMap(({ hops }) => hops))
        .filter(({ kind, status }) => kind === 'network-acl' && (status === 'broken' || status === 'degraded'))
        .map(({ id }) => id),
    ),
  ];
  // After every rule where that does, so that nothing that was denied on purpose is let through.
  const [first, second] = [false, true].map((before) => tried(basis, dependencies, inTheWay, before));
  const entries = first ?? second;
  return entries && renumbered(facts, pruned(entries, inTheWay), entries === second);
}

type InTheWay = (entries: readonly Entry[]) => string[];

/** Every rule that could be missing; undefined where all of them do not do. */
function tried(
  basis: Basis,
  dependencies: readonly EgressDependency[],
  inTheWay: InTheWay,
  before: boolean,
): Entry[] | undefined {
  const entries: Entry[] = [];
  for (let turn = 0; turn < MOST_ACLS; turn += 1) {
    const closed = inTheWay(entries).filter((id) => !entries.some(({ acl }) => acl === id));
    if (closed.length === 0) break;
    for (const acl of closed)
      for (const candidate of candidates(basis, acl, dependencies)) {
        const number = freeNumber(withEntries(basis.facts, entries), candidate, before);
        if (number !== undefined) entries.push({ ...candidate, number });
      }
  }
  return entries.length === 0 || inTheWay(entries).length > 0 ? undefined : entries;
}

function pruned(all: readonly Entry[], inTheWay: InTheWay): Entry[] {
  let kept = [...all];
  for (const entry of all) {
    const rest = kept.filter((other) => other !== entry);
    if (inTheWay(rest).length === 0) kept = rest;
  }
  return kept;
}

type Candidate = Omit<Entry, 'number'>;

/** Out with the request and in with the answer; at the far end of the way it is the other way round. */
function candidates(basis: Basis, acl: string, dependencies: readonly EgressDependency[]): Candidate[] {
  const sources = (basis.connector?.subnetIds ?? []).flatMap((id) => cidrsOfSubnet(basis.facts, id));
  const all = dependencies.flatMap((dependency): Candidate[] => {
    const { name, host = name, protocol, port } = dependency;
    const request = { acl, protocol, from: port, to: port };
    const answer = { acl, protocol, ...EPHEMERAL };
    const ports = `${EPHEMERAL.from}-${EPHEMERAL.to}`;
    return [
      ...destinations(basis.facts, dependency).flatMap(({ cidr, why }): Candidate[] => [
        { ...request, direction: 'out', cidr, because: `requests to ${host} on ${protocol}/${port} out${why}` },
        {
          ...answer,
          direction: 'in',
          cidr,
          because: `the answers of ${host} in, which come to the ports ${ports}${why}`,
        },
      ]),
      ...sources.flatMap((cidr): Candidate[] => [
        { ...request, direction: 'in', cidr, because: `requests of the service from ${cidr} to ${host} in` },
        {
          ...answer,
          direction: 'out',
          cidr,
          because: `the answers to the service in ${cidr} out, on the ports ${ports}`,
        },
      ]),
    ];
  });
  const key = ({ direction, protocol, from, to, cidr }: Candidate) => [direction, protocol, from, to, cidr].join();
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

interface Destination {
  readonly cidr: string;
  readonly why: string;
}

/** Private addresses by the subnet that holds them; the addresses of a public name are others tomorrow. */
function destinations(facts: EgressFacts, { name, host, addresses = [] }: EgressDependency): Destination[] {
  const everywhere = (cidr: string) => ({
    cidr,
    why: `; ${cidr}, because the addresses of ${host ?? name} are public and change`,
  });
  if (addresses.length === 0) return [everywhere('0.0.0.0/0'), everywhere('::/0')];
  const found = addresses.map((address): Destination => {
    const at = parseAddress(address);
    const six = address.includes(':');
    if (at && isPrivate(at)) return { cidr: subnetHolding(facts, address) ?? `${address}/${six ? 128 : 32}`, why: '' };
    return host ? everywhere(six ? '::/0' : '0.0.0.0/0') : { cidr: `${address}/${six ? 128 : 32}`, why: '' };
  });
  return [...new Map(found.map((one) => [one.cidr, one])).values()];
}

const cidrsOfSubnet = ({ Subnets = [] }: EgressFacts, id: string): string[] =>
  Subnets.filter(({ SubnetId }) => SubnetId === id).flatMap(({ CidrBlock, Ipv6CidrBlockAssociationSet = [] }) => [
    ...(CidrBlock ? [CidrBlock] : []),
    ...Ipv6CidrBlockAssociationSet.flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []),
  ]);

function subnetHolding({ Subnets = [] }: EgressFacts, address: string): string | undefined {
  const at = parseAddress(address);
  return Subnets.flatMap(({ CidrBlock }) => CidrBlock ?? []).find((cidr) => {
    const block = parseCidr(cidr);
    return at && block && block.family === at.family && block.lo <= at.lo && at.hi <= block.hi;
  });
}

const entriesOf = ({ NetworkAcls = [] }: EgressFacts, acl: string, direction: 'in' | 'out') =>
  (NetworkAcls.find(({ NetworkAclId }) => NetworkAclId === acl)?.Entries ?? []).filter(
    ({ Egress }) => Egress === (direction === 'out'),
  );

/** After the last rule, or before every rule that denies something; undefined where no number is left. */
function freeNumber(facts: EgressFacts, { acl, direction }: Candidate, before: boolean): number | undefined {
  const entries = entriesOf(facts, acl, direction).filter(({ RuleNumber = LAST }) => RuleNumber < LAST);
  const taken = new Set(entries.map(({ RuleNumber }) => RuleNumber));
  const denying = entries.filter(({ RuleAction }) => RuleAction === 'deny').map(({ RuleNumber = LAST }) => RuleNumber);
  const last = Math.max(0, ...entries.map(({ RuleNumber = 0 }) => RuleNumber));
  const round = last - (last % 10) + 10;
  const start = before && denying.length > 0 ? Math.min(...denying) - 1 : Math.min(last === 0 ? 100 : round, LAST - 1);
  for (let number = start; number > 0; number -= 1) if (!taken.has(number)) return number;
  return undefined;
}

/** What was tried and left out has taken no number. */
function renumbered(facts: EgressFacts, entries: readonly Entry[], before: boolean): Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries) {
    const number = freeNumber(withEntries(facts, kept), entry, before) ?? entry.number;
    kept.push({ ...entry, number });
  }
  return kept;
}

function withEntries(facts: EgressFacts, entries: readonly Entry[]): EgressFacts {
  return {
    ...facts,
    NetworkAcls: (facts.NetworkAcls ?? []).map((acl) => ({
      ...acl,
      Entries: [...(acl.Entries ?? []), ...entries.filter((entry) => entry.acl === acl.NetworkAclId).map(asSeen)],
    })),
  };
}

const asSeen = ({ direction, number, protocol, from, to, cidr }: Entry) => ({
  RuleNumber: number,
  Egress: direction === 'out',
  RuleAction: 'allow',
  Protocol: protocol === 'tcp' ? '6' : '17',
  PortRange: { From: from, To: to },
  ...(cidr.includes(':') ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
});

const side = (direction: Entry['direction']): string => (direction === 'out' ? '--egress' : '--ingress');

export const createCommand = (
  { service }: Basis,
  { acl, direction, number, protocol, from, to, cidr }: Entry,
): string =>
  `aws ec2 create-network-acl-entry --region ${placeOf(service.arn).region} --network-acl-id ${acl} ${side(direction)} --rule-number ${number} --protocol ${protocol} --port-range From=${from},To=${to} ${cidr.includes(':') ? '--ipv6-cidr-block' : '--cidr-block'} ${cidr} --rule-action allow`;

export const deleteCommand = ({ service }: Basis, { acl, direction, number }: Entry): string =>
  `aws ec2 delete-network-acl-entry --region ${placeOf(service.arn).region} --network-acl-id ${acl} ${side(direction)} --rule-number ${number}`;
