import {
  AuthorizeSecurityGroupEgressCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { NotRepairable, RetryLater, StateDrifted, UndoFailed } from '../../domain/errors.ts';
import { ruleDescription } from '../../domain/marks.ts';
import { parseCidr } from '../../egress/addresses.ts';
import {
  type Entry,
  type Ledger,
  markLeft,
  markMade,
  markNotMade,
  markUndone,
  type NewEntry,
} from '../../run/ledger.ts';
import { type Newcomers, newcomersWith, stays } from '../network/newcomers.ts';
import type { Undone } from './change.ts';
import { changeLate, isRecent, mayShowYet } from './late.ts';
import { codeOf, isGone, isRefusal } from './refusal.ts';
import { filtersFor, tagged } from './tags.ts';

export interface Hands {
  readonly ec2: Pick<EC2Client, 'send'>;
}

export interface MakingHands extends Hands {
  /** The same, without retries of its own: a second request is told that the rule is a duplicate, whosever it is. */
  readonly ec2SingleTry: Pick<EC2Client, 'send'>;
}

/** One rule out. */
export interface NewRule {
  readonly groupId: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** A block, a security group (`sg-…`) or a prefix list (`pl-…`). */
  readonly to: string;
  /** Services that left through the group when the plan was made; not in records of earlier versions. */
  readonly knownNeighbours?: readonly string[];
}

export type PlannedRule = Pick<NewEntry, 'id' | 'service' | 'remedy' | 'target' | 'what' | 'undo'>;

export const permissionFor = ({ protocol, port, to }: NewRule, description?: string): IpPermission => {
  const Description = description && { Description: description };
  const side = to.startsWith('sg-')
    ? { UserIdGroupPairs: [{ GroupId: to, ...Description }] }
    : to.startsWith('pl-')
      ? { PrefixListIds: [{ PrefixListId: to, ...Description }] }
      : to.includes(':')
        ? { Ipv6Ranges: [{ CidrIpv6: to, ...Description }] }
        : { IpRanges: [{ CidrIp: to, ...Description }] };
  return { IpProtocol: protocol, FromPort: port, ToPort: port, ...side };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const makeRule = (hands: MakingHands, ledger: Ledger, planned: PlannedRule, wanted: NewRule): Promise<Entry> =>
  changeLate(
    ledger,
    { ...planned, kind: 'security-group-rule', undoData: wanted },
    {
      find: () => made(hands, ledger, planned.id),
      make: (entry, isRetry) => authorize(hands, ledger, entry, isRetry, wanted),
    },
  );

async function made(hands: Hands, ledger: Ledger, id: string) {
  const resource = (await look(hands, { Filters: filtersFor({ run: ledger.run, id }) }))?.SecurityGroupRuleId;
  return resource ? { resource } : undefined;
}

async function authorize(hands: MakingHands, ledger: Ledger, entry: Entry, isRetry: boolean, wanted: NewRule) {
  const { id, service, at } = entry;
  const { groupId, to } = wanted;
  try {
    const { SecurityGroupRules = [] } = await hands.ec2SingleTry.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: groupId,
        IpPermissions: [permissionFor(wanted, ruleDescription(service))],
        TagSpecifications: tagged('security-group-rule', { run: ledger.run, service, id }),
      }),
    );
    return { resource: SecurityGroupRules[0]?.SecurityGroupRuleId };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const isDuplicate = codeOf(error) === 'InvalidPermission.Duplicate';
    // The same rule may be ours, of a try whose answer was lost, and not be listed yet.
    const own = isRetry && isDuplicate ? await made(hands, ledger, id) : undefined;
    if (own) return own;
    if (isRetry && isDuplicate && isRecent(ledger, at))
      throw new RetryLater(`whose rule of ${groupId} to ${to} is there is not known yet`, { cause: error });
    if (isDuplicate || !isRetry) await markNotMade(ledger, id);
    const because = `AWS refuses a rule of ${groupId} to ${to} (${error.name}): ${error.message}`;
    const drifted = isGone(error) || isDuplicate;
    throw drifted ? new StateDrifted(because, { cause: error }) : new NotRepairable(because, { cause: error });
  }
}

/** The rule as it is now. `FromPort` and `ToPort` stand in it even where there are none. */
async function look(
  { ec2 }: Hands,
  which: { Filters: { Name: string; Values: string[] }[] } | { SecurityGroupRuleIds: string[] },
): Promise<SecurityGroupRule | undefined> {
  try {
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(which));
    return SecurityGroupRules[0];
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Takes the rule back, unless somebody made another one of it, or another service came to leave through its group. */
export async function undo(hands: Newcomers, ledger: Ledger, entry: Entry): Promise<Undone> {
  const found = await look(
    hands,
    entry.resource
      ? { SecurityGroupRuleIds: [entry.resource] }
      : { Filters: filtersFor({ run: ledger.run, id: entry.id }) },
  );
  const id = found?.SecurityGroupRuleId;
  if (!found || !id) {
    if (mayShowYet(ledger, entry)) return 'going';
    await (entry.resource ? markUndone(ledger, entry.id) : markNotMade(ledger, entry.id));
    return 'settled';
  }
  if (!entry.resource) await markMade(ledger, entry.id, { resource: id });
  const wanted = entry.undoData as NewRule;
  if (!isAsMade(found, wanted)) {
    await markLeft(ledger, entry.id, `${id} of ${wanted.groupId} stays: somebody changed it to ${sentence(found)}`);
    return 'settled';
  }
  const newcomers = await newcomersTo(hands, entry, wanted);
  if (newcomers.length > 0) {
    await markLeft(ledger, entry.id, stays(`${id} of ${wanted.groupId}`, newcomers));
    return 'settled';
  }
  if (!(await isRevoked(hands, wanted.groupId, id)) && mayShowYet(ledger, entry)) return 'going';
  await markUndone(ledger, entry.id);
  return 'settled';
}

/** Who was there before is not told from who came later, where the record does not say. */
const newcomersTo = async (
  hands: Newcomers,
  { service: own, at: since }: Entry,
  { groupId, knownNeighbours: known }: NewRule,
): Promise<string[]> => (known ? newcomersWith(hands, { groupId, own, known, since }) : []);

const otherSide = (rule: SecurityGroupRule): string =>
  rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? '';

const sentence = (rule: SecurityGroupRule): string =>
  `${rule.IpProtocol}/${rule.FromPort}${rule.ToPort === rule.FromPort ? '' : `-${rule.ToPort}`} to ${otherSide(rule)}`;

const isAsMade = (rule: SecurityGroupRule, { groupId, protocol, port, to }: NewRule): boolean =>
  rule.GroupId === groupId &&
  rule.IsEgress === true &&
  rule.IpProtocol === protocol &&
  rule.FromPort === port &&
  rule.ToPort === port &&
  isSame(otherSide(rule), to);

/** EC2 writes a block in a form of its own. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return (
    one === other || (a !== undefined && b !== undefined && a.lo === b.lo && a.hi === b.hi && a.family === b.family)
  );
}

/** False: AWS does not know it, any more or yet. */
async function isRevoked({ ec2 }: Hands, GroupId: string, ruleId: string): Promise<boolean> {
  try {
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [ruleId] }));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    if (!isRefusal(error)) throw error;
    const because = `AWS does not take ${ruleId} of ${GroupId} back (${error.name}): ${error.message}. Remove it by hand`;
    throw new UndoFailed(because, { cause: error });
  }
}
