import type { Change } from '../../lib/domain/change.ts';
import type { Sandbox } from '../../sandbox/index.ts';

type Entity = Record<string, unknown>;
type Snapshot = Record<string, unknown>;

/** Where the id of an entity stands. */
const IDS = [
  'ServiceArn',
  'VpcConnectorArn',
  'NatGatewayId',
  'VpcEndpointId',
  'RouteTableId',
  'GroupId',
  'AllocationId',
  'NetworkInterfaceId',
  'SubnetId',
  'VpcId',
];

/**
 * What was tried rather than changed: App Runner's list of operations, what instances were started with, interfaces that
 * AWS makes and takes away by itself, how many addresses those leave free.
 */
const TRIED = ['operations', 'UpdatedAt', 'environment', 'AvailableIpAddressCount'];
const GOING = ['deleting', 'deleted'];

/** AWS still lists for a while what it has deleted. */
const isGone = ({ State }: Entity) => GOING.includes(String(State));
/** An interface of App Runner's, made anew with every change of egress. */
const isAppRunners = ({ InterfaceType }: Entity) => InterfaceType === 'fargate';

/** The configuration of the whole account, fit for a deep comparison. */
export function configurationOf(sandbox: Sandbox): Snapshot {
  return JSON.parse(
    JSON.stringify(sandbox.snapshot(), (key, value) => {
      if (TRIED.includes(key)) return undefined;
      if (key === 'networkInterfaces') return value.filter((link: Entity) => !isAppRunners(link));
      if (key === 'natGateways' || key === 'vpcEndpoints')
        return value.filter((one: Entity) => !isGone(one)).map(({ CreateTime: _, ...one }: Entity) => one);
      return value;
    }),
  );
}

/** Ids of everything that is new, gone or different. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const [old, now] = [entitiesOf(before), entitiesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((id) => old.get(id) !== now.get(id)).sort();
}

/** Everything with an id, and what it is like; everything without stands under the path to it. */
function entitiesOf(snapshot: Snapshot): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value) && value.every((item) => item !== null && typeof item === 'object')) {
      value.forEach((item: Entity, index) => {
        const id = IDS.find((member) => typeof item[member] === 'string');
        found.set(String(id ? item[id] : `${path}[${index}]`), JSON.stringify(item));
      });
    } else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    } else found.set(path, JSON.stringify(value));
  };
  walk(snapshot, '');
  return found;
}

/** What is different and that no change of the report names. */
export function untold(sandbox: Sandbox, changed: readonly string[], changes: readonly Change[]): string[] {
  const told = changes.map(({ target, what }) => `${target} ${what}`).join('\n');
  return changed.filter((id) => !told.includes(id) && !belongs(sandbox, id, told));
}

/** AWS makes interfaces for a gateway or an endpoint, routes for a gateway endpoint, and ids for the rules of a group. */
function belongs({ account }: Sandbox, id: string, told: string): boolean {
  const { networkInterfaces, vpcEndpoints } = account.ec2;
  const link = networkInterfaces.find(({ NetworkInterfaceId }) => NetworkInterfaceId === id);
  if (link) return (link.Description?.match(/(?:nat|vpce)-\w+/g) ?? []).some((owner) => told.includes(owner));
  const rule = /^\.ec2\.securityGroupRules\.(sg-\w+)/.exec(id)?.[1];
  if (rule) return told.includes(rule);
  return vpcEndpoints.some(
    ({ VpcEndpointId = '', RouteTableIds }) => told.includes(VpcEndpointId) && RouteTableIds?.includes(id),
  );
}
