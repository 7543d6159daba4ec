import { BlockList, isIP } from 'node:net';
import { redact } from '../domain/redact.ts';

/** A place that a service talks to. Never more of a text than this is kept. */
export interface Endpoint {
  /** A host name in lower case, or an address. */
  readonly host: string;
  readonly port: number;
}

/** Ports that clients take when the URL names none. A scheme that is not listed needs one. */
const PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  grpc: 443,
  grpcs: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mssql: 1433,
  sqlserver: 1433,
  mongodb: 27017,
  redis: 6379,
  rediss: 6379,
  memcached: 11211,
  amqp: 5672,
  amqps: 5671,
  nats: 4222,
  mqtt: 1883,
  mqtts: 8883,
  smtp: 587,
  smtps: 465,
  ldap: 389,
  ldaps: 636,
  ssh: 22,
  sftp: 22,
  elasticsearch: 9200,
};

/** `postgresql+asyncpg` and `mongodb+srv` name a driver or a way to look the name up, not another port. */
const portOf = (scheme: string): number | undefined => PORTS[scheme.toLowerCase().split('+')[0] ?? ''];

const HOST_NAME = /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})$/;

const NOWHERE = new BlockList();
NOWHERE.addSubnet('0.0.0.0', 8);
NOWHERE.addSubnet('127.0.0.0', 8);
NOWHERE.addSubnet('169.254.0.0', 16);
NOWHERE.addSubnet('224.0.0.0', 3);
NOWHERE.addAddress('::', 'ipv6');
NOWHERE.addAddress('::1', 'ipv6');
NOWHERE.addSubnet('fe80::', 10, 'ipv6');

/** The service itself, its metadata, and everybody: none of them is reached through the network of the VPC. */
function isSomewhere(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !NOWHERE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** `host`, `host:port` or `[address]:port`; nothing when it is not exactly that, or looks like a secret. */
function endpoint(text: string, defaultPort: number | undefined): Endpoint[] {
  const [, bracketed, plain = '', digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = (bracketed ?? plain).toLowerCase().replace(/\.$/, '');
  const port = digits ? Number(digits) : defaultPort;
  if (!port || port > 65_535) return [];
  const known = isIP(host) ? isSomewhere(host) : HOST_NAME.test(host) && redact(host) === host;
  return known ? [{ host, port }] : [];
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/**
 * Where a URL leads. What stands before an `@` is taken for a password only where there is no other way to read it: an
 * `@` that could belong to a path, or two of them, and the URL says nothing.
 */
function endpointsOfUrl(url: string): Endpoint[] {
  const [start = '', scheme = ''] = SCHEME.exec(url) ?? [];
  if (!start) return [];
  const rest = url.slice(start.length);
  const at = rest.indexOf('@');
  if (at >= 0 && !/^[^@/?#\s]*@[^@]*$/.test(rest)) return [];
  const [authority = ''] = /^[^/?#]*/.exec(rest.slice(at + 1)) ?? [];
  return authority.split(',').flatMap((one) => endpoint(one, portOf(scheme)));
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^@/?#\s]+\/?$/i;
const pieces = (value: string): string[] => value.split(/[\s,;|]+/).filter(Boolean);

/**
 * The places in the value of one variable: a URL, a list of origins, or a list of `host:port`. Host names alone count
 * only with `bare`, the port to take for them. A value of any other shape holds none: half of it might be a secret.
 */
export function endpointsOfValue(value: string, bare?: number): Endpoint[] {
  const text = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (SCHEME.test(text)) {
    const all = pieces(text);
    return all.every((piece) => ORIGIN.test(piece)) ? all.flatMap(endpointsOfUrl) : endpointsOfUrl(text);
  }
  if (text.includes('@')) return [];
  const found = pieces(text).map((piece) => endpoint(piece, bare));
  return found.every((one) => one.length > 0) ? found.flat() : [];
}

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]*:\/\/[^\s'"<>`\\()[\]{}]+/gi;
/** What clients of Python, Node, Go, Java and curl write of the host they could not get through to. */
const NAMED: readonly RegExp[] = [
  /\bhost=(?<quote>['"])(?<host>[^'"]+)\k<quote>(?:,\s*port=(?<port>\d+))?/gi,
  /\b(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:?|[Cc]ould not resolve host:?|lookup)\s+(?<host>[\w.-]+)(?::(?<port>\d+)(?!\d))?/g,
  /\b(?:dial (?:tcp|udp)[46]?|ECONNREFUSED|ETIMEDOUT|ECONNRESET|EHOSTUNREACH)\s+(?<host>\[[0-9a-f:.]+\]|[\w.-]+):(?<port>\d+)(?!\d)/gi,
];

/**
 * The hosts that a line of a log names as places it was connected to, in the order they are named. A line that names a
 * host and its address means one place, so that the address is left out.
 */
export function hostsIn(text: string): Endpoint[] {
  const urls = [...text.matchAll(URL_IN_TEXT)].flatMap(([url]) => endpointsOfUrl(url.replace(/[.,;:!?]+$/, '')));
  const named = NAMED.flatMap((pattern) => [...text.matchAll(pattern)]).flatMap(({ groups }) =>
    endpoint(`${groups?.host ?? ''}${groups?.port ? `:${groups.port}` : ''}`, 443),
  );
  const all = distinct([...named, ...urls]);
  const hosts = all.filter(({ host }) => !isIP(host));
  return hosts.length > 0 ? hosts : all;
}

export const keyOf = ({ host, port }: Endpoint): string => `${host}:${port}`;

export const distinct = (endpoints: readonly Endpoint[]): Endpoint[] => [
  ...new Map(endpoints.map((one) => [keyOf(one), one])).values(),
];
