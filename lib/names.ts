import { Resolver } from 'node:dns/promises';

/** What of `node:dns/promises` is needed. Both reject when there is no such address. */
export interface Names {
  resolve4(host: string): Promise<string[]>;
  resolve6(host: string): Promise<string[]>;
}

let current: Names = new Resolver({ timeout: 2000, tries: 2 });

/** Replaces name resolution for this process: the names of the sandbox exist nowhere else. */
export function useNames(replacement: Names): void {
  current = replacement;
}

export const names: Names = {
  resolve4: (host) => current.resolve4(host),
  resolve6: (host) => current.resolve6(host),
};
