import type { Cause } from '../domain/cause.ts';
import type { Health, Hop } from '../domain/finding.ts';

/** A hop and, when it stops or hinders the traffic, the cause it stands for. */
export interface Step extends Hop {
  cause?: Cause;
}

export const ok = (kind: string, id: string, because: string): Step => ({ kind, id, status: 'ok', because });
export const unknown = (kind: string, id: string, because: string): Step => ({ kind, id, status: 'unknown', because });
export const broken = (kind: string, id: string, cause: Cause, because: string): Step => ({
  kind,
  id,
  status: 'broken',
  because,
  cause,
});
export const degraded = (kind: string, id: string, cause: Cause, because: string): Step => ({
  kind,
  id,
  status: 'degraded',
  because,
  cause,
});

/** AWS is at work: what is judged now is over in a few minutes. */
export const beingMade = (kind: string, id: string, what: string): Step =>
  unknown(kind, id, `${what} is being made: look again in a few minutes.`);

export interface Way {
  status: Health;
  cause?: Cause;
  steps: Step[];
}

/** What is certain counts more than what could not be seen: a broken hop breaks the way, whatever else is unknown. */
const SEVERITY: readonly Health[] = ['broken', 'degraded', 'unknown', 'ok'];

/** Hops one after the other. The cause is that of the first hop, in the order a packet meets them, that is as bad as the whole. */
export function inSeries(steps: Step[]): Way {
  const status = SEVERITY.find((health) => steps.some((step) => step.status === health)) ?? 'ok';
  const cause =
    status === 'broken' || status === 'degraded' ? steps.find((step) => step.status === status)?.cause : undefined;
  return { status, ...(cause && { cause }), steps };
}

/** Several ways of which the traffic takes now this, now that: all must work. */
export function together(statuses: readonly Health[]): Health {
  const has = (health: Health): boolean => statuses.includes(health);
  if (statuses.length === 0) return 'unknown';
  if (has('degraded')) return 'degraded';
  if (has('broken')) return statuses.every((status) => status === 'broken') ? 'broken' : 'degraded';
  return has('unknown') ? 'unknown' : 'ok';
}

const rank = (status: Health): number => SEVERITY.indexOf(status);

/** Alternatives in one way: the hops of the worst, and one sentence about the rest. */
export function alternatives(ways: readonly Way[], labels: readonly string[], certain: boolean): Way {
  const [first] = ways;
  if (!first) return inSeries([]);
  if (ways.length === 1) return first;
  const worst = ways.reduce((a, b) => (rank(b.status) < rank(a.status) ? b : a), first);
  const all = together(ways.map(({ status }) => status));
  // With an uncertain target one bad alternative among good ones proves nothing.
  const status = !certain && all === 'degraded' && worst.status === 'broken' ? 'unknown' : all;
  // A hop that stops one way among others that work only hinders the whole.
  const steps = worst.steps.map((step) =>
    step.status === 'broken' && status !== 'broken' ? { ...step, status } : step,
  );
  const rest = ways.filter((way) => way.status !== worst.status);
  if (rest.length > 0) {
    const better = labels.filter((_, i) => ways[i]?.status !== worst.status);
    const because = `These hops are the way to a part of the addresses only; the way to ${list(better)} is ${list(rest.map((way) => way.status))}.`;
    steps.push({ kind: 'alternatives', id: list(better), status: 'ok', because });
  }
  return {
    status,
    ...((status === 'broken' || status === 'degraded') && worst.cause && { cause: worst.cause }),
    steps,
  };
}

export const list = (ids: Iterable<string>): string => [...new Set(ids)].sort().join(', ');
