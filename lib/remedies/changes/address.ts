import { type Address, AllocateAddressCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { NotRepairable, UndoFailed } from '../../domain/errors.ts';
import { type Entry, type Ledger, markLeft, markNotMade, markUndone, type NewEntry } from '../../run/ledger.ts';
import { addressById, addressesWhere, type Ec2, natGatewaysWhere } from '../network/look.ts';
import type { Undone } from './change.ts';
import { changeLate, mayShowYet } from './late.ts';
import { codeOf, isThrottled } from './refusal.ts';
import { filtersFor, tagged } from './tags.ts';

const UndoData = z.strictObject({ vpcId: z.string(), subnetId: z.string() });
export type NewAddress = z.infer<typeof UndoData>;

interface MakingHands {
  readonly ec2: Ec2;
  /** The same, without retries of its own: AllocateAddress has no client token, so each try could make one more. */
  readonly ec2SingleTry: Ec2;
}

type Planned = Pick<NewEntry, 'id' | 'service' | 'remedy'>;

/** An Elastic IP address; `resource` is its allocation id. */
export function makeAddress(
  { ec2, ec2SingleTry }: MakingHands,
  ledger: Ledger,
  planned: Planned,
  made: NewAddress,
): Promise<Entry> {
  const { run } = ledger;
  const entry: NewEntry = {
    ...planned,
    kind: 'address',
    target: made.subnetId,
    what: `Elastic IP address for the NAT gateway in ${made.subnetId}`,
    undo: 'the address is released, unless something else has it by then',
    undoData: made,
  };
  return changeLate(ledger, entry, {
    makesAnother: true,
    find: async ({ id }) => {
      const [address] = await addressesWhere(ec2, filtersFor({ run, id }));
      return address && { resource: address.AllocationId };
    },
    make: async ({ id, service }, isRetry) => {
      try {
        const TagSpecifications = tagged('elastic-ip', { run, service, id });
        const { AllocationId } = await ec2SingleTry.send(
          new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications }),
        );
        return { resource: AllocationId };
      } catch (error) {
        if (isThrottled(error) && !isRetry) await markNotMade(ledger, id);
        if (codeOf(error) !== 'AddressLimitExceeded') throw error;
        const because = 'the account has as many Elastic IP addresses as its quota allows: ask AWS for more';
        throw new NotRepairable(because, { cause: error });
      }
    },
  });
}

/** Releases it as soon as its NAT gateway let it go. Left, when something has it that is not on its way out. */
export async function undo({ ec2 }: { readonly ec2: Ec2 }, ledger: Ledger, entry: Entry): Promise<Undone> {
  const addresses = await addressesOf(ec2, ledger, entry);
  if (addresses.length === 0 && mayShowYet(ledger, entry)) return 'going';
  const [held] = addresses.filter(({ AssociationId }) => AssociationId);
  if (held) return whileHeld(ec2, ledger, entry, held);
  for (const { AllocationId } of addresses)
    if (AllocationId && !(await isReleased(ec2, AllocationId, mayShowYet(ledger, entry)))) return 'going';
  const wasMade = entry.state === 'made' || addresses.length > 0;
  await (wasMade ? markUndone(ledger, entry.id) : markNotMade(ledger, entry.id));
  return 'settled';
}

/** By its tags and by its id: whichever a person took away, or a try whose answer was lost left behind. */
async function addressesOf(ec2: Ec2, { run }: Ledger, { id, resource }: Entry): Promise<Address[]> {
  const tagged = await addressesWhere(ec2, filtersFor({ run, id }));
  if (!resource || tagged.some(({ AllocationId }) => AllocationId === resource)) return tagged;
  const known = await addressById(ec2, resource);
  return known ? [...tagged, known] : tagged;
}

async function whileHeld(ec2: Ec2, ledger: Ledger, entry: Entry, address: Address): Promise<Undone> {
  const { vpcId } = z.parse(UndoData, entry.undoData);
  const gateways = await natGatewaysWhere(ec2, [{ Name: 'vpc-id', Values: [vpcId] }]);
  const holder = gateways.find(({ NatGatewayAddresses = [] }) =>
    NatGatewayAddresses.some(
      ({ AllocationId, NetworkInterfaceId }) =>
        AllocationId === address.AllocationId && NetworkInterfaceId === address.NetworkInterfaceId,
    ),
  );
  if (holder && holder.State !== 'available') return 'going';
  const user = holder?.NatGatewayId ?? address.InstanceId ?? address.NetworkInterfaceId ?? address.AssociationId;
  await markLeft(ledger, entry.id, `${address.AllocationId} is the address of ${user}`);
  return 'settled';
}

/** For a while after its NAT gateway is gone EC2 answers as if the address were somebody else's. */
const NOT_YET = ['InvalidIPAddress.InUse', 'AuthFailure'];

async function isReleased(ec2: Ec2, AllocationId: string, isFresh: boolean): Promise<boolean> {
  try {
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
    return true;
  } catch (error) {
    if (codeOf(error) === 'InvalidAllocationID.NotFound') return !isFresh;
    if (NOT_YET.includes(codeOf(error))) return false;
    if (codeOf(error) !== 'UnauthorizedOperation') throw error;
    const because = `AWS does not let this function release ${AllocationId}; release it by hand, it costs money`;
    throw new UndoFailed(because, { cause: error });
  }
}
