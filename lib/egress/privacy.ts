import { containedInAny, EVERYTHING, isPrivate, parseAddress, parseCidr, type Range } from './addresses.ts';
import type { EgressDependency, EgressFacts } from './facts.ts';
import { EPHEMERAL, judgeAcl, judgeGroups } from './firewall.ts';
import { activeGroups, databaseOf } from './plan.ts';
import { chooseRoutes } from './route.ts';
import { list } from './steps.ts';
import { type DBInstance, lower, World } from './world.ts';

export interface Exposure {
  name: string;
  reachableFromInternet: 'yes' | 'no' | 'unknown';
  because: string;
}

type Verdict = Omit<Exposure, 'name'>;

const yes = (because: string): Verdict => ({ reachableFromInternet: 'yes', because });
const no = (because: string): Verdict => ({ reachableFromInternet: 'no', because });
const unsure = (because: string): Verdict => ({ reachableFromInternet: 'unknown', because });

const WORLD = [EVERYTHING[4]];

/** App Runner's public addresses are neither fixed nor published, so only a rule for all of the internet serves. */
function letsTheWorldIn(world: World, db: DBInstance, id: string, port: number): Verdict {
  if (!db.VpcSecurityGroups) return unsure(`The security groups of ${id} are not known.`);
  const ids = activeGroups(db);
  if (ids.length === 0) return no(`${id} has no active security group that lets anything in.`);
  const { groups, missing } = world.groups(ids);
  const { cover, unsure: doubts } = judgeGroups(groups, 'in', 'tcp', port, { ranges: WORLD, groups: [] });
  if (cover === 'all')
    return yes(
      `${id} is publicly accessible, available, and ${list(ids)} lets tcp/${port} in from all of the internet.`,
    );
  if (missing.length > 0)
    return unsure(`Whether ${list(missing)} lets tcp/${port} in to ${id} is not known: it was not seen.`);
  if (doubts.length > 0)
    return unsure(`Whether ${list(ids)} lets tcp/${port} in to ${id} is not known: ${doubts.join('; ')}.`);
  return no(`No rule of ${list(ids)} lets tcp/${port} in to ${id} from all of the internet.`);
}

/** What of the way in can be seen speaks against it: the routes, ACLs and Block Public Access of its subnets. */
function closedSubnets(world: World, db: DBInstance, port: number): Verdict | undefined {
  const { facts } = world;
  const id = db.DBInstanceIdentifier ?? 'the database';
  const subnets = (db.DBSubnetGroup?.Subnets ?? []).flatMap(
    ({ SubnetIdentifier }) => world.subnets?.get(SubnetIdentifier ?? '') ?? [],
  );
  const vpcId = db.DBSubnetGroup?.VpcId ?? subnets[0]?.vpcId;
  const closed: string[] = [];
  for (const subnet of subnets) {
    const mode =
      subnet.blockMode ??
      world.vpcBlockMode(subnet.vpcId) ??
      facts.VpcBlockPublicAccessOptions?.InternetGatewayBlockMode ??
      'off';
    if (mode !== 'off') closed.push(`VPC Block Public Access is ${mode} on ${subnet.id}`);
    const table = world.tableOf(subnet);
    if (typeof table !== 'string') {
      const route = chooseRoutes(table, { ranges: [SOME_PUBLIC], prefixListIds: [] })[0]?.route;
      if (route?.kind !== 'internet-gateway' || route.state !== 'active')
        closed.push(`${table.id} of ${subnet.id} does not lead to an internet gateway`);
      else if (vpcId && world.attachment('InternetGateways', route.id, vpcId) === 'detached')
        closed.push(`${route.id} is not attached`);
    }
    const acl = world.aclOf(subnet.id);
    if (typeof acl !== 'string') {
      const inward = judgeAcl(acl, 'in', 'tcp', [SOME_PUBLIC], { from: port, to: port });
      const back = judgeAcl(acl, 'out', 'tcp', [SOME_PUBLIC], EPHEMERAL);
      if (!inward.all || !(back.all || back.nearly))
        closed.push(`${acl.id} of ${subnet.id} denies traffic from the internet`);
    }
  }
  if (closed.length === 0) return undefined;
  const because = `${id} cannot be reached from the internet: ${list(closed)}.`;
  const open = subnets.some((subnet) => !closed.some((reason) => reason.includes(subnet.id)));
  return open ? unsure(`Whether ${id} can be reached depends on the subnet it is in: ${list(closed)}.`) : no(because);
}

