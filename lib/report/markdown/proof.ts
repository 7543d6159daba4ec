import type { ProbeResult } from '../../domain/diagnosis.ts';
import type { Report } from '../../domain/report.ts';
import {
  type Clock,
  checkSign,
  DELIVERY_WORDS,
  duration,
  HEALTH_SIGNS,
  HEALTH_WORDS,
  healthOfProbe,
  sign,
  word,
} from '../format.ts';
import { list, section, table, text } from './text.ts';

export function proof({ proof: all }: Report, clock: Clock): string[] {
  if (all === null) return [];
  const { before, after, configuration, delivery } = all;
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const turns: Record<string, ProbeResult[]> = after.length > 0 ? { before, after } : { 'as found': before };
  const of = (results: ProbeResult[], name: string) => results.find((result) => result.name === name);
  const rows = names.map((name) => [
    text((of(after, name) ?? of(before, name))?.label ?? name),
    ...Object.values(turns).map((results) => probeCell(of(results, name), clock)),
  ]);
  const failures = Object.entries(turns).flatMap(([when, results]) =>
    results
      .filter((result) => healthOfProbe(result) !== 'ok')
      .map(({ label, because }) => `${text(label)}, ${when}: ${text(because)}`),
  );
  const { verification, status, by, at } = delivery;
  return section(
    after.length + configuration.length > 0 ? 'Proof' : 'Probes',
    names.length > 0 && table(['probe', ...Object.keys(turns)], rows),
    list(failures),
    configuration.length > 0 &&
      `**Configuration read back**\n\n${list(configuration.map(({ item, ok, because }) => `${checkSign(ok)} ${text(item)}: ${text(because)}`))}`,
    status !== 'not-asked' &&
      `**Delivery**: ${checkSign(status === 'confirmed')} ${text(word(DELIVERY_WORDS, status))}${by ? ` by **${text(by)}**` : ''}${at ? ` at ${text(clock.time(at))}` : ''}`,
    verification && `**${text(verification.label)}**: ${probeCell(verification, clock)}: ${text(verification.because)}`,
  );
}

function probeCell(result: ProbeResult | undefined, clock: Clock): string {
  if (!result?.sent) return '– not sent';
  const answer = result.status === undefined ? 'no answer' : `HTTP ${result.status}`;
  const health = healthOfProbe(result);
  const unseen = health === 'unknown' ? `${HEALTH_WORDS.unknown}: ` : '';
  return `${sign(HEALTH_SIGNS, health)} ${unseen}${answer}, ${duration(result.seconds)}, at ${text(clock.time(result.at))}`;
}
