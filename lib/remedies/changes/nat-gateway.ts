import { CreateNatGatewayCommand, DeleteNatGatewayCommand, type NatGateway } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { NotRepairable, RetryLater, UndoFailed } from '../../domain/errors.ts';
import {
  type Entry,
  type Ledger,
  markLeft,
  markNotMade,
  markUndone,
  type NewEntry,
  readLedger,
} from '../../run/ledger.ts';
import { firstAt } from '../../run/once.ts';
import { type Ec2, natGatewayById, natGatewaysWhere, routesLeadingTo } from '../network/look.ts';
import type { Undone } from './change.ts';
import { changeLate, isRecent, mayShowYet } from './late.ts';
import { codeOf } from './refusal.ts';
import { clientToken, filtersFor, tagged } from './tags.ts';

const UndoData = z.strictObject({ subnetId: z.string(), allocationId: z.string() });
export type NewNatGateway = z.infer<typeof UndoData>;

interface Hands {
  readonly ec2: Ec2;
}

type Planned = Pick<NewEntry, 'id' | 'service' | 'remedy'>;

/**
 * A public, zonal NAT gateway; `resource` is its id, and it is pending for a minute or two.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
 */
export function makeNatGateway({ ec2 }: Hands, ledger: Ledger, planned: Planned, made: NewNatGateway): Promise<Entry> {
  const { subnetId, allocationId } = made;
  const { run } = ledger;
  const entry: NewEntry = {
    ...planned,
    kind: 'nat-gateway',
    target: subnetId,
    what: `public NAT gateway in ${subnetId} with the address ${allocationId}`,
    undo: 'the NAT gateway is deleted, unless another route leads to it by then',
    undoData: made,
  };
  return changeLate(ledger, entry, {
    // The token finds it: AWS answers a second request with the gateway of the first.
    find: async () => undefined,
    make: async ({ id, service }) => {
      try {
        const { NatGateway } = await ec2.send(
          new CreateNatGatewayCommand({
            SubnetId: subnetId,
            AllocationId: allocationId,
            ConnectivityType: 'public',
            ClientToken: clientToken(run, id),
            TagSpecifications: tagged('natgateway', { run, service, id }),
          }),
        );
        return { resource: NatGateway?.NatGatewayId };
      } catch (error) {
        if (UNKNOWN_ADDRESS.includes(codeOf(error)) && (await isNew(ledger, allocationId)))
          throw new RetryLater(`AWS does not know the new address ${allocationId} yet`, { cause: error });
        if (codeOf(error) !== 'NatGatewayLimitExceeded') throw error;
        const because = `the zone of ${subnetId} has as many NAT gateways as the quota allows: ask AWS for more`;
        throw new NotRepairable(because, { cause: error });
      }
    },
  });
}

/** It answers with the one and documents the other. */
const UNKNOWN_ADDRESS = ['InvalidElasticIpID.NotFound', 'InvalidAllocationID.NotFound'];

async function isNew(ledger: Ledger, allocationId: string): Promise<boolean> {
  const made = (await readLedger(ledger.table, ledger.run)).find(({ resource }) => resource === allocationId);
  return made !== undefined && mayShowYet(ledger, made);
}

/** One look, one call further: a gateway takes about a minute to go. Left, when a route leads to it that is not of this run. */
export async function undo({ ec2 }: Hands, ledger: Ledger, entry: Entry): Promise<Undone> {
  const gateways = await gatewaysOf(ec2, ledger, entry);
  if (gateways.length === 0) {
    if (mayShowYet(ledger, entry)) return 'going';
    await (entry.state === 'made' ? markUndone(ledger, entry.id) : markNotMade(ledger, entry.id));
    return 'settled';
  }
  const there = gateways.filter(({ State = '' }) => !['deleted', 'failed'].includes(State));
  if (there.length === 0) {
    await markUndone(ledger, entry.id);
    return 'settled';
  }
  // What is still being made is not deleted half-way: it is available or failed soon.
  const [available] = there.filter(({ State }) => State === 'available');
  if (!available?.NatGatewayId) return 'going';
  const users = await tablesOn(ec2, ledger, available.NatGatewayId);
  if (users.length > 0) {
    if (await isNewlySeen(ledger, available.NatGatewayId)) return 'going';
    await markLeft(ledger, entry.id, `routes of ${users.join(', ')} lead to ${available.NatGatewayId}`);
    return 'settled';
  }
  await remove(ec2, available.NatGatewayId);
  return 'going';
}

/** The tables that lead to it. EC2 may still list a route that this run took back a moment ago. */
async function tablesOn(ec2: Ec2, ledger: Ledger, natGatewayId: string): Promise<string[]> {
  const entries = await readLedger(ledger.table, ledger.run);
  const gone = entries.flatMap(({ kind, undoneAt, undoData }) =>
    kind === 'route' && undoneAt && isRecent(ledger, undoneAt) ? [z.parse(Destination, undoData)] : [],
  );
  const isGone = (route: z.infer<typeof Destination>) =>
    gone.some((one) => one.routeTableId === route.routeTableId && one.destination === route.destination);
  const routes = (await routesLeadingTo(ec2, natGatewayId)).filter((route) => !isGone(route));
  return [...new Set(routes.map(({ routeTableId }) => routeTableId))].sort();
}

const Destination = z.object({ routeTableId: z.string(), destination: z.string() });

/** What uses it may only seem to: it is left when that is still so a minute later. */
const USED_FOR_SECONDS = 60;

async function isNewlySeen({ table, run, clock }: Ledger, natGatewayId: string): Promise<boolean> {
  const now = clock.now();
  const since = await firstAt(table, run, `used ${natGatewayId}`, now.toISOString());
  return now.getTime() - Date.parse(since) < USED_FOR_SECONDS * 1000;
}

async function gatewaysOf(ec2: Ec2, { run }: Ledger, { id, resource }: Entry): Promise<NatGateway[]> {
  const known = resource && (await natGatewayById(ec2, resource));
  return known ? [known] : natGatewaysWhere(ec2, filtersFor({ run, id }));
}

async function remove(ec2: Ec2, NatGatewayId: string): Promise<void> {
  try {
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
  } catch (error) {
    if (codeOf(error) === 'NatGatewayNotFound') return;
    if (codeOf(error) !== 'UnauthorizedOperation') throw error;
    const because = `AWS does not let this function delete ${NatGatewayId}; delete it by hand, it costs money`;
    throw new UndoFailed(because, { cause: error });
  }
}
