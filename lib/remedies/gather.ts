import type { AppRunnerClient, Service } from '@aws-sdk/client-apprunner';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { lookUpReference, type Registries } from '../checks/references.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Profile } from '../domain/profile.ts';
import type { WantedEnvironment } from '../domain/request.ts';
import type { ServiceRef } from '../domain/service.ts';
import { collectFacts } from '../egress/collect.ts';
import type { EgressFacts } from '../egress/facts.ts';
import { collectOffers } from '../egress/offers.ts';
import { collectScene, type Eyes, exposureOf, judgeScene, type Scene } from '../egress/scene.ts';
import { readFingerprintKey } from '../run/records.ts';
import type { Table } from '../run/table.ts';
import { configurationOf, describe, environmentOf, recentOperations } from '../target/apprunner.ts';
import { readImage } from '../target/image.ts';
import { listConnectors, listNeighbours, withConnectors } from '../target/region.ts';
import { LIST_PRICES, type Prices } from './prices.ts';
import type { Basis, KnownReference } from './remedy.ts';
import { wantedEnvironment } from './wanted.ts';

export interface Sources extends Eyes, Registries {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly ecr: () => Pick<ECRClient, 'send'>;
  readonly table: Table;
}

export interface Matter {
  readonly run: string;
  readonly service: ServiceRef;
  readonly profile: Profile;
  /** What the request asks for. */
  readonly environment?: WantedEnvironment;
  readonly diagnosis: Diagnosis;
}

/** Looks at everything a plan rests on, now. Looked at again before the repair, equal facts give an equal plan. */
export async function gatherBasis(sources: Sources, matter: Matter): Promise<Basis> {
  const { run, service, profile, diagnosis } = matter;
  const [described, key] = await Promise.all([
    describe(sources.appRunner, service.arn),
    readFingerprintKey(sources.table, run),
  ]);
  const scene = await collectScene(sources, described, profile.dependencies);
  const egress = judgeScene(scene)
    .filter(({ subject }) => scene.dependencies.some(({ name }) => name === subject))
    .map(({ subject, status, cause }) => ({ subject, status, ...(cause && { cause }) }));
  const region = service.arn.split(':')[3] ?? '';
  const isCut = egress.some(({ status }) => status === 'broken');
  const wanted = wantedEnvironment(profile, matter.environment);
  const stale = diagnosis.causes.some(({ cause }) => cause === 'stale-deployment');
  return {
    service,
    configuration: configurationOf(described, key),
    profile,
    wanted,
    prices: pricesOf(profile),
    region,
    egress,
    exposure: exposureOf(scene),
    connector: scene.connector,
    dependencies: scene.dependencies,
    ...(isCut ? await surroundings(sources, service.arn, region, scene) : alone(scene)),
    references: await lookUp(sources, wanted),
    keptIn: referencesOf(described),
    ...(stale && {
      image: await readImage(sources.ecr(), described, await recentOperations(sources.appRunner, service.arn)),
    }),
    diagnosis,
  };
}

const referencesOf = (service: Service): Record<string, string> =>
  Object.fromEntries(
    environmentOf(service).flatMap(({ name, secretReference }) =>
      secretReference === undefined ? [] : [[name, secretReference]],
    ),
  );

const alone = ({ facts }: Scene) => ({ facts, endpointServices: [], neighbours: [], unseen: [], connectors: [] });

/** Who and what else is there; asked for only where a way is cut. */
async function surroundings(sources: Sources, ownArn: string, region: string, scene: Scene) {
  const names = scene.dependencies.flatMap(({ aws }) => aws ?? []);
  const [connectors, others, endpointServices] = await Promise.all([
    listConnectors(sources.appRunner),
    listNeighbours(sources.appRunner, ownArn),
    scene.connector && names.length > 0
      ? collectOffers(sources.ec2(), region, [...new Set(names)].sort()).then(({ offers }) => offers)
      : [],
  ]);
  const unseen = others.unseen.map(({ name }) => name);
  const neighbours = withConnectors(others.neighbours, connectors);
  const facts = scene.connector ? scene.facts : await factsOf(sources, scene, connectors, region);
  return { facts, connectors, neighbours, unseen, endpointServices };
}

/** With egress DEFAULT: the networks that the service could leave through instead. */
async function factsOf(
  { ec2 }: Sources,
  { facts, dependencies }: Scene,
  connectors: readonly { subnetIds: readonly string[] }[],
  region: string,
): Promise<EgressFacts> {
  const subnetIds = connectors.flatMap((connector) => connector.subnetIds);
  if (subnetIds.length === 0) return facts;
  const addresses = dependencies.flatMap((dependency) => dependency.addresses ?? []);
  const seen = await collectFacts({ ec2: ec2() }, { subnetIds, addresses, region });
  return { ...seen.facts, ...(facts.DBInstances && { DBInstances: facts.DBInstances }) };
}

const lookUp = (sources: Registries, { secrets }: WantedEnvironment): Promise<KnownReference[]> =>
  Promise.all(
    [...new Set(Object.values(secrets))].sort().map(async (reference): Promise<KnownReference> => {
      const known = await lookUpReference(sources, reference);
      const because =
        known.state === 'unknown' ? known.because : known.state === 'gone' ? 'it does not exist' : 'it exists';
      return { reference, state: known.state, because };
    }),
  );

function pricesOf({ repair: { prices = {} } }: Profile): Prices {
  return {
    natGatewayHour: prices.natGatewayHour ?? LIST_PRICES.natGatewayHour,
    publicIpv4Hour: prices.publicIpv4Hour ?? LIST_PRICES.publicIpv4Hour,
    interfaceEndpointHour: prices.interfaceEndpointHour ?? LIST_PRICES.interfaceEndpointHour,
  };
}
