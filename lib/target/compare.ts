import type { ConfigurationItem } from '../domain/proof.ts';
import type { ServiceConfiguration } from '../domain/service.ts';

/** The service after a switch to egress DEFAULT, held against what it was before. Names things, never values. */
export function compareConfiguration(before: ServiceConfiguration, now: ServiceConfiguration): ConfigurationItem[] {
  const same = (item: string, was: string, is: string): ConfigurationItem => ({
    item,
    ok: was === is,
    because: was === is ? `${is}, as before` : `was ${was}, is ${is}`,
  });
  const names = (list: readonly string[]) => (list.length > 0 ? list.join(', ') : 'none');
  return [
    { item: 'status', ok: now.status === 'RUNNING', because: now.status },
    { item: 'egress', ok: now.egress.type === 'DEFAULT', because: now.egress.type },
    same('source', before.source, now.source),
    same('environment variables', names(before.environmentNames), names(now.environmentNames)),
    same('secrets', names(before.secretNames), names(now.secretNames)),
    same('ingress', before.publiclyAccessible ? 'public' : 'private', now.publiclyAccessible ? 'public' : 'private'),
    same('IP address type', before.ipAddressType, now.ipAddressType),
    {
      item: 'everything else',
      ok: before.fingerprint === now.fingerprint,
      because:
        before.fingerprint === now.fingerprint
          ? 'values of the environment, instance, health check and the rest are as before'
          : 'something else than egress is different from before',
    },
  ];
}

/** Back as it was: the same egress and the same everything else. */
export const isAsBefore = (before: ServiceConfiguration, now: ServiceConfiguration): boolean =>
  before.fingerprint === now.fingerprint &&
  before.egress.type === now.egress.type &&
  before.egress.vpcConnectorArn === now.egress.vpcConnectorArn;
