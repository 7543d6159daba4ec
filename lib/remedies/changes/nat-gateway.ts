import { CreateNatGatewayCommand, DeleteNatGatewayCommand, type NatGateway } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { NotRepairable, UndoFailed } from '../../domain/errors.ts';
import { type Entry, type Ledger, markLeft, markNotMade, markUndone, type NewEntry } from '../../run/ledger.ts';
import { mayShowYet } from '../network/fresh.ts';
import { type Ec2, natGatewayById, natGatewaysWhere, tablesLeadingTo } from '../network/look.ts';
import { change, type Undone } from './change.ts';
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
  return change(ledger, entry, {
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
        if (codeOf(error) !== 'NatGatewayLimitExceeded') throw error;
        const because = `the zone of ${subnetId} has as many NAT gateways as the quota allows: ask AWS for more`;
        throw new NotRepairable(because, { cause: error });
      }
    },
  });
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
  const users = await tablesLeadingTo(ec2, available.NatGatewayId);
  if (users.length > 0) {
    await markLeft(ledger, entry.id, `routes of ${users.join(', ')} lead to ${available.NatGatewayId}`);
    return 'settled';
  }
  await remove(ec2, available.NatGatewayId);
  return 'going';
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
