import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { NotRepairable, RetryLater, StateDrifted, UndoFailed } from '../../domain/errors.ts';
import {
  type Entry,
  type Ledger,
  markLeft,
  markMade,
  markNotMade,
  markUndone,
  type NewEntry,
  readLedger,
} from '../../run/ledger.ts';
import type { Undone } from './change.ts';
import { changeLate, mayShowYet } from './late.ts';
import { codeOf, isGone, isRefusal } from './refusal.ts';
import { clientToken, filtersFor, tagged } from './tags.ts';

export interface Hands {
  readonly ec2: Pick<EC2Client, 'send'>;
}

/** A group and who may come in: each of the ports from each of the sources, TCP. */
export interface NewGroup {
  readonly vpcId: string;
  readonly description: string;
  readonly ports: readonly number[];
  readonly cidrs: readonly string[];
  readonly groupIds: readonly string[];
}

export type PlannedGroup = Pick<NewEntry, 'id' | 'service' | 'remedy' | 'target' | 'what' | 'undo'>;

/**
 * A group with its rules: one change, because the rules go when the group goes. A try that was cut short between the two
 * is finished by the next.
 */
export const makeSecurityGroup = (
  hands: Hands,
  ledger: Ledger,
  planned: PlannedGroup,
  wanted: NewGroup,
): Promise<Entry> =>
  changeLate(
    ledger,
    { ...planned, kind: 'security-group', undoData: { vpcId: wanted.vpcId } },
    {
      find: async () => {
        const resource = await byTags(hands, ledger, planned.id);
        if (resource) await letIn(hands, ledger, planned, wanted, resource);
        return resource ? { resource } : undefined;
      },
      make: async (_, isRetry) => {
        const resource = await create(hands, ledger, planned, wanted, isRetry);
        await letIn(hands, ledger, planned, wanted, resource);
        return { resource };
      },
    },
  );

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html knows no client token, but one name is one group of a VPC. */
async function create(
  { ec2 }: Hands,
  ledger: Ledger,
  { id, service }: PlannedGroup,
  wanted: NewGroup,
  isRetry: boolean,
) {
  const { run } = ledger;
  try {
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: `reconnect-${service}-${clientToken(run, id).slice(0, 10)}`,
        Description: wanted.description,
        VpcId: wanted.vpcId,
        TagSpecifications: tagged('security-group', { run, service, id }),
      }),
    );
    return GroupId;
  } catch (error) {
    if (codeOf(error) === 'InvalidGroup.Duplicate')
      throw new RetryLater('the group was made by an earlier try and AWS does not list it yet', { cause: error });
    if (!isRefusal(error)) throw error;
    if (!isRetry) await markNotMade(ledger, id);
    const because = `AWS refuses a security group in ${wanted.vpcId} (${error.name}): ${error.message}`;
    throw isGone(error) ? new StateDrifted(because, { cause: error }) : new NotRepairable(because, { cause: error });
  }
}

async function letIn({ ec2 }: Hands, { run }: Ledger, planned: PlannedGroup, wanted: NewGroup, GroupId: string) {
  const { id, service } = planned;
  try {
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: wanted.ports.map((port) => ({
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          ...(wanted.cidrs.length > 0 && { IpRanges: wanted.cidrs.map((CidrIp) => ({ CidrIp })) }),
          ...(wanted.groupIds.length > 0 && { UserIdGroupPairs: wanted.groupIds.map((from) => ({ GroupId: from })) }),
        })),
        TagSpecifications: tagged('security-group-rule', { run, service, id }),
      }),
    );
  } catch (error) {
    // All of its rules come in one call: when one is there, all are.
    if (codeOf(error) === 'InvalidPermission.Duplicate') return;
    if (codeOf(error) === 'InvalidGroup.NotFound' && !wanted.groupIds.some((from) => String(error).includes(from)))
      throw new RetryLater(`AWS does not know the new group ${GroupId} yet`, { cause: error });
    if (!isRefusal(error)) throw error;
    const because = `AWS refuses the rules of ${GroupId} (${error.name}): ${error.message}`;
    throw isGone(error) ? new StateDrifted(because, { cause: error }) : new NotRepairable(because, { cause: error });
  }
}

async function byTags({ ec2 }: Hands, { run }: Ledger, id: string): Promise<string | undefined> {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: filtersFor({ run, id }) }),
  );
  return SecurityGroups[0]?.GroupId;
}

/** Deletes the group with its rules, unless something else carries it or refers to it by now. */
export async function undo(hands: Hands, ledger: Ledger, entry: Entry): Promise<Undone> {
  const id = entry.resource ?? (await byTags(hands, ledger, entry.id));
  if (!id) {
    if (mayShowYet(ledger, entry)) return 'going';
    await markNotMade(ledger, entry.id);
    return 'settled';
  }
  if (!entry.resource) await markMade(ledger, entry.id, { resource: id });
  try {
    await hands.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
  } catch (error) {
    if (codeOf(error) === 'DependencyViolation') return stillUsed(hands, ledger, entry, id);
    if (isGone(error) && mayShowYet(ledger, entry)) return 'going';
    if (!isGone(error)) {
      if (!isRefusal(error)) throw error;
      const because = `AWS does not delete ${id} (${error.name}): ${error.message}. Delete it by hand`;
      throw new UndoFailed(because, { cause: error });
    }
  }
  await markUndone(ledger, entry.id);
  return 'settled';
}

/** So long a group may be refused for a reason that AWS shows nowhere, after the last endpoint of the run was deleted. */
const PATIENCE_MS = 15 * 60_000;

async function stillUsed(hands: Hands, ledger: Ledger, entry: Entry, id: string): Promise<Undone> {
  const endpoints = (await readLedger(ledger.table, ledger.run)).filter(({ kind }) => kind === 'endpoint');
  const leaving = endpoints.flatMap(({ state, resource }) => (resource && state !== 'left' ? [resource] : []));
  const { NetworkInterfaces = [] } = await hands.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [id] }] }),
  );
  const isLeaving = (description = '') => leaving.some((endpoint) => description.includes(endpoint));
  const carriers = NetworkInterfaces.filter(({ Description }) => !isLeaving(Description));
  const users = [
    ...carriers.map(
      ({ NetworkInterfaceId, Description }) => `${NetworkInterfaceId} (${Description || 'no description'})`,
    ),
    ...(await referring(hands, id)),
  ].sort();
  if (users.length === 0 && (NetworkInterfaces.length > 0 || !isOverdue(ledger, entry, endpoints))) return 'going';
  const who =
    users.length > 0
      ? `${users.join(', ')} ${users.length > 1 ? 'use' : 'uses'} it by now`
      : 'AWS says that something uses it, but not what';
  await markLeft(ledger, entry.id, `${id} stays with its rules: ${who}`);
  return 'settled';
}

function isOverdue({ clock }: Ledger, entry: Entry, endpoints: readonly Entry[]): boolean {
  const since = [entry.at, ...endpoints.flatMap(({ undoneAt }) => undoneAt ?? [])].map((at) => Date.parse(at));
  return clock.now().getTime() - Math.max(...since) > PATIENCE_MS;
}

/** Groups with a rule that names this one: AWS deletes no group that another refers to. */
async function referring({ ec2 }: Hands, id: string): Promise<string[]> {
  const answers = await Promise.all(
    ['ip-permission.group-id', 'egress.ip-permission.group-id'].map((Name) =>
      ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values: [id] }] })),
    ),
  );
  const ids = answers.flatMap(({ SecurityGroups = [] }) => SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []));
  return [...new Set(ids)].filter((other) => other !== id).map((other) => `a rule of ${other}`);
}
