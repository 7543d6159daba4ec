import { stripVTControlCharacters, styleText } from 'node:util';
import type { Check, Finding } from '../lib/domain/finding.ts';
import type { Report } from '../lib/domain/report.ts';
import { line } from '../lib/domain/text.ts';
import {
  causeSentence,
  duration,
  HEALTH_SIGNS,
  isQuiet,
  kindOf,
  nextSteps,
  type Route,
  sign,
  VERDICT_SIGNS,
  VERDICT_TITLES,
  waysOf,
  word,
  worstFirst,
} from '../lib/report/format.ts';
import { outlineOf } from '../lib/report/outline.ts';

type Style = Parameters<typeof styleText>[0];
const paint = (style: Style, text: string): string => styleText(style, text);
const STYLES: Record<string, Style> = { ok: 'green', broken: 'red', degraded: 'yellow', unknown: 'yellow' };
const mark = (status: string): string => paint(STYLES[status] ?? 'yellow', sign(HEALTH_SIGNS, status));

const CHECKS: readonly Check[] = ['egress', 'environment', 'deployment', 'logs', 'providers', 'probes'];
const LONGEST_SUBJECT = 32;

/** A report for the terminal: the causes first, then what every check saw, the broken paths, and what nobody looked at. */
export function toTable(report: Report, columns: number): string {
  const width = Math.min(Math.max(columns, 60), 160);
  const blocks = [
    opening(report, width),
    causes(report, width),
    findings(report, width),
    paths(report, width),
    section('GAPS', report.gaps.flatMap(gapLines(width))),
    section(
      'NEXT',
      outlineOf(nextSteps(report)).flatMap(({ step, beneath }) => [
        ...hang('→ ', step, width),
        ...beneath.flatMap((one, index) => hang(`  ${index + 1}. `, one, width)),
      ]),
    ),
    section(
      'AFTERWARDS',
      report.followUps.flatMap((item) => hang('- ', item, width)),
    ),
  ];
  return `\n${blocks.filter(Boolean).join('\n\n')}\n\n`;
}

function opening(report: Report, width: number): string {
  const { verdict, service, summary, run, timeline } = report;
  const seconds = timeline.at(-1)?.seconds ?? 0;
  const title = `${sign(VERDICT_SIGNS, verdict)} ${line(service)}: ${word(VERDICT_TITLES, verdict)}`;
  return [
    `  ${paint(['bold', verdict === 'healthy' ? 'green' : 'red'], title)}`,
    ...wrap(summary, width - 4).map((text) => `    ${text}`),
    `    ${paint('dim', `run ${line(run)}, ${duration(seconds)}; nothing was changed`)}`,
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [`  ${paint('bold', title)}`, ...lines].join('\n');

const causes = ({ causes: all }: Report, width: number): string =>
  section(
    all.length > 1 ? 'CAUSES' : 'CAUSE',
    all.flatMap(({ cause, subject, because, supportedBy, contradictedBy }, index) => [
      `  ${index + 1}. ${paint(['bold', 'red'], cause)} ${line(subject)}`,
      ...wrap(`${causeSentence(cause)}: ${because}`, width - 5).map((text) => `     ${text}`),
      ...wrap(`seen by ${supportedBy.join(', ')}`, width - 5).map((text) => `     ${paint('dim', text)}`),
      ...(contradictedBy.length > 0
        ? wrap(`against it speaks ${contradictedBy.join(', ')}`, width - 5).map(
            (text) => `     ${paint('yellow', text)}`,
          )
        : []),
    ]),
  );

function findings({ findings: all }: Report, width: number): string {
  const subjects = all.map(({ subject }) => line(subject).length);
  const column = Math.min(LONGEST_SUBJECT, Math.max(8, ...subjects));
  const blocks = CHECKS.flatMap((check) => {
    const seen = worstFirst(all.filter((finding) => finding.check === check));
    return seen.flatMap((finding, index) => row(index === 0 ? check : '', finding, column, width));
  });
  return section('FINDINGS', blocks);
}

function row(check: string, { status, subject, because, evidence }: Finding, column: number, width: number): string[] {
  const name = shorten(line(subject), column);
  const left = 2 + 12 + 2 + column + 2;
  const [first = '', ...rest] = status === 'ok' ? [shorten(line(because), width - left)] : wrap(because, width - left);
  const indent = ' '.repeat(left);
  return [
    `  ${paint('dim', check.padEnd(12))}${mark(status)} ${name.padEnd(column)}  ${first}`,
    ...rest.map((text) => `${indent}${text}`),
    ...(status === 'ok'
      ? []
      : evidence.flatMap((text) =>
          wrap(text, width - left - 2).map((part) => `${indent}${paint('dim', `│ ${part}`)}`),
        )),
  ];
}

const paths = (report: Report, width: number): string =>
  section(
    'PATHS',
    waysOf(report)
      .filter((way) => !isQuiet(way))
      .flatMap(({ dependency, before }) =>
        before
          ? [
              `  ${mark(before.status)} to ${paint('bold', line(dependency))}`,
              ...before.routes.flatMap((route) => drawRoute(report.service, dependency, route, width)),
            ]
          : [],
      ),
  );

function drawRoute(service: string, dependency: string, route: Route, width: number): string[] {
  const from = route.subnets.length > 1 ? ` (${route.subnets.length} subnets alike)` : '';
  return [
    `    ● ${line(service)}${paint('dim', from)}`,
    ...route.hops.flatMap((hop) => {
      const rail = hop.breaks || hop.beyond ? '╎' : '│';
      const here = hop.breaks ? paint(['bold', 'red'], '  ◀ broken here') : hop.note && paint('dim', `  ${hop.note}`);
      const station = `    ${hop.waiting ? '○' : mark(hop.status)} ${line(kindOf(hop.kind))} ${line(hop.id)}${here}`;
      const why = hop.status === 'ok' ? [] : wrap(hop.because, width - 6);
      return [station, ...why.map((text) => `    ${rail} ${text}`)];
    }),
    ...(route.endsEarly ? [`    ${route.reached ? '●' : '○'} ${line(dependency)}`] : []),
  ];
}

const gapLines =
  (width: number) =>
  ({ check, subject, because }: Report['gaps'][number]): string[] =>
    hang(`${mark('unknown')} `, `${check} ${subject}: ${because}`, width);

function hang(lead: string, text: string, width: number): string[] {
  const indent = ' '.repeat(stripVTControlCharacters(lead).length);
  return wrap(text, width - 4).map((part, index) => `  ${index === 0 ? lead : indent}${part}`);
}

const shorten = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** Breaks at spaces; a word that is longer than a line keeps its line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const part of line(text).split(' ')) {
    if (current !== '' && current.length + 1 + part.length > width) {
      lines.push(current);
      current = part;
    } else current = current === '' ? part : `${current} ${part}`;
  }
  return [...lines, current];
}
