import type { EgressConfiguration, NetworkConfiguration } from '@aws-sdk/client-apprunner';
import { StateDrifted } from '../../domain/errors.ts';
import type { Step } from '../../domain/plan.ts';
import type { Egress } from '../../domain/service.ts';
import type { Entry, Ledger } from '../../run/ledger.ts';
import { describe, egressOf } from '../../target/apprunner.ts';
import { updateEgress } from '../../target/update.ts';
import type { Undone } from './change.ts';
import { type AppRunnerHands, changeByOperation, isBegun, undoByUpdate } from './operation.ts';

interface Switch {
  readonly id: string;
  readonly service: string;
  readonly step: Pick<Step, 'remedy' | 'target' | 'undo'>;
  /** What the plan saw. */
  readonly from: Egress;
  readonly to: Egress;
}

const isSame = (a: Egress, b: Egress) => a.type === b.type && a.vpcConnectorArn === b.vpcConnectorArn;

const named = ({ type, vpcConnectorArn }: Egress) => (vpcConnectorArn ? `${type} through ${vpcConnectorArn}` : type);

/** `VpcConnectorArn` must be absent with DEFAULT. */
const asConfiguration = ({ type, vpcConnectorArn }: Egress): EgressConfiguration => ({
  EgressType: type,
  ...(type === 'VPC' && { VpcConnectorArn: vpcConnectorArn }),
});

/** Switches the egress of a service and nothing else. Throws `StateDrifted` when it is not what the plan saw. */
export async function switchEgress(hands: AppRunnerHands, ledger: Ledger, { step, ...wish }: Switch): Promise<Entry> {
  const service = await describe(hands.appRunner, step.target);
  if (!isSame(egressOf(service), wish.from) && !(await isBegun(ledger, wish.id))) {
    throw new StateDrifted(
      `egress of ${step.target} is ${named(egressOf(service))}, and was ${named(wish.from)} when the plan was made; nothing was changed`,
    );
  }
  const current = service.NetworkConfiguration;
  const planned = {
    id: wish.id,
    service: wish.service,
    remedy: step.remedy,
    kind: 'egress',
    target: step.target,
    what: `egress ${wish.from.type} → ${wish.to.type === 'VPC' ? named(wish.to) : wish.to.type}`,
    undo: step.undo,
    undoData: current,
    effect: { egress: wish.to },
  } as const;
  return changeByOperation(hands, ledger, planned, {
    type: 'UPDATE_SERVICE',
    send: () => updateEgress(hands.updater, step.target, current, asConfiguration(wish.to)),
  });
}

/** One look at the way back: the old egress again. What somebody else set since is left. */
export function undo(hands: AppRunnerHands, ledger: Ledger, entry: Entry): Promise<Undone> {
  const before = egressOf({ NetworkConfiguration: entry.undoData as NetworkConfiguration });
  const made = entry.effect?.egress;
  return undoByUpdate(hands, ledger, entry, {
    subject: 'egress',
    look: (service) => {
      const now = egressOf(service);
      if (isSame(now, before)) return { is: 'before' };
      if (made && isSame(now, made)) return { is: 'ours' };
      return { is: 'theirs', because: `egress is ${named(now)} by now, which this run did not set` };
    },
    putBack: (service) =>
      updateEgress(hands.updater, entry.target, service.NetworkConfiguration, asConfiguration(before)),
  });
}
