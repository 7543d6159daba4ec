import type { Clock } from '../clock.ts';
import type { ProbeResult } from '../domain/diagnosis.ts';
import type { Finding } from '../domain/finding.ts';
import type { Expectation, Probe, Reference } from '../domain/profile.ts';
import type { Wrote } from './probe-log.ts';

export interface Door {
  /** The user's door, without a slash at the end. */
  readonly url: string;
  readonly clock: Clock;
  /** Reads what a probe may not carry in the open. */
  readonly reveal: (reference: Reference) => Promise<string>;
  /** False when this request was sent before and must not be sent again. */
  readonly maySend: (probe: Probe) => Promise<boolean>;
  /** What the application wrote to its log since then. */
  readonly wrote?: (expected: NonNullable<Expectation['log']>, from: string) => Promise<Wrote>;
}

const LONGEST_ANSWER = 64 * 1024;

/** Sends the probes in order; after the first that fails the rest are not sent. */
export async function runProbes(probes: readonly Probe[], door: Door): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const probe of probes) {
    const failed = results.find(({ ok }) => !ok);
    results.push(
      failed ? notSent(probe, door, `not sent, because ${failed.label} failed`) : await sendOnce(probe, door),
    );
  }
  return results;
}

const isIdempotent = ({ method }: Probe) => method === 'GET' || method === 'HEAD';

/** What the service needs to warm up: a request that changes nothing is tried again when it failed quickly. */
const TRIES = 3;
const PAUSE_MS = 5000;

/**
 * Requests that change something are sent once per phase, even when the step that sends them is retried. What they
 * refer to is read before that is noted down, so that a request that never left does not count as sent.
 */
async function sendOnce(probe: Probe, door: Door): Promise<ProbeResult> {
  const body = await revealBody(probe, door);
  if ('unreadable' in body) return notSent(probe, door, `not sent: ${body.unreadable}`);
  if (isIdempotent(probe)) return sendPatiently(probe, door, TRIES);
  if (await door.maySend(probe)) return send(probe, door, body.value);
  return notSent(probe, door, 'not sent again: it was sent before, and its answer was lost');
}

async function sendPatiently(probe: Probe, door: Door, tries: number): Promise<ProbeResult> {
  const result = await send(probe, door, undefined);
  if (result.ok || result.hung || tries <= 1) return result;
  await door.clock.sleep(PAUSE_MS);
  return sendPatiently(probe, door, tries - 1);
}

const notSent = (probe: Probe, door: Pick<Door, 'clock'>, because: string): ProbeResult => ({
  ...named(probe, door),
  ok: false,
  sent: false,
  seconds: 0,
  because,
});

const named = (probe: Probe, door: Pick<Door, 'clock'>) => ({
  name: probe.name,
  label: probe.label ?? probe.name,
  at: door.clock.now().toISOString(),
});

/** One request through the user's door, whatever was sent before. */
export async function sendProbe(probe: Probe, door: Omit<Door, 'maySend'>): Promise<ProbeResult> {
  const body = await revealBody(probe, door);
  if ('unreadable' in body) return notSent(probe, door, `not sent: ${body.unreadable}`);
  return send(probe, door, body.value);
}

