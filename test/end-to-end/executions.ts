import { type ExecutionListItem, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { World } from './world.ts';

/** Every execution of a machine, newest first. */
export async function executionsOf(world: World, stateMachineArn: string): Promise<ExecutionListItem[]> {
  const all: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await world.states.send(new ListExecutionsCommand({ stateMachineArn, nextToken }));
    all.push(...(page.executions ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return all;
}

export const runsOf = (world: World) => executionsOf(world, world.product.stateMachineArn);

/** Waits until nothing runs any more, neither executions nor what they announced. */
export async function settled(world: World): Promise<void> {
  const machines = [world.product.stateMachineArn, world.product.undoStateMachineArn];
  for (;;) {
    await world.product.idle();
    const lists = await Promise.all(machines.map((arn) => executionsOf(world, arn)));
    if (lists.flat().every(({ status }) => status !== 'RUNNING')) break;
    await world.sandbox.clock.sleep(30_000);
  }
  await world.product.idle();
}
