import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ChangeKind } from '../domain/change.ts';
import { type Entry, type Ledger, readLedger } from '../run/ledger.ts';
import { undo as address } from './changes/address.ts';
import type { Undone } from './changes/change.ts';
import { undo as deployment } from './changes/deployment.ts';
import { undo as egress } from './changes/egress.ts';
import { undo as endpoint } from './changes/endpoint.ts';
import { undo as environment } from './changes/environment.ts';
import { undo as natGateway } from './changes/nat-gateway.ts';
import { undo as route } from './changes/route.ts';
import { undo as securityGroup } from './changes/security-group.ts';
import { undo as securityGroupRule } from './changes/security-group-rule.ts';

export interface Hands {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  /** The same, without retries of its own: sends every update at most once. */
  readonly updater: Pick<AppRunnerClient, 'send'>;
  readonly ec2: () => Pick<EC2Client, 'send'>;
  readonly ssm: () => Pick<SSMClient, 'send'>;
}

const WAYS_BACK: Readonly<Record<ChangeKind, (hands: Hands, ledger: Ledger, entry: Entry) => Promise<Undone>>> = {
  egress,
  environment: (hands, ledger, entry) => environment({ ...hands, ssm: hands.ssm() }, ledger, entry),
  deployment,
  route: ({ appRunner, ec2 }, ledger, entry) => route({ appRunner, ec2: ec2() }, ledger, entry),
  address: ({ ec2 }, ledger, entry) => address({ ec2: ec2() }, ledger, entry),
  'nat-gateway': ({ ec2 }, ledger, entry) => natGateway({ ec2: ec2() }, ledger, entry),
  endpoint: ({ appRunner, ec2 }, ledger, entry) => endpoint({ appRunner, ec2: ec2() }, ledger, entry),
  'security-group': ({ ec2 }, ledger, entry) => securityGroup({ ec2: ec2() }, ledger, entry),
  'security-group-rule': ({ appRunner, ec2 }, ledger, entry) =>
    securityGroupRule({ appRunner, ec2: ec2() }, ledger, entry),
};

/**
 * Goes one look further on the way back: newest change first, as far as can be gone without waiting. The change it waits
 * for; undefined when each is undone, was never made, or is left.
 */
export async function undoNewest(hands: Hands, ledger: Ledger): Promise<Entry | undefined> {
  const entries = await readLedger(ledger.table, ledger.run);
  for (const entry of entries.filter(isOpen).reverse()) {
    if ((await WAYS_BACK[entry.kind](hands, ledger, entry)) === 'going') return entry;
  }
  return undefined;
}

/** What was left once may be free by now: it is looked at again. */
const isOpen = ({ state }: Entry) => ['pending', 'made', 'left'].includes(state);
