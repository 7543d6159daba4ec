import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Finding } from '../domain/finding.ts';
import type { Option, Place, RemedyName, Step } from '../domain/plan.ts';
import type { Profile } from '../domain/profile.ts';
import type { WantedEnvironment } from '../domain/request.ts';
import type { ServiceConfiguration, ServiceRef } from '../domain/service.ts';
import type { EgressConnector, EgressDependency, EgressFacts } from '../egress/facts.ts';
import type { Exposure } from '../egress/privacy.ts';
import type { Prices } from './prices.ts';

/** Another service of the account and region, and where it leaves. */
export interface Neighbour {
  readonly name: string;
  readonly connector: EgressConnector;
}

/** A connector of the account and region that a service could leave through. */
export interface Connector extends EgressConnector {
  readonly arn: string;
}

/** What AWS offers as a VPC endpoint in this region, for one service and type. */
export interface EndpointService {
  /** For example `com.amazonaws.us-east-1.s3`. */
  readonly serviceName: string;
  readonly type: 'Gateway' | 'Interface';
  /** Names of the availability zones that it can be had in. */
  readonly zones: readonly string[];
  /** The names that its private DNS answers for; may begin with `*.`. */
  readonly privateDnsNames: readonly string[];
}

/** What a variable of the service could be set to refer to: looked up, never read. */
export interface KnownReference {
  readonly reference: string;
  readonly state: 'there' | 'gone' | 'unknown';
  readonly because: string;
}

/** The image that the tag of the service names now, as far as it can be seen. */
export interface ImageFacts {
  readonly identifier: string;
  readonly digest?: string;
  /** ISO 8601. */
  readonly pushedAt?: string;
  /** When the deployment that runs began. */
  readonly deployedAt?: string;
  /** Why it could not be looked at. */
  readonly unseen?: string;
}

/** What a plan rests on: when any of it is different at the time of the repair, the plan is void. */
export interface Basis {
  readonly service: ServiceRef;
  readonly configuration: ServiceConfiguration;
  readonly profile: Profile;
  readonly wanted: WantedEnvironment;
  readonly prices: Prices;
  readonly region: string;
  /** The ways as judged now; one per dependency. */
  readonly egress: readonly Pick<Finding, 'subject' | 'status' | 'cause'>[];
  readonly exposure: readonly Exposure[];
  /** Null: egress is DEFAULT. */
  readonly connector: EgressConnector | null;
  readonly dependencies: readonly EgressDependency[];
  /**
   * The network as it is, whole for the VPC of the connector (with egress DEFAULT: for the VPCs of all `connectors`).
   * Empty lists are truly empty, missing ones were not seen.
   */
  readonly facts: EgressFacts;
  readonly endpointServices: readonly EndpointService[];
  /** Services other than this one. */
  readonly neighbours: readonly Neighbour[];
  /** Names of other services that may not be described: whether they share the network is not known. */
  readonly unseen?: readonly string[];
  /** Connectors of the region that are ACTIVE. */
  readonly connectors: readonly Connector[];
  readonly references: readonly KnownReference[];
  /** What each secret of the service refers to now, by the name of its variable: where it is kept, never what it is. */
  readonly keptIn?: Readonly<Record<string, string>>;
  readonly image?: ImageFacts;
  readonly diagnosis: Pick<Diagnosis, 'findings' | 'causes' | 'probes' | 'healthy'>;
}

/**
 * What one remedy would do here. It is blocked when a precondition is not met or not known, or when it would fix
 * nothing; the planner says so.
 */
export interface Proposal
  extends Pick<
    Option,
    | 'title'
    | 'monthlyCostUsd'
    | 'minutes'
    | 'redeploys'
    | 'security'
    | 'reversible'
    | 'preconditions'
    | 'affects'
    | 'warnings'
  > {
  readonly byHand?: readonly string[];
  /** What it would mean that a precondition is not met, or not known: said once before the reasons. */
  readonly otherwise?: { readonly no: string; readonly unknown: string };
  readonly step?: Pick<Step, 'target' | 'changes' | 'undo' | 'details'>;
  /** What it would bring back, where the network does not say. */
  readonly fixes?: readonly string[];
  /** The network as it would be after it: the judge says what that brings back, and whether it takes anything away. */
  readonly after?: EgressFacts;
}

/** A kind of repair, as the planner sees it: pure. An empty list: it has nothing to do with what is broken here. */
export interface Remedy {
  readonly name: RemedyName;
  propose(basis: Basis): readonly Proposal[];
}

/** What came of one call of `apply`. `going`: call again, or watch the operation of App Runner. */
export interface Progress {
  readonly state: 'going' | 'done';
  readonly operationId?: string;
  readonly because: string;
}

/** The id of a change in the ledger: unique in the run, ordered as they are made. `nn` from 1. */
export const changeId = ({ round, index }: Place, nn: number): string =>
  `${round}.${index + 1}.${String(nn).padStart(3, '0')}`;
