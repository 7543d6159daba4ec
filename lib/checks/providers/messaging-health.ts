import type { Clock } from '../../clock.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Providers } from '../../domain/profile.ts';
import { redact } from '../../domain/redact.ts';
import { broken, finding, ok, unknown, type Verdict } from './finding.ts';
import { type Asked, getJson, property } from './http.ts';

type Declared = NonNullable<Providers['messagingHealth']>;
type Kind = NonNullable<Declared['kinds']>[number];

const KINDS: readonly Kind[] = ['sms', 'email'];
const CALLED: Readonly<Record<Kind, string>> = { sms: 'SMS', email: 'e-mail' };
const SENDS_NOTHING = /console|stub|log/i;

/** Asks the service itself, through the user's door, which providers it can send with. */
export async function askMessagingHealth(
  declared: Declared,
  around: { readonly url: string; readonly clock: Clock },
): Promise<Finding[]> {
  const asked = around.url
    ? await getJson(around.clock, around.url + declared.path)
    : { unanswered: 'the service has no public URL' };
  return judgeMessagingHealth(asked, declared.kinds);
}

/** One finding per kind that was declared; without a declaration, per kind that the answer lists. */
export function judgeMessagingHealth(asked: Asked, declared: readonly Kind[] | undefined): Finding[] {
  const listed = KINDS.filter((kind) => (listOf(asked, kind)?.length ?? 0) > 0);
  const kinds = declared ?? (listed.length > 0 ? listed : KINDS);
  return [...new Set(kinds)].map((kind) =>
    finding(`${kind}-providers`, judge(kind, asked, listOf(asked, kind), declared !== undefined)),
  );
}

function listOf(asked: Asked, kind: Kind): unknown[] | undefined {
  const list = 'body' in asked ? property(asked.body, `${kind}_providers`) : undefined;
  return Array.isArray(list) ? list : undefined;
}

function judge(kind: Kind, asked: Asked, list: unknown[] | undefined, declared: boolean): Verdict {
  if ('unanswered' in asked) return unknown(`the messaging health was not answered: ${asked.unanswered}`);
  if (!list) {
    return unknown(`the messaging health answered HTTP ${asked.status} without a list of ${CALLED[kind]} providers`);
  }
  if (list.length === 0) {
    return declared
      ? broken('fallback-in-use', `the service lists no ${CALLED[kind]} provider at all`)
      : unknown(`the service lists no ${CALLED[kind]} provider, and the profile does not say whether it needs one`);
  }
  return judgeProviders(CALLED[kind], list.map(read));
}

interface Provider {
  readonly name: string;
  readonly primary: boolean | undefined;
  readonly healthy: boolean | undefined;
  readonly sendsNothing: boolean;
}

/** Every service writes this by hand, so small differences are forgiven; what is not said stays undefined. */
function read(entry: unknown): Provider {
  const name = property(entry, 'name');
  const priority = property(entry, 'priority');
  const healthy = property(entry, 'is_healthy');
  return {
    name: plain(name),
    primary: priority === undefined || priority === null ? undefined : /^(?:primary|1)$/i.test(String(priority)),
    healthy: typeof healthy === 'boolean' ? healthy : undefined,
    sendsNothing: typeof name === 'string' && SENDS_NOTHING.test(name),
  };
}

/** Names come from outside: only what looks like one is repeated. */
const plain = (name: unknown): string =>
  typeof name === 'string' && /^[A-Za-z][\w .-]{0,59}$/.test(name) ? redact(name) : 'one without a plain name';

function judgeProviders(kind: string, providers: readonly Provider[]): Verdict {
  const primaries = providers.filter(({ primary }) => primary);
  const healthy = providers.filter((provider) => provider.healthy);
  const real = healthy.filter(({ sendsNothing }) => !sendsNothing);
  const sending = real.find(({ primary }) => primary);
  if (sending) return ok(`the PRIMARY ${kind} provider, ${sending.name}, is healthy`);
  if (primaries.some((provider) => provider.healthy === undefined && !provider.sendsNothing)) {
    return unknown(`the service does not say whether its PRIMARY ${kind} provider, ${names(primaries)}, is healthy`);
  }
  if (healthy.length > 0 && real.length === 0) {
    return broken(
      'fallback-in-use',
      `the only healthy ${kind} provider is ${names(healthy)}, which sends nothing${down(providers)}`,
    );
  }
  const stub = primaries.find(({ sendsNothing }) => sendsNothing);
  if (stub) return broken('fallback-in-use', `the PRIMARY ${kind} provider is ${stub.name}, which sends nothing`);
  const allDown = providers.every((provider) => provider.healthy === false);
  if (primaries.length === 0 && !allDown && providers.some(({ primary }) => primary === undefined)) {
    return unknown(`the service does not say which ${kind} provider is PRIMARY (${names(providers)})`);
  }
  const instead = healthy.length > 0 ? `${names(healthy)} sends instead` : 'no other is healthy either';
  return broken('fallback-in-use', `no PRIMARY ${kind} provider is healthy${down(providers)}; ${instead}`);
}

const names = (providers: readonly Provider[]) => providers.map(({ name }) => name).join(', ');

function down(providers: readonly Provider[]): string {
  const unhealthy = providers.filter(({ healthy }) => healthy === false);
  return unhealthy.length > 0 ? ` (not healthy: ${names(unhealthy)})` : '';
}
