import type { ConfigurationItem } from '../domain/proof.ts';
import type { Egress, ServiceConfiguration } from '../domain/service.ts';
import { fewOf } from '../domain/size.ts';
import type { Effect } from '../run/ledger.ts';

type Names = 'environmentNames' | 'secretNames';

/**
 * The service after changes of these effects, in the order they were made, held against what it was before them. Names
 * things, never values.
 */
export function compareConfiguration(
  before: ServiceConfiguration,
  now: ServiceConfiguration,
  effects: readonly Effect[],
): ConfigurationItem[] {
  const changed = new Set(effects.flatMap(({ environment }) => environment ?? []));
  return [
    { item: 'status', ok: now.status === 'RUNNING', because: now.status },
    compareEgress(now.egress, effects.flatMap(({ egress }) => egress ?? []).at(-1) ?? before.egress),
    same('source', before.source, now.source),
    compareNames('environment variables', 'environmentNames', { before, now, changed }),
    compareNames('secrets', 'secretNames', { before, now, changed }),
    same('ingress', before.publiclyAccessible ? 'public' : 'private', now.publiclyAccessible ? 'public' : 'private'),
    same('IP address type', before.ipAddressType, now.ipAddressType),
    compareEverythingElse(before, now, changed),
  ];
}

const same = (item: string, was: string, is: string): ConfigurationItem => ({
  item,
  ok: was === is,
  because: was === is ? `${is}, as before` : `was ${was}, is ${is}`,
});

const isSameEgress = (a: Egress, b: Egress) => a.type === b.type && a.vpcConnectorArn === b.vpcConnectorArn;

const told = ({ type, vpcConnectorArn }: Egress) => (vpcConnectorArn ? `${type} through ${vpcConnectorArn}` : type);

function compareEgress(now: Egress, expected: Egress): ConfigurationItem {
  const ok = isSameEgress(now, expected);
  return { item: 'egress', ok, because: ok ? told(now) : `is ${told(now)}, and was to be ${told(expected)}` };
}

interface Comparison {
  readonly before: ServiceConfiguration;
  readonly now: ServiceConfiguration;
  /** Names that were set on purpose. */
  readonly changed: ReadonlySet<string>;
}

/** A name that was set on purpose must be there, wherever; of the others none may have come, gone or moved. */
function compareNames(item: string, key: Names, { before, now, changed }: Comparison): ConfigurationItem {
  const others = (configuration: ServiceConfiguration) => configuration[key].filter((name) => !changed.has(name));
  const [was, is] = [others(before), others(now)];
  const gone = was.filter((name) => !is.includes(name));
  const come = is.filter((name) => !was.includes(name));
  const set = now[key].filter((name) => changed.has(name));
  const lost = [...changed].filter((name) => !Object.hasOwn(now.environment, name) && before[key].includes(name));
  const because = [
    ...(gone.length + come.length > 0 ? [] : [`${count(was)}, as before`]),
    ...(gone.length > 0 ? [`no longer there: ${fewOf(gone)}`] : []),
    ...(come.length > 0 ? [`not there before: ${fewOf(come)}`] : []),
    ...(set.length > 0 ? [`set: ${fewOf(set)}`] : []),
    ...(lost.length > 0 ? [`to be set, and gone: ${fewOf(lost)}`] : []),
  ];
  return { item, ok: gone.length + come.length + lost.length === 0, because: because.join('; ') };
}

const count = ({ length }: readonly string[]) => (length === 0 ? 'none' : length === 1 ? '1 name' : `${length} names`);

function compareEverythingElse(
  before: ServiceConfiguration,
  now: ServiceConfiguration,
  changed: Comparison['changed'],
) {
  const names = [...new Set([...Object.keys(before.environment), ...Object.keys(now.environment)])];
  const different = names.filter((name) => !changed.has(name) && before.environment[name] !== now.environment[name]);
  const missing = [...changed].filter((name) => !Object.hasOwn(now.environment, name));
  const isRestSame = before.fingerprint === now.fingerprint;
  const problems = [
    ...(different.length > 0 ? [`another value than before: ${fewOf(different.sort())}`] : []),
    ...(missing.length > 0 ? [`not set: ${fewOf(missing.sort())}`] : []),
    ...(isRestSame ? [] : ['something else than egress and the environment is different from before']),
  ];
  return {
    item: 'everything else',
    ok: problems.length === 0,
    because:
      problems.length === 0
        ? 'values of the environment, instance, health check and the rest are as before'
        : problems.join('; '),
  };
}

/** Back as it was: the same egress, the same environment and the same everything else. */
export const isAsBefore = (before: ServiceConfiguration, now: ServiceConfiguration): boolean =>
  before.fingerprint === now.fingerprint &&
  isSameEgress(before.egress, now.egress) &&
  compareEverythingElse(before, now, new Set()).ok;
