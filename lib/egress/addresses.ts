/** IPv4 as number, IPv6 as bigint. Compared with each other only inside one family. */
export type Value = number | bigint;

/** Addresses from `lo` to `hi`, both included. */
export interface Range {
  family: 4 | 6;
  lo: Value;
  hi: Value;
}

export type Cover = 'all' | 'some' | 'none';

const parse4 = (text: string): number | undefined => {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return undefined;
    } else if (code === 46 && octet >= 0 && dots < 3) {
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined;
};

const parse6 = (text: string): bigint | undefined => {
  let source = text;
  const lastColon = source.lastIndexOf(':');
  if (lastColon >= 0 && source.includes('.', lastColon)) {
    const embedded = parse4(source.slice(lastColon + 1));
    if (embedded === undefined) return undefined;
    source = `${source.slice(0, lastColon + 1)}${Math.floor(embedded / 65536).toString(16)}:${(embedded % 65536).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const words = (half: string | undefined): string[] => (half ? half.split(':') : []);
  const head = words(halves[0]);
  const tail = words(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const word of [...head, ...Array<string>(missing).fill('0'), ...tail]) {
    if (!/^[0-9a-f]{1,4}$/i.test(word)) return undefined;
    value = (value << 16n) | BigInt(Number.parseInt(word, 16));
  }
  return value;
};

const MAPPED = 0xffffn << 32n;

/** One address as a range of one; `undefined` when the text is none. IPv4 written as `::ffff:a.b.c.d` counts as IPv4. */
export function parseAddress(text: string): Range | undefined {
  if (!text.includes(':')) {
    const value = parse4(text);
    return value === undefined ? undefined : { family: 4, lo: value, hi: value };
  }
  const value = parse6(text.replace(/^\[|\]$|%.*$/g, ''));
  if (value === undefined) return undefined;
  if (value >> 32n === MAPPED >> 32n) {
    const inner = Number(value & 0xffffffffn);
    return { family: 4, lo: inner, hi: inner };
  }
  return { family: 6, lo: value, hi: value };
}

export interface Block extends Range {
  /** Length of the prefix. */
  bits: number;
}

/** A CIDR block; host bits are ignored, as AWS does. */
export function parseCidr(text: string | undefined): Block | undefined {
  if (!text) return undefined;
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const family = address.includes(':') ? 6 : 4;
  const width = family === 4 ? 32 : 128;
  const bits = slash < 0 ? width : Number(text.slice(slash + 1));
  if (!Number.isInteger(bits) || bits < 0 || bits > width) return undefined;
  if (family === 4) {
    const value = parse4(address);
    if (value === undefined) return undefined;
    const size = 2 ** (32 - bits);
    const lo = value - (value % size);
    return { family, bits, lo, hi: lo + size - 1 };
  }
  const value = parse6(address);
  if (value === undefined) return undefined;
  const size = 1n << BigInt(128 - bits);
  const lo = value - (value % size);
  return { family, bits, lo, hi: lo + size - 1n };
}

export const parseCidrs = (texts: readonly (string | undefined)[] | undefined): Block[] =>
  (texts ?? []).flatMap((text) => parseCidr(text) ?? []);

export const next = (value: Value): Value => (typeof value === 'bigint' ? value + 1n : value + 1);
export const previous = (value: Value): Value => (typeof value === 'bigint' ? value - 1n : value - 1);

export const overlaps = (a: Range, b: Range): boolean => a.family === b.family && a.lo <= b.hi && b.lo <= a.hi;
export const contains = (outer: Range, inner: Range): boolean =>
  outer.family === inner.family && outer.lo <= inner.lo && inner.hi <= outer.hi;
export const containedInAny = (inner: Range, outers: readonly Range[]): boolean =>
  outers.some((outer) => contains(outer, inner));

export const size = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, { lo, hi }) => sum + Number(hi) - Number(lo) + 1, 0);

/* `Math.min` and `Math.max` take no bigint. */
const earlier = (a: Value, b: Value): Value => {
  if (a < b) return a;
  return b;
};
const later = (a: Value, b: Value): Value => {
  if (a > b) return a;
  return b;
};

/** What `ranges` and `cut` share, and what of `ranges` is left over. */
export function split(ranges: readonly Range[], cut: Range): { inside: Range[]; outside: Range[] } {
  const inside: Range[] = [];
  const outside: Range[] = [];
  for (const range of ranges) {
    if (!overlaps(range, cut)) {
      outside.push(range);
      continue;
    }
    const { family } = range;
    const lo = later(range.lo, cut.lo);
    const hi = earlier(range.hi, cut.hi);
    inside.push({ family, lo, hi });
    if (range.lo < lo) outside.push({ family, lo: range.lo, hi: previous(lo) });
    if (range.hi > hi) outside.push({ family, lo: next(hi), hi: range.hi });
  }
  return { inside, outside };
}

export const without = (ranges: readonly Range[], parts: readonly Range[]): Range[] =>
  parts.reduce<readonly Range[]>((left, part) => split(left, part).outside, ranges) as Range[];

/** How much of `ranges` the union of `parts` covers. */
export function coverOf(ranges: readonly Range[], parts: readonly Range[]): Cover {
  let touched = false;
  let missed = false;
  for (const range of ranges) {
    let covered = false;
    for (const part of parts) {
      if (!overlaps(part, range)) continue;
      touched = true;
      if (contains(part, range)) {
        covered = true;
        break;
      }
    }
    if (covered) continue;
    if (without([range], parts).length > 0) missed = true;
  }
  if (!missed) return 'all';
  return touched ? 'some' : 'none';
}

export const EVERYTHING: Record<4 | 6, Range> = {
  4: { family: 4, lo: 0, hi: 2 ** 32 - 1 },
  6: { family: 6, lo: 0n, hi: (1n << 128n) - 1n },
};

/** Never routed on the internet: RFC 1918, RFC 6598, RFC 4193, link-local, loopback. */
const PRIVATE = parseCidrs([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::/127',
]);

/** Stays on the machine or the link and never enters a route table. */
const ON_LINK = parseCidrs(['169.254.0.0/16', '127.0.0.0/8', '0.0.0.0/8', 'fe80::/10', '::/127']);

export const isPrivate = (address: Range): boolean => containedInAny(address, PRIVATE);
export const isOnLink = (address: Range): boolean => containedInAny(address, ON_LINK);

/** Where a host on the internet can be: all of IPv4 but private, multicast and reserved addresses. */
export const INTERNET4: readonly Range[] = [
  ...PRIVATE.filter(({ family }) => family === 4),
  ...parseCidrs(['224.0.0.0/3']),
].reduce<Range[]>((left, cut) => split(left, cut).outside, [EVERYTHING[4]]);

const format4 = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** The first address of a range, for sentences and keys. */
export const formatAddress = ({ family, lo }: Range): string =>
  family === 4
    ? format4(Number(lo))
    : Array.from({ length: 8 }, (_, i) => ((BigInt(lo) >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
