import type { Cause } from '../domain/cause.ts';
import { databaseUnreachable } from './manual/database.ts';
import { dnsDisabled, endpointClosed } from './manual/endpoint.ts';
import { nobodySaidWhat } from './manual/environment.ts';
import type { ByHand, Guide } from './manual/guide.ts';
import * as network from './manual/network.ts';
import * as providers from './manual/providers.ts';
import * as inside from './manual/service.ts';
import { sesByEndpoint } from './manual/smtp.ts';
import type { Basis, Proposal, Remedy } from './remedy.ts';

const GUIDES: Readonly<Partial<Record<Cause, Guide>>> = {
  'credentials-rejected': providers.credentialsRejected,
  'provider-resource-missing': providers.providerResourceMissing,
  'provider-suspended': providers.providerSuspended,
  'environment-missing': nobodySaidWhat,
  'environment-invalid': nobodySaidWhat,
  'stub-provider': nobodySaidWhat,
  'network-acl-denies': network.networkAclDenies,
  'public-access-blocked': network.publicAccessBlocked,
  'endpoint-closed': endpointClosed,
  'dns-disabled': dnsDisabled,
  'internet-gateway-without-public-address': network.internetGateway,
  'database-unreachable': databaseUnreachable,
  'event-loop-blocked': inside.eventLoopBlocked,
  'deployment-failed': inside.deploymentFailed,
  'stale-deployment': inside.otherImage,
};

/** What only a person can do, told step by step. It changes nothing itself. */
export const manual: Remedy = {
  name: 'manual',
  propose(basis: Basis): readonly Proposal[] {
    const { causes } = basis.diagnosis;
    const told = [...new Set(causes.map(({ cause }) => cause))].flatMap((cause) => {
      const subjects = [...new Set(causes.filter((one) => one.cause === cause).map(({ subject }) => subject))].sort();
      const byHand = GUIDES[cause]?.(basis, subjects);
      return byHand ? [asProposal(byHand, subjects)] : [];
    });
    const mail = sesByEndpoint(basis);
    return mail ? [...told, asProposal(mail.byHand, mail.relays)] : told;
  },
};

const asProposal = (
  { steps, monthlyCostUsd = 0, warnings = [], ...rest }: ByHand,
  fixes: readonly string[],
): Proposal => ({
  ...rest,
  monthlyCostUsd,
  preconditions: [],
  affects: [],
  warnings: [...warnings],
  byHand: steps,
  fixes,
});
