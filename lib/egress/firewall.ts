import {
  type Cover,
  contains,
  coverOf,
  next,
  overlaps,
  parseCidr,
  parseCidrs,
  type Range,
  size,
  without,
} from './addresses.ts';
import type { EgressFacts } from './facts.ts';

type SecurityGroup = NonNullable<EgressFacts['SecurityGroups']>[number];
type Permission = NonNullable<SecurityGroup['IpPermissions']>[number];
type NetworkAcl = NonNullable<EgressFacts['NetworkAcls']>[number];

const PROTOCOLS: Record<string, string> = { all: '-1', '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };
/** Rules of groups spell protocols as names, rules of ACLs as numbers in text. */
const protocolOf = (value: unknown): string => {
  const text = String(value ?? '-1').toLowerCase();
  return PROTOCOLS[text] ?? text;
};

interface GroupRule {
  protocol: string;
  from: number;
  to: number;
  ranges: Range[];
  prefixLists: { id: string; ranges: readonly Range[] | undefined }[];
  groups: string[];
}

export interface CompiledGroup {
  id: string;
  in: GroupRule[];
  out: GroupRule[];
}

const compilePermission = (
  permission: Permission,
  cidrsOf: (prefixListId: string) => readonly Range[] | undefined,
): GroupRule => {
  const { FromPort: from, ToPort: to } = permission;
  const everyPort = from === undefined || from === null || from === -1;
  return {
    protocol: protocolOf(permission.IpProtocol),
    from: everyPort ? 0 : from,
    to: everyPort || to === undefined || to === null || to === -1 ? 65535 : to,
    ranges: [
      ...parseCidrs(permission.IpRanges?.map(({ CidrIp }) => CidrIp)),
      ...parseCidrs(permission.Ipv6Ranges?.map(({ CidrIpv6 }) => CidrIpv6)),
    ],
    prefixLists: (permission.PrefixListIds ?? []).flatMap(({ PrefixListId: id }) =>
      id ? [{ id, ranges: cidrsOf(id) }] : [],
    ),
    groups: (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
  };
};

/** A group without rules in a direction lets nothing through in that direction. */
export const compileGroup = (
  group: SecurityGroup,
  cidrsOf: (prefixListId: string) => readonly Range[] | undefined,
): CompiledGroup => ({
  id: group.GroupId ?? 'group without id',
  in: (group.IpPermissions ?? []).map((permission) => compilePermission(permission, cidrsOf)),
  out: (group.IpPermissionsEgress ?? []).map((permission) => compilePermission(permission, cidrsOf)),
});

/** The other end of the traffic, as the rules of a group see it. */
export interface Peer {
  ranges: readonly Range[];
  prefixListIds?: readonly string[];
  /** Groups of its interface; `undefined`: not known. On the internet: none. */
  groups: readonly string[] | undefined;
}

export interface GroupVerdict {
  cover: Cover;
  /** The share of the addresses that is let through. */
  share: number;
  /** What might let more through but could not be seen. */
  unsure: string[];
}

/**
 * The union of the rules of all groups decides; a rule that refers to a group matches private addresses of interfaces
 * that carry it, never the internet. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function judgeGroups(
  groups: readonly CompiledGroup[],
  direction: 'in' | 'out',
  protocol: string,
  port: number,
  peer: Peer,
): GroupVerdict {
  const parts: Range[] = [];
  const unsure = new Set<string>();
  for (const group of groups) {
    for (const rule of group[direction]) {
      if (rule.protocol !== '-1' && rule.protocol !== protocol) continue;
      if (rule.protocol !== '-1' && (port < rule.from || port > rule.to)) continue;
      for (const range of rule.ranges) parts.push(range);
      for (const list of rule.prefixLists) {
        if (list.ranges) parts.push(...list.ranges);
        else if (peer.prefixListIds?.includes(list.id)) parts.push(...peer.ranges);
        else unsure.add(`the entries of ${list.id} were not collected`);
      }
      if (rule.groups.length === 0) continue;
      if (peer.groups === undefined)
        unsure.add(
          `${group.id} refers to ${[...rule.groups].sort().join(', ')}, and the groups at the other end are not known`,
        );
      else if (rule.groups.some((id) => peer.groups?.includes(id))) parts.push(...peer.ranges);
    }
  }
  const cover = coverOf(peer.ranges, parts);
  const share = cover === 'some' ? 1 - size(without(peer.ranges, parts)) / size(peer.ranges) : Number(cover === 'all');
  return { cover, share, unsure: cover === 'all' ? [] : [...unsure].sort() };
}

interface AclRule {
  number: number;
  allow: boolean;
  range: Range;
  from: number;
  to: number;
}

type Rules = Record<'tcp' | 'udp', AclRule[]>;

export interface CompiledAcl {
  id: string;
  in: Rules;
  out: Rules;
  /** Answers to and from targets, by their key: many subnets share an ACL, and a target many paths. */
  toTargets: Map<string, { out: AclAnswers; in: AclAnswers }>;
}

const byNumber = (a: AclRule, b: AclRule): number => a.number - b.number || Number(a.allow) - Number(b.allow);

/** https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html */
export function compileAcl(acl: NetworkAcl): CompiledAcl {
  const inward: Rules = { tcp: [], udp: [] };
  const outward: Rules = { tcp: [], udp: [] };
  for (const entry of acl.Entries ?? []) {
    const range = parseCidr(entry.CidrBlock ?? entry.Ipv6CidrBlock);
    if (!range) continue;
    const protocol = protocolOf(entry.Protocol);
    const everyPort = protocol === '-1';
    const rule: AclRule = {
      number: entry.RuleNumber ?? 32767,
      allow: entry.RuleAction === 'allow',
      range,
      from: everyPort ? 0 : (entry.PortRange?.From ?? 0),
      to: everyPort ? 65535 : (entry.PortRange?.To ?? 65535),
    };
    const rules = entry.Egress ? outward : inward;
    if (everyPort || protocol === 'tcp') rules.tcp.push(rule);
    if (everyPort || protocol === 'udp') rules.udp.push(rule);
  }
  for (const rules of [inward.tcp, inward.udp, outward.tcp, outward.udp]) rules.sort(byNumber);
  return { id: acl.NetworkAclId ?? 'ACL without id', in: inward, out: outward, toTargets: new Map() };
}

/** For how many addresses an ACL lets all the ports through, some of them, none of them. */
export interface AclAnswers {
  all: number;
  some: number;
  none: number;
  /** Those of `some` for which hardly a port is denied, and how many ports that is at most. */
  nearly: number;
  denied: number;
}

/** A client that meets a denied port once in a hundred connections and more rarely tries again and does not notice. */
const NEARLY_ALL_PORTS = 0.99;

/** Client ports of App Runner, Fargate and NAT gateways. https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html */
export const EPHEMERAL = { from: 1024, to: 65535 } as const;

/** How many of the ports the rules deny. */
const portsDenied = (rules: readonly AclRule[], at: Range, from: number, to: number): number => {
  let left: [number, number][] | undefined;
  let denied = 0;
  for (const rule of rules) {
    if (rule.to < from || rule.from > to || !contains(rule.range, at)) continue;
    // Nearly always the first rule that matches decides for all ports.
    if (!left && rule.from <= from && to <= rule.to) return rule.allow ? 0 : to - from + 1;
    const remaining: [number, number][] = [];
    for (const [lo, hi] of left ?? [[from, to] as [number, number]]) {
      const ruleFrom = Math.max(lo, rule.from);
      const ruleTo = Math.min(hi, rule.to);
      if (ruleFrom > ruleTo) {
        remaining.push([lo, hi]);
        continue;
      }
      if (!rule.allow) denied += ruleTo - ruleFrom + 1;
      if (lo < ruleFrom) remaining.push([lo, ruleFrom - 1]);
      if (ruleTo < hi) remaining.push([ruleTo + 1, hi]);
    }
    left = remaining;
    if (left.length === 0) break;
  }
  return (left ?? [[from, to] as [number, number]]).reduce((sum, [lo, hi]) => sum + hi - lo + 1, denied);
};

/**
 * Rules in the order of their numbers, the first that matches decides, and what none matches is denied. `remote` is the
 * other end: the destination of rules out, the source of rules in. The ports are those the packet is sent to.
 */
export function judgeAcl(
  acl: CompiledAcl,
  direction: 'in' | 'out',
  protocol: 'tcp' | 'udp',
  remote: readonly Range[],
  ports: { from: number; to: number },
): AclAnswers {
  const rules = acl[direction][protocol];
  const answers: AclAnswers = { all: 0, some: 0, none: 0, nearly: 0, denied: 0 };
  const total = ports.to - ports.from + 1;
  const count = (at: Range, addresses: number): void => {
    const denied = portsDenied(rules, at, ports.from, ports.to);
    answers[denied === 0 ? 'all' : denied === total ? 'none' : 'some'] += addresses;
    if (denied === 0 || denied > total * (1 - NEARLY_ALL_PORTS)) return;
    answers.nearly += addresses;
    answers.denied = Math.max(answers.denied, denied);
  };
  for (const range of remote) {
    if (range.lo === range.hi) {
      count(range, 1);
      continue;
    }
    // Between two neighbouring borders of rules all addresses get the same answer, so one of each stands for all.
    const starts = new Set([range.lo]);
    for (const rule of rules) {
      if (!overlaps(rule.range, range)) continue;
      if (rule.range.lo > range.lo) starts.add(rule.range.lo);
      if (rule.range.hi < range.hi) starts.add(next(rule.range.hi));
    }
    const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
    for (const [i, lo] of sorted.entries()) {
      const end = sorted[i + 1];
      const addresses = Number(end ?? next(range.hi)) - Number(lo);
      count({ family: range.family, lo, hi: lo }, Math.max(addresses, 1));
    }
  }
  return answers;
}
