import {
  AuthorizeSecurityGroupEgressCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { NotRepairable, StateDrifted, UndoFailed } from '../../domain/errors.ts';
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
import { change, type Undone } from './change.ts';
import { codeOf, isGone, isRefusal } from './refusal.ts';
import { filtersFor, tagged } from './tags.ts';

export interface Hands {
  readonly ec2: Pick<EC2Client, 'send'>;
}

/** One rule out. */
export interface NewRule {
  readonly groupId: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** A block, a security group (`sg-…`) or a prefix list (`pl-…`). */
  readonly to: string;
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
export const makeRule = (hands: Hands, ledger: Ledger, planned: PlannedRule, wanted: NewRule): Promise<Entry> =>
  change(
    ledger,
    { ...planned, kind: 'security-group-rule', undoData: wanted },
    {
      find: () => made(hands, ledger, planned.id),
      make: () => authorize(hands, ledger, planned, wanted),
    },
  );

async function made(hands: Hands, ledger: Ledger, id: string) {
  const resource = (await look(hands, { Filters: filtersFor({ run: ledger.run, id }) }))?.SecurityGroupRuleId;
  return resource ? { resource } : undefined;
}

async function authorize(hands: Hands, ledger: Ledger, { id, service }: PlannedRule, wanted: NewRule) {
  const { groupId, to } = wanted;
  try {
    const { SecurityGroupRules = [] } = await hands.ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: groupId,
        IpPermissions: [permissionFor(wanted, `reconnect: ${service}`)],
        TagSpecifications: tagged('security-group-rule', { run: ledger.run, service, id }),
      }),
    );
    return { resource: SecurityGroupRules[0]?.SecurityGroupRuleId };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // The same rule may be ours, of a try whose answer was lost.
    const own = codeOf(error) === 'InvalidPermission.Duplicate' ? await made(hands, ledger, id) : undefined;
    if (own) return own;
    await markNotMade(ledger, id);
    const because = `AWS refuses a rule of ${groupId} to ${to} (${error.name}): ${error.message}`;
    const drifted = isGone(error) || codeOf(error) === 'InvalidPermission.Duplicate';
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

/** Takes the rule back, unless somebody made another one of it. */
export async function undo(hands: Hands, ledger: Ledger, entry: Entry): Promise<Undone> {
  const found = await look(
    hands,
    entry.resource
      ? { SecurityGroupRuleIds: [entry.resource] }
      : { Filters: filtersFor({ run: ledger.run, id: entry.id }) },
  );
  const id = found?.SecurityGroupRuleId;
  if (!found || !id) {
    await (entry.resource ? markUndone(ledger, entry.id) : markNotMade(ledger, entry.id));
    return 'settled';
  }
  if (!entry.resource) await markMade(ledger, entry.id, { resource: id });
  const wanted = entry.undoData as NewRule;
  if (!isAsMade(found, wanted)) {
    await markLeft(ledger, entry.id, `${id} of ${wanted.groupId} stays: somebody changed it to ${sentence(found)}`);
    return 'settled';
  }
  await revoke(hands, wanted.groupId, id);
  await markUndone(ledger, entry.id);
  return 'settled';
}

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

async function revoke({ ec2 }: Hands, GroupId: string, ruleId: string): Promise<void> {
  try {
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [ruleId] }));
  } catch (error) {
    if (isGone(error)) return;
    if (!isRefusal(error)) throw error;
    const because = `AWS does not take ${ruleId} of ${GroupId} back (${error.name}): ${error.message}. Remove it by hand`;
    throw new UndoFailed(because, { cause: error });
  }
}
