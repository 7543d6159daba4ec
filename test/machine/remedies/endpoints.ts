import type { ChangeKind } from '../../../lib/domain/change.ts';
import type { Step } from '../../../lib/domain/plan.ts';
import { collectFacts } from '../../../lib/egress/collect.ts';
import { collectOffers } from '../../../lib/egress/offers.ts';
import { type DeclaredDependency, resolveDependencies } from '../../../lib/egress/resolve.ts';
import type { Undone } from '../../../lib/remedies/changes/change.ts';
import { undo as undoEndpoint } from '../../../lib/remedies/changes/endpoint.ts';
import { undo as undoGroup } from '../../../lib/remedies/changes/security-group.ts';
import { undo as undoRule } from '../../../lib/remedies/changes/security-group-rule.ts';
import type { Newcomers } from '../../../lib/remedies/network/newcomers.ts';
import type { Remedy } from '../../../lib/remedies/remedy.ts';
import { weigh } from '../../../lib/remedies/weigh.ts';
import type { Entry, Ledger } from '../../../lib/run/ledger.ts';
import { paths } from '../../../sandbox/network.ts';
import { namesOf } from '../../../sandbox/product.ts';
import { basisOf } from '../../unit/remedies/endpoint-basis.ts';
import { entriesOf, neighboursOf, type Site } from './network.ts';

/** What the remedy proposes for the account as it is now, if it is not blocked. */
export async function stepFor(site: Site, remedy: Remedy, declared: readonly DeclaredDependency[]): Promise<Step> {
  const { ec2, connector, sandbox } = site;
  const { region } = sandbox;
  const { dependencies } = await resolveDependencies(declared, { region, resolver: namesOf(sandbox) });
  const addresses = dependencies.flatMap((dependency) => dependency.addresses ?? []);
  const { subnetIds, securityGroupIds: groupIds } = connector;
  const { facts } = await collectFacts({ ec2 }, { subnetIds, addresses, groupIds, region });
  const services = declared.flatMap(({ aws }) => aws ?? []);
  const { offers: endpointServices } = await collectOffers(ec2, region, services);
  const neighbours = await neighboursOf(site);
  const [weighed] = weigh(remedy, basisOf(facts, dependencies, { connector, region, endpointServices, neighbours }));
  if (!weighed?.proposal.step || weighed.option.blocked) throw new Error(`blocked: ${weighed?.option.because}`);
  const { title, fixes, monthlyCostUsd, minutes, redeploys, security, affects, warnings } = weighed.option;
  const costs = { monthlyCostUsd, minutes, redeploys, security };
  return { remedy: remedy.name, title, ...weighed.proposal.step, fixes, ...costs, affects, warnings, stage: 1 };
}

const WAYS_BACK: Partial<Record<ChangeKind, (hands: Newcomers, ledger: Ledger, entry: Entry) => Promise<Undone>>> = {
  endpoint: undoEndpoint,
  'security-group': undoGroup,
  'security-group-rule': undoRule,
};

export const undoOnce = ({ hands, ledger, sandbox }: Site, entry: Entry): Promise<Undone> => {
  const undo = WAYS_BACK[entry.kind];
  if (!undo) throw new Error(`no way back for ${entry.kind}`);
  return sandbox.clock.working(() => undo(hands, ledger, entry));
};

/** Newest first, and again where AWS failed. */
export async function takeBack(site: Site): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    const open = (await entriesOf(site.ledger)).filter(({ state }) => state === 'pending' || state === 'made');
    const newest = open.at(-1);
    if (!newest) return;
    const going = await undoOnce(site, newest).catch((error: Error) => {
      if (error.name !== 'InternalError') throw error;
      return 'going' as const;
    });
    if (going === 'going') await site.sandbox.clock.sleep(10_000);
  }
  throw new Error('the way back does not end');
}

export const reaches = ({ sandbox, service }: Site, host: string, port = 443): boolean =>
  paths(sandbox.account, service, host, port).every(({ reached }) => reached);

/** One call fails: before it takes effect, or after, when only the answer is lost. */
export const fault = (action: string, after: boolean, skip = 0) => ({
  [action]: { error: 'InternalError', after, skip },
});
