import { Resolver } from 'node:dns/promises';
import { useNames } from '../lib/names.ts';

/** Asks for every name once in this process: the facts that are shared are judged with the addresses that were judged here. */
export function rememberNames(): void {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  const once = (ask: (host: string) => Promise<string[]>) => {
    const answers = new Map<string, Promise<string[]>>();
    return (host: string): Promise<string[]> => {
      const known = answers.get(host) ?? ask(host);
      answers.set(host, known);
      return known;
    };
  };
  useNames({ resolve4: once((host) => resolver.resolve4(host)), resolve6: once((host) => resolver.resolve6(host)) });
}
