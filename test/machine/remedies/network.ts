import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ChangeKind } from '../../../lib/domain/change.ts';
import type { Place, Step } from '../../../lib/domain/plan.ts';
import { collectFacts } from '../../../lib/egress/collect.ts';
import type { EgressConnector } from '../../../lib/egress/facts.ts';
import { undo as undoAddress } from '../../../lib/remedies/changes/address.ts';
import type { Undone } from '../../../lib/remedies/changes/change.ts';
import { undo as undoNatGateway } from '../../../lib/remedies/changes/nat-gateway.ts';
import { undo as undoRoute } from '../../../lib/remedies/changes/route.ts';
import type { Ec2 } from '../../../lib/remedies/network/look.ts';
import type { Newcomers } from '../../../lib/remedies/network/newcomers.ts';
import type { Basis, Neighbour, Progress, Proposal, Remedy } from '../../../lib/remedies/remedy.ts';
import { type Entry, type Ledger, readLedger } from '../../../lib/run/ledger.ts';
import { listConnectors, listNeighbours, withConnectors } from '../../../lib/target/region.ts';
import type { Account } from '../../../sandbox/account.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import { basisOf } from '../../unit/remedies/network.ts';
import { type Box, sandboxOf } from '../sandbox/support.ts';

export const PLACE: Place = { run: 'run-1', service: 'app', round: 1, index: 0 };

/** Somewhere on the internet. */
const OUT = { name: 'out', addresses: ['54.210.14.9'], port: 443, protocol: 'tcp' } as const;

export interface Site extends Box {
  readonly ledger: Ledger;
  readonly hands: Newcomers & { readonly ec2SingleTry: Ec2; readonly ledger: Ledger };
  readonly connector: EgressConnector;
}

/** An account with the book of a run in it; `change` makes it what it is before anything else looks. */
export async function siteOf(scenario: string, change: (account: Account) => void = () => {}): Promise<Site> {
  const box = await sandboxOf(scenario);
  const { sandbox, dynamoDb, ec2, appRunner } = box;
  box.service.ServiceName = PLACE.service;
  change(sandbox.account);
  const [connector] = sandbox.account.apprunner.connectors;
  const ledger: Ledger = {
    table: { client: DynamoDBDocumentClient.from(dynamoDb), name: 'reconnect' },
    run: PLACE.run,
    clock: sandbox.clock,
  };
  return {
    ...box,
    ledger,
    hands: { ec2, ec2SingleTry: ec2, appRunner, ledger },
    connector: { subnetIds: connector?.Subnets ?? [], securityGroupIds: connector?.SecurityGroups ?? [] },
  };
}

/** The other services of the account, as a plan sees them. */
export async function neighboursOf({ appRunner, arn }: Box): Promise<Neighbour[]> {
  return withConnectors((await listNeighbours(appRunner, arn)).neighbours, await listConnectors(appRunner));
}

/** A service that is made after the plan: it leaves through a connector of its own in this subnet. */
export function addService({ sandbox, service }: Box, name: string, subnetId: string): void {
  const { apprunner } = sandbox.account;
  const [connector] = apprunner.connectors;
  const VpcConnectorArn = `${connector?.VpcConnectorArn}-${name}`;
  apprunner.connectors.push({ ...must(connector), VpcConnectorArn, Subnets: [subnetId] });
  const other = structuredClone({ ...service, ServiceName: name, ServiceArn: `${service.ServiceArn}-${name}` });
  other.running.NetworkConfiguration.EgressConfiguration = { EgressType: 'VPC', VpcConnectorArn };
  apprunner.services.push(other);
}

/** EC2 that gives these answers late: so many looks see what `before` makes of them; nothing, unless told. */
export function lateEc2(ec2: Ec2, look: string, looks = 3, before: (answer: object) => object = () => ({})): Ec2 {
  let left = looks;
  const send = async (command: object) => {
    const isBlind = command.constructor.name === `${look}Command` && left-- > 0;
    const answer = async () => ec2.send(command as never) as Promise<object>;
    return isBlind ? before(await answer().catch(() => ({}))) : answer();
  };
  return { send: send as unknown as Ec2['send'] };
}

/** What the remedy proposes for the account as it is now. */
export async function stepFor(site: Site, remedy: Remedy, more: Partial<Basis> = {}): Promise<Step> {
  const { ec2, connector } = site;
  const { facts } = await collectFacts({ ec2 }, { subnetIds: connector.subnetIds });
  const [proposal] = remedy.propose(
    basisOf(facts, {
      connector,
      dependencies: [{ ...OUT, addresses: [...OUT.addresses] }],
      neighbours: await neighboursOf(site),
      ...more,
    }),
  );
  if (!proposal?.step) throw new Error(`nothing to do: ${JSON.stringify(proposal?.preconditions)}`);
  return asStep(remedy, proposal, proposal.step);
}

const asStep = (remedy: Remedy, { title, monthlyCostUsd }: Proposal, step: NonNullable<Proposal['step']>): Step => ({
  remedy: remedy.name,
  title,
  ...step,
  fixes: [],
  monthlyCostUsd,
  minutes: 1,
  redeploys: false,
  security: '',
  affects: [],
  warnings: [],
  stage: 1,
});

/** Calls until it is done, as the state machine does. Time stands nearly still while a call works, however slow the machine. */
export async function finish({ sandbox }: Site, call: () => Promise<Progress>): Promise<Progress> {
  for (let looks = 0; looks < 100; looks++) {
    const progress = await sandbox.clock.working(call);
    if (progress.state === 'done') return progress;
    await sandbox.clock.sleep(15_000);
  }
  throw new Error('it is never done');
}

const WAYS_BACK: Partial<Record<ChangeKind, (hands: Newcomers, ledger: Ledger, entry: Entry) => Promise<Undone>>> = {
  address: undoAddress,
  'nat-gateway': undoNatGateway,
  route: undoRoute,
};

/** Newest first, one entry at a time, and again where AWS failed. */
export async function takeBack({ sandbox, hands, ledger }: Site): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    const open = (await entriesOf(ledger)).filter(({ state }) => state === 'pending' || state === 'made');
    const newest = open.at(-1);
    if (!newest) return;
    const undo = async () => WAYS_BACK[newest.kind]?.(hands, ledger, newest);
    const going = await sandbox.clock.working(undo).catch((error: Error) => {
      if (error.name !== 'InternalError') throw error;
      return 'going' as const;
    });
    if (going === 'going') await sandbox.clock.sleep(10_000);
  }
  throw new Error('the way back does not end');
}

export const entriesOf = ({ table, run }: Ledger): Promise<Entry[]> => readLedger(table, run);

export const statesOf = async (ledger: Ledger) =>
  (await entriesOf(ledger)).map(({ kind, state }) => `${kind} ${state}`);

const GONE = ['deleted', 'failed'];

/** The network as traffic meets it: AWS lists gateways that are gone for an hour, and a dead default route carries nothing. */
export function networkOf(sandbox: Sandbox): unknown {
  const { ec2 } = sandbox.snapshot() as Pick<Account, 'ec2'>;
  return {
    ...ec2,
    natGateways: ec2.natGateways.filter(({ State = '' }) => !GONE.includes(State)),
    routeTables: ec2.routeTables.map(({ Routes = [], ...table }) => ({
      ...table,
      Routes: Routes.filter((route) => route.State !== 'blackhole' || route.DestinationCidrBlock !== '0.0.0.0/0'),
    })),
  };
}

export const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the account has no such thing');
  return value;
};
