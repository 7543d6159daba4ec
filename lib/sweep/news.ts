import type { Finding } from '../domain/finding.ts';

/** Something that was seen broken: as small as it can be told. */
export interface Seen {
  readonly id: string;
  readonly subject: string;
  readonly because: string;
}

/** One look at a service. */
export interface Look {
  readonly broken: readonly Seen[];
  /** Ids of what could not be looked at this time. */
  readonly unknown: readonly string[];
}

/** What one service may put into the table and into a message. */
const MOST = 50;
const LONGEST = 300;

/** A whole part that could not be looked at is news like what is broken: its other findings are missing. */
export function asLook(findings: readonly Finding[]): Look {
  const unknown = findings.filter(({ status }) => status === 'unknown');
  const parts = unknown.filter(({ id }) => isPart(id));
  const told = [...parts, ...findings.filter(({ status }) => status === 'broken')];
  return {
    broken: told
      .slice(0, MOST)
      .map(({ id, subject, because }) => ({ id, subject, because: because.slice(0, LONGEST) })),
    unknown: [...new Set([...parts, ...unknown])].slice(0, MOST).map(({ id }) => id),
  };
}

const ALL = ':all';
const isPart = (id: string) => id.endsWith(ALL);
const partOf = (id: string) => `${id.split(':')[0]}${ALL}`;

const LOOKED: Seen['id'] = 'sweep:looked';

/** A service that could not be looked at at all is news too, once. */
export const unseen = (because: string): Look => ({
  broken: [{ id: LOOKED, subject: 'the sweep itself', because: `could not look: ${because.slice(0, LONGEST)}` }],
  unknown: [],
});

/**
 * What is broken now and was not at the last sweep, and what is to be remembered: what could not be looked at this time
 * stays as it was last seen, so that it is not told again.
 */
export function compare(last: readonly Seen[], now: Look): { readonly news: Seen[]; readonly remember: Seen[] } {
  const before = new Set(last.map(({ id }) => id));
  const current = new Set(now.broken.map(({ id }) => id));
  const isUnknown = (id: string) =>
    current.has(LOOKED) ? id !== LOOKED : now.unknown.includes(id) || now.unknown.includes(partOf(id));
  return {
    news: now.broken.filter(({ id }) => !before.has(id)),
    remember: [...now.broken, ...last.filter(({ id }) => !current.has(id) && isUnknown(id))],
  };
}
