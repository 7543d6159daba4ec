import { DescribeVpcEndpointsCommand, type VpcEndpoint } from '@aws-sdk/client-ec2';
import { NotRepairable, OperationStuck } from '../../domain/errors.ts';
import type { Entry, Ledger } from '../../run/ledger.ts';
import { type Hands, stateOf } from '../changes/endpoint.ts';
import { isGone } from '../changes/refusal.ts';
import type { Progress } from '../remedy.ts';

/** Interface endpoints take a minute or two; AWS names no limit. */
const PATIENCE_MS = 20 * 60_000;

/** One look at endpoints that this run made: done when all of them are available. */
export async function lookAtEndpoints({ ec2 }: Hands, { clock }: Ledger, entries: readonly Entry[]): Promise<Progress> {
  const ids = entries.flatMap(({ resource }) => resource ?? []);
  const found = await describe({ ec2 }, ids);
  const failed = found.find((endpoint) => !['pending', 'available'].includes(stateOf(endpoint)));
  if (failed)
    throw new NotRepairable(
      `the endpoint ${failed.VpcEndpointId} for ${failed.ServiceName} is ${stateOf(failed)}${reasonOf(failed)}`,
    );
  const open = ids.filter((id) => !found.some((one) => one.VpcEndpointId === id && stateOf(one) === 'available'));
  if (open.length === 0) return { state: 'done', because: `${ids.join(', ')} available` };
  const waited = clock.now().getTime() - Math.min(...entries.map(({ at }) => Date.parse(at)));
  if (waited > PATIENCE_MS)
    throw new OperationStuck(
      `${open.join(', ')} not available after ${Math.round(waited / 60_000)} minutes: open a case with AWS support`,
    );
  return { state: 'going', because: `${open.join(', ')} not available yet` };
}

const reasonOf = ({ LastError, FailureReason }: VpcEndpoint): string => {
  const reason = [LastError?.Code, LastError?.Message ?? FailureReason].filter(Boolean).join(': ');
  return reason ? ` (${reason})` : '';
};

/** What was made a moment ago may not be known everywhere in EC2 yet. */
async function describe({ ec2 }: Hands, ids: string[]): Promise<VpcEndpoint[]> {
  try {
    return (await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: ids }))).VpcEndpoints ?? [];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