/** Answers carry tokens: nothing of them is kept but whether they fit. */
async function send(probe: Probe, door: Pick<Door, 'url' | 'clock' | 'wrote'>, body: unknown): Promise<ProbeResult> {
  const started = named(probe, door);
  const deadline = door.clock.deadline(probe.timeoutSeconds * 1000);
  const elapsed = () => (door.clock.now().getTime() - Date.parse(started.at)) / 1000;
  try {
    const answer = await fetch(door.url + probe.path, {
      method: probe.method,
      redirect: 'manual',
      signal: deadline.signal,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = (await answer.text()).slice(0, LONGEST_ANSWER);
    const seconds = elapsed();
    const fits = mismatch(probe.expect, answer.status, text) ?? tooSlow(probe, seconds);
    const { log } = probe.expect;
    const { wrong, unsure } = fits || !log || !door.wrote ? { wrong: fits } : await door.wrote(log, started.at);
    const remark = probe.expectUnderSeconds !== undefined && seconds > probe.expectUnderSeconds;
    return {
      ...started,
      ok: wrong === undefined,
      sent: true,
      ...(unsure && { unsure }),
      ...(answer.status === 504 && { hung: true }),
      status: answer.status,
      seconds,
      because:
        wrong ??
        `answered ${answer.status} as expected${remark ? `, slower than the usual ${probe.expectUnderSeconds} s` : ''}`,
    };
  } catch (error) {
    const because = deadline.signal.aborted
      ? `no answer within ${probe.timeoutSeconds} s`
      : `no connection: ${networkCode(error)}`;
    return {
      ...started,
      ok: false,
      sent: true,
      ...(deadline.signal.aborted && { hung: true }),
      seconds: elapsed(),
      because,
    };
  } finally {
    deadline.clear();
  }
}

type Body = { readonly value: Record<string, unknown> | undefined } | { readonly unreadable: string };

/** Throws `RetryLater` where AWS is only busy; whatever else cannot be read is told by its reference. */
async function revealBody({ body }: Probe, { reveal }: Pick<Door, 'reveal'>): Promise<Body> {
  if (!body) return { value: undefined };
  try {
    const entries = Object.entries(body).map(async ([key, value]) => {
      const isReference = value !== null && typeof value === 'object';
      return [key, isReference ? await reveal(value) : value] as const;
    });
    return { value: Object.fromEntries(await Promise.all(entries)) };
  } catch (error) {
    if (error instanceof Error && error.name === 'NotRepairable') return { unreadable: error.message };
    throw error;
  }
}

/** `fetch` hides the network error in `cause`: only its code is told, because messages may quote addresses. */
function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause && typeof cause === 'object' && 'code' in cause ? String(cause.code) : 'the request failed';
}

const tooSlow = (probe: Probe, seconds: number): string | undefined =>
  probe.acceptUnderSeconds !== undefined && seconds > probe.acceptUnderSeconds
    ? `answered only after ${seconds.toFixed(1)} s, accepted are ${probe.acceptUnderSeconds} s`
    : undefined;

/** What about the answer is not as expected; undefined when it fits. Names keys, never their values. */
function mismatch(expect: Expectation, status: number, text: string): string | undefined {
  if (status !== expect.status) return `answered ${status}, expected ${expect.status}`;
  if (!expect.json && !expect.present) return undefined;
  const answer = parseJson(text);
  if (answer === undefined) return 'answered something that is no JSON';
  const different = Object.entries(expect.json ?? {}).find(([key, value]) => !contains(property(answer, key), value));
  if (different) return `the answer’s ${JSON.stringify(different[0])} is not as expected`;
  const missing = expect.present?.find((key) => property(answer, key) === undefined);
  return missing === undefined ? undefined : `the answer has no ${JSON.stringify(missing)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const property = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** Every key of `expected` is in `actual` with an equal value; lists are compared whole. */
function contains(actual: unknown, expected: unknown): boolean {
  if (expected === null || typeof expected !== 'object') return actual === expected;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, at) => contains(actual[at], item))
    );
  }
  return Object.entries(expected).every(([key, value]) => contains(property(actual, key), value));
}

/**
 * What the probes say together. `failed`: the user gets a wrong answer. `unsure`: something could not be sent or looked
 * at, which says nothing about the service.
 */
export function stateOf(results: readonly ProbeResult[]): 'passed' | 'failed' | 'unsure' {
  if (results.some(({ sent, ok, unsure }) => sent && !ok && !unsure)) return 'failed';
  return results.length > 0 && results.every(({ ok }) => ok) ? 'passed' : 'unsure';
}

/** Something that did not work before works now: without that, a pass proves no repair. */
export const provesRepair = (before: readonly ProbeResult[], after: readonly ProbeResult[]): boolean =>
  after.some(({ name, ok }) => ok && before.some((earlier) => earlier.name === name && !earlier.ok));

/** What a probe says about the service; a probe that was not sent says nothing. */
export const probeFinding = (result: ProbeResult): Finding => ({
  id: `probes:${result.name}`,
  check: 'probes',
  subject: result.name,
  status: result.ok ? 'ok' : result.sent && !result.unsure ? 'broken' : 'unknown',
  because: `${result.label}: ${result.because}${result.sent ? ` (${result.seconds.toFixed(1)} s)` : ''}`,
  evidence: [],
});
