import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  type EC2Client,
  type VpcEndpoint,
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
} from '../../run/ledger.ts';
import { type Newcomers, newcomersIn, stays } from '../network/newcomers.ts';
import type { Undone } from './change.ts';
import { changeLate, mayShowYet } from './late.ts';
import { isGone, isRefusal } from './refusal.ts';
import { clientToken, filtersFor, tagged } from './tags.ts';

export interface Hands {
  readonly ec2: Pick<EC2Client, 'send'>;
}

/** What is asked for; kept for the undo, which tells by it what others added. */
export interface NewEndpoint {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly type: 'Gateway' | 'Interface';
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  /** Services that left by these route tables, or in the VPC, when the plan was made. */
  readonly knownNeighbours: readonly string[];
}

export type PlannedEndpoint = Pick<NewEntry, 'id' | 'service' | 'remedy' | 'target' | 'what' | 'undo'>;

/** The SDK writes states in one case and EC2 in another. */
export const stateOf = ({ State }: Pick<VpcEndpoint, 'State'>): string => (State ?? '').toLowerCase();

const isLeaving = (endpoint: VpcEndpoint): boolean => ['deleting', 'deleted'].includes(stateOf(endpoint));

/**
 * Makes one endpoint; it may still be pending. A service that is asked for with the same token is made once.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
 */
export const makeEndpoint = (
  { ec2 }: Hands,
  ledger: Ledger,
  planned: PlannedEndpoint,
  wanted: NewEndpoint,
): Promise<Entry> =>
  changeLate(
    ledger,
    { ...planned, kind: 'endpoint', undoData: wanted },
    {
      find: async () => {
        const found = await byTags({ ec2 }, ledger, planned.id);
        return found && !isLeaving(found) && found.VpcEndpointId ? { resource: found.VpcEndpointId } : undefined;
      },
      make: async (entry) => {
        try {
          const { VpcEndpoint } = await ec2.send(new CreateVpcEndpointCommand(requestFor(ledger, planned, wanted)));
          return { resource: VpcEndpoint?.VpcEndpointId };
        } catch (error) {
          if (!isRefusal(error)) throw error;
          // A group that this run made a moment ago may not be known everywhere in EC2 yet.
          if (isGone(error) && wanted.groupIds.some((id) => error.message.includes(id)))
            throw new RetryLater(`AWS does not know ${wanted.groupIds.join(', ')} yet`, { cause: error });
          await markNotMade(ledger, entry.id);
          throw refused(error, wanted);
        }
      },
    },
  );

const requestFor = (ledger: Ledger, { id, service }: PlannedEndpoint, wanted: NewEndpoint) => ({
  ClientToken: clientToken(ledger.run, id),
  VpcEndpointType: wanted.type,
  VpcId: wanted.vpcId,
  ServiceName: wanted.serviceName,
  ...(wanted.type === 'Gateway'
    ? { RouteTableIds: [...wanted.routeTableIds] }
    : { SubnetIds: [...wanted.subnetIds], SecurityGroupIds: [...wanted.groupIds], PrivateDnsEnabled: true }),
  TagSpecifications: tagged('vpc-endpoint', { run: ledger.run, service, id }),
});

/** What the plan rests on is gone, or was made by somebody else in the meantime; anything else is AWS's last word. */
function refused(error: Error, { serviceName, vpcId }: NewEndpoint): Error {
  const because = `AWS refuses an endpoint for ${serviceName} in ${vpcId} (${error.name}): ${error.message}`;
  const drifted = isGone(error) || error.name === 'RouteAlreadyExists' || /conflicting DNS domain/i.test(error.message);
  return drifted ? new StateDrifted(because, { cause: error }) : new NotRepairable(because, { cause: error });
}

async function byTags({ ec2 }: Hands, { run }: Ledger, id: string): Promise<VpcEndpoint | undefined> {
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters: filtersFor({ run, id }) }));
  return VpcEndpoints.find((endpoint) => !isLeaving(endpoint)) ?? VpcEndpoints[0];
}

async function byId({ ec2 }: Hands, id: string): Promise<VpcEndpoint | undefined> {
  try {
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return VpcEndpoints[0];
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Deletes the endpoint, unless something else leaves through it by now. Its routes and interfaces go with it. */
export async function undo(hands: Newcomers, ledger: Ledger, entry: Entry): Promise<Undone> {
  const found = await (entry.resource ? byId(hands, entry.resource) : byTags(hands, ledger, entry.id));
  const id = found?.VpcEndpointId;
  if (!found && mayShowYet(ledger, entry)) return 'going';
  if (!found || !id || stateOf(found) === 'deleted') {
    await (entry.resource ? markUndone(ledger, entry.id) : markNotMade(ledger, entry.id));
    return 'settled';
  }
  if (!entry.resource) await markMade(ledger, entry.id, { resource: id });
  if (isLeaving(found)) return 'going';
  const wanted = entry.undoData as NewEndpoint;
  const others = [...addedBy(found, wanted), ...(await newcomersTo(hands, entry, wanted))];
  if (others.length > 0) {
    await markLeft(ledger, entry.id, stays(id, others));
    return 'settled';
  }
  await remove(hands, id);
  return 'going';
}

/** A gateway endpoint serves who obeys its tables, an interface endpoint the whole VPC: its names are private DNS there. */
const newcomersTo = (hands: Newcomers, { service, at }: Entry, wanted: NewEndpoint): Promise<string[]> => {
  const { vpcId, type, routeTableIds, knownNeighbours: known } = wanted;
  return newcomersIn(hands, { vpcId, own: service, known, since: at, ...(type === 'Gateway' && { routeTableIds }) });
};

/** What was attached to it and is not ours. */
function addedBy(found: VpcEndpoint, { routeTableIds, subnetIds, groupIds }: NewEndpoint): string[] {
  const groups = found.Groups?.flatMap(({ GroupId }) => GroupId ?? []);
  const added = (now: readonly string[] = [], ours: readonly string[]) => now.filter((id) => !ours.includes(id));
  return [
    ...added(found.RouteTableIds, routeTableIds),
    ...added(found.SubnetIds, subnetIds),
    ...added(groups, groupIds),
  ];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html: what failed is listed, not thrown. */
async function remove({ ec2 }: Hands, id: string): Promise<void> {
  const failed = (because: string, cause?: unknown) =>
    new UndoFailed(`AWS does not delete ${id}: ${because}. Delete it by hand`, { cause });
  try {
    const { Unsuccessful = [] } = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    const { Code = '', Message = '' } = Unsuccessful[0]?.Error ?? {};
    if (Unsuccessful.length > 0 && !Code.endsWith('.NotFound') && !/Limit|Throttl|Internal|Unavailable/.test(Code))
      throw failed(`${Code} ${Message}`.trim());
  } catch (error) {
    if (isGone(error)) return;
    throw isRefusal(error) ? failed(`${error.name} ${error.message}`, error) : error;
  }
}