/** Stands for the internet where a rule for all of it is not asked for. */
const SOME_PUBLIC: Range = parseCidr('198.51.100.1/32') as Range;

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html */
function judgeDatabase(world: World, db: DBInstance, dependency: EgressDependency): Verdict {
  const id = db.DBInstanceIdentifier ?? dependency.rds ?? dependency.name;
  if (db.PubliclyAccessible === false)
    return no(`${id} is not publicly accessible: its name leads to a private address everywhere.`);
  if (db.PubliclyAccessible !== true) return unsure(`Whether ${id} is publicly accessible is not known.`);
  const status = lower(db.DBInstanceStatus);
  if (status === '') return unsure(`The state of ${id} is not known.`);
  if (status !== 'available') return no(`${id} is in state ${status}, not available.`);
  const port = db.Endpoint?.Port ?? dependency.port;
  const groups = letsTheWorldIn(world, db, id, port);
  if (groups.reachableFromInternet === 'no') return groups;
  return closedSubnets(world, db, port) ?? groups;
}

function judgeOne(world: World, dbInstances: EgressFacts['DBInstances'], dependency: EgressDependency): Verdict {
  const { name, host, aws, rds } = dependency;
  const db = databaseOf(dbInstances, dependency);
  if (db) return judgeDatabase(world, db, dependency);
  if (rds) return unsure(`The database ${rds} was not found, so it is not known whether it is public.`);
  if (host?.toLowerCase().includes('.vpce.'))
    return no(`${host} is a name of a VPC endpoint and answers inside the VPC only.`);
  if (aws) return yes(`The AWS service ${aws} has public addresses.`);
  const texts = dependency.addresses?.length ? dependency.addresses : host && parseAddress(host) ? [host] : [];
  if (texts.length === 0) return unsure(host ? `${host} was not resolved.` : `Nothing says where ${name} is.`);
  const addresses = texts.map((text) => ({ text, range: parseAddress(text) }));
  const inVpc = world.knownVpcIds().flatMap((vpcId) => world.vpcRanges(vpcId));
  const inside = addresses.filter(({ range }) => range && (isPrivate(range) || containedInAny(range, inVpc)));
  if (inside.length > 0)
    return no(
      `${host ? `${host} resolves to ` : ''}${list(inside.map(({ text }) => text))}, which only the VPC can reach.`,
    );
  const bad = addresses.filter(({ range }) => !range);
  if (bad.length > 0) return unsure(`${list(bad.map(({ text }) => text))} is not an IP address.`);
  // Dual stack is documented for what comes in to App Runner, not for what goes out.
  if (addresses.every(({ range }) => range?.family === 6)) return unsure(`${host ?? name} has IPv6 addresses only.`);
  return yes(`${host ?? name} has public addresses only: ${list(texts)}.`);
}

/**
 * Whether each dependency could still be reached if the service left the VPC (egress DEFAULT). Pure. Anything but `yes`
 * speaks against the switch: a private database would be lost. An instance that is not in `dbInstances` is `unknown`.
 * https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
 */
export function judgePrivacy(
  dependencies: readonly EgressDependency[],
  dbInstances: EgressFacts['DBInstances'],
  facts: EgressFacts = {},
): Exposure[] {
  const world = new World(facts, { subnetIds: [], securityGroupIds: [] });
  return dependencies.map((dependency) => ({ name: dependency.name, ...judgeOne(world, dbInstances, dependency) }));
}
