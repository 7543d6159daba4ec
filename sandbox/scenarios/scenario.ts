import type { Site } from '../build/site.ts';

/** How an account looks when it is switched on, and what is going on in it. */
export interface Scenario {
  readonly description: string;
  readonly region: string;
  build(site: Site): Built;
}

export interface Built {
  /** Goes on by itself from the start: an operation that is under way and has so many minutes left. */
  readonly busy?: { readonly service: string; readonly minutes: number };
  /** The profile of each service, stored as `/reconnect/services/<name>`; `urls` are the users' doors. */
  readonly profiles: Readonly<Record<string, (urls: Readonly<Record<string, string>>) => unknown>>;
}
