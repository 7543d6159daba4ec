import type { ProbeResult } from '../domain/diagnosis.ts';
import type { Option } from '../domain/plan.ts';
import { type Report, VERDICTS } from '../domain/report.ts';
import {
  APPROVAL_WORDS,
  CHANGE_WORDS,
  type Clock,
  causeSentence,
  checkSign,
  clockOf,
  cost,
  DELIVERY_WORDS,
  type DrawnHop,
  duration,
  HEALTH_SIGNS,
  HEALTH_WORDS,
  isCalm,
  isQuiet,
  kindOf,
  line,
  MET_SIGNS,
  nextSteps,
  type Route,
  type Side,
  shortHash,
  sign,
  VERDICT_SIGNS,
  VERDICT_TITLES,
  type Way,
  waysOf,
  word,
  worstFirst,
  yesNo,
} from './format.ts';

/**
 * A value as text of a paragraph or list item. Underscores inside words stay, because names of variables are full of
 * them; `<` becomes an entity, because Slack takes `<!here>` for a call and knows no backslash.
 */
export const text = (value: string): string =>
  line(value)
    .replace(/[\\`*[\]~$|]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/<(?=[a-z/!?@#])/gi, '&lt;')
    .replace(/^>/, '&gt;')
    .replace(/^([#+=-]|\d+(?=[.)]))/, (start) => (/^\d/.test(start) ? `${start}\\` : `\\${start}`));

/** What would end a code span or a fence, or call people in Slack from inside of one, gives way to its like. */
const tame = (value: string): string => value.replaceAll('`', 'ʹ').replace(/<(?=[!@#])/g, '‹');

/** A value as code; a pipe would end the cell of a table. */
export const code = (value: string): string => `\`${tame(line(value)).replaceAll('|', '¦') || ' '}\``;

/** A table whose source lines up, so that it reads in a terminal; the last column is left ragged. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
  const last = head.length - 1;
  const draw = (cells: string[]) =>
    `| ${cells.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  return [
    draw(head),
    draw(head.map((_, column) => '-'.repeat(column === last ? 3 : (widths[column] ?? 3)))),
    ...rows.map(draw),
  ].join('\n');
}

const health = (status: string): string => `${sign(HEALTH_SIGNS, status)} ${word(HEALTH_WORDS, status)}`;
const section = (title: string, ...blocks: (string | false | undefined)[]): string[] => {
  const body = blocks.filter(Boolean);
  return body.length > 0 ? [`## ${title}`, ...(body as string[])] : [];
};
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
const numbered = (items: readonly string[]): string => items.map((item, index) => `${index + 1}. ${item}`).join('\n');

/** The report as text that reads on GitHub, in Slack and in a terminal. */
export function toMarkdown(report: Report): string {
  const clock = clockOf(report);
  const blocks = [
    ...opening(report, clock),
    ...causes(report),
    ...section('The path', ...waysOf(report).map((way) => drawWay(report.service, way))),
    ...plan(report, clock),
    ...changes(report, clock),
    ...proof(report, clock),
    ...section(
      'Checklist',
      list(
        report.checklist.map(({ item, ok }) => `${checkSign(ok)} ${text(item)}${ok === null ? ' (not reached)' : ''}`),
      ),
    ),
    ...timeline(report, clock),
    ...findings(report),
    ...section(
      'Gaps',
      report.gaps.length === 0
        ? 'None. Every check could look at all it wanted to see.'
        : `Could not look at:\n\n${list(report.gaps.map(({ check, subject, because }) => `? **${text(subject)}** (${text(check)}): ${text(because)}`))}`,
    ),
    ...section('Follow-ups', list(report.followUps.map(text))),
    `---\n\nRun ${code(report.run)} · service ${code(report.serviceArn)} · times in UTC`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function opening(report: Report, clock: Clock): string[] {
  const {
    verdict,
    timeline: [started],
    recoverySeconds,
    failure,
  } = report;
  const meaning = word(VERDICTS, verdict);
  const steps = nextSteps(report).map(text);
  const facts = [
    recoverySeconds !== null && `recovery time **${duration(recoverySeconds)}**`,
    started && `started ${text(clock.date)} ${text(clock.time(started.at))} UTC`,
    `asked by ${text(report.requestedBy)}`,
    `mode ${text(report.mode)}`,
    report.reason && `reason: ${text(report.reason)}`,
  ].filter(Boolean);
  return [
    `# ${sign(VERDICT_SIGNS, verdict)} ${text(word(VERDICT_TITLES, verdict))}: ${text(report.service)}`,
    ...(report.summary.includes(meaning) ? [] : [`**${text(meaning)}**`]),
    text(report.summary),
    ...(steps.length === 0 ? [] : isCalm(report) ? ['**Next**', list(steps)] : ['**What to do now**', numbered(steps)]),
    ...(failure ? [`The run ended early: ${code(failure.error)} ${text(failure.because)}`] : []),
    facts.join(' · '),
  ];
}

const causes = ({ causes: all }: Report): string[] =>
  section(
    all.length === 1 ? 'Cause' : 'Causes',
    list(
      all.map(({ cause, subject, because, supportedBy, contradictedBy }) =>
        [
          `**${text(causeSentence(cause))}** (${code(cause)} on ${text(subject)})`,
          `  ${text(because)}`,
          supportedBy.length > 0 && `  Supported by ${supportedBy.map(code).join(', ')}`,
          contradictedBy.length > 0 && `  Contradicted by ${contradictedBy.map(code).join(', ')}`,
        ]
          .filter(Boolean)
          .join('  \n'),
      ),
    ),
  );

/** A fenced drawing: inside a fence only the fence itself has to be kept out. */
function drawWay(service: string, way: Way): string {
  const { dependency, before, after } = way;
  const states = [before, after].flatMap((side) => (side ? [text(health(side.status))] : []));
  const title = `**to ${text(dependency)}**: ${states.join(' → ')}`;
  if (isQuiet(way)) return title;
  const sides = [
    ...(before ? drawSide(service, dependency, after ? 'BEFORE' : 'AS FOUND', before) : []),
    ...(after ? ['', ...drawSide(service, dependency, before ? 'AFTER' : 'NOW', after)] : []),
  ];
  return [title, '', '```text', ...sides.map(tame), '```'].join('\n');
}

const drawSide = (service: string, dependency: string, title: string, side: Side): string[] => [
  `${title}  ${health(line(side.status))}`,
  ...side.routes.flatMap((route) => drawRoute(service, dependency, route)),
];

function drawRoute(service: string, dependency: string, route: Route): string[] {
  const { reached } = route;
  return [
    ...(route.subnets.length > 1 ? [`  ${route.subnets.length} subnets, the same path:`] : []),
    `  ● ${line(service)}`,
    ...route.hops.flatMap(drawHop),
    ...(route.endsEarly
      ? [
          `  ${reached ? '│' : '╎'}`,
          `  ${reached ? '●' : '○'} ${line(dependency)}  ${reached ? 'reached' : 'not reached'}`,
        ]
      : []),
  ];
}

function drawHop(hop: DrawnHop): string[] {
  const note = hop.breaks ? '  ◀── BROKEN HERE' : hop.note === '' ? '' : `  ${line(hop.note)}`;
  return [
    `  ${hop.beyond ? '╎' : '│'}`,
    `  ${hop.waiting ? '○' : hop.sign} ${line(kindOf(hop.kind))}  ${line(hop.id)}${note}`,
    `  ${hop.breaks || hop.beyond ? '╎' : '│'}   ${line(hop.because)}`,
  ];
}

function plan({ plan: { options, steps, hash, because }, approval }: Report, clock: Clock): string[] {
  if (options.length === 0 && steps.length === 0 && approval === null) return [];
  const chosen = new Set<string>(steps.map(({ remedy }) => remedy));
  const state = ({ blocked, remedy }: Option) =>
    blocked ? '✘ blocked' : chosen.has(remedy) ? '✔ chosen' : '– possible';
  const decided =
    approval &&
    `**${text(word(APPROVAL_WORDS, approval.decision))}**${approval.by ? ` by **${text(approval.by)}**` : ''} at ${text(clock.time(approval.at))} UTC: ${text(approval.because)}`;
  return section(
    'The plan',
    text(because),
    options.length > 0 &&
      table(
        ['option', 'state', 'cost a month', 'takes', 'redeploys', 'reversible', 'fixes'],
        options.map((option) => [
          code(option.remedy),
          state(option),
          cost(option.monthlyCostUsd),
          duration(option.minutes * 60),
          yesNo(option.redeploys),
          yesNo(option.reversible),
          option.fixes.map(text).join(', ') || 'nothing that is broken',
        ]),
      ),
    list(
      options.map((option) =>
        [
          `**${text(option.title)}**: ${option.blocked ? 'blocked, because ' : ''}${text(option.because)}`,
          `  - security: ${text(option.security)}`,
          ...option.preconditions.map(
            ({ what, met, because: why }) => `  - ${sign(MET_SIGNS, met)} ${text(what)}: ${text(why)}`,
          ),
        ].join('\n'),
      ),
    ),
    steps.length > 0 &&
      `**Chosen steps**\n\n${numbered(steps.map(({ title, target, undo }) => `${text(title)}\n   - on ${code(target)}\n   - undo: ${text(undo)}`))}`,
    hash !== null && `Hash of the plan: ${code(shortHash(hash))}`,
    decided ?? (hash !== null && 'Nobody was asked to approve.'),
    approval !== null &&
      hash !== null &&
      approval.planHash !== hash &&
      `The decision was on another plan: ${code(shortHash(approval.planHash))}`,
  );
}

const changes = ({ changes: all, verdict }: Report, clock: Clock): string[] =>
  section(
    'Changes',
    all.length === 0
      ? 'None. This run changed nothing.'
      : all
          .map(({ number, remedy, target, what, undo, state, at, undoneAt }) => {
            const left = verdict === 'stuck' && state !== 'undone';
            const undone = undoneAt ? `, undone at ${text(clock.time(undoneAt))}` : '';
            return `${number}. **${text(what)}**: ${left ? '! ' : ''}${text(word(CHANGE_WORDS, state))}${left ? ', **not undone**' : ''} (${undoneAt ? 'begun ' : ''}at ${text(clock.time(at))}${undone})\n   - undo: ${text(undo)}\n   - ${code(remedy)} on ${code(target)}`;
          })
          .join('\n'),
  );

function proof({ proof: all }: Report, clock: Clock): string[] {
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
    results.filter(({ ok }) => !ok).map(({ label, because }) => `${text(label)}, ${when}: ${text(because)}`),
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
  return `${checkSign(result.ok)} ${answer}, ${duration(result.seconds)}, at ${text(clock.time(result.at))}`;
}

const timeline = ({ timeline: all, recoverySeconds }: Report, clock: Clock): string[] =>
  section(
    'Timeline',
    all.length > 0 &&
      table(
        ['UTC', 'milestone', 'since the start'],
        all.map(({ what, at, seconds }) => [text(clock.time(at)), text(what), duration(seconds)]),
      ),
    recoverySeconds !== null &&
      `Recovery time, from the start of the run to the proof: **${duration(recoverySeconds)}**`,
  );

const findings = ({ findings: all }: Report): string[] =>
  section(
    'Findings',
    all.length > 0 &&
      table(
        ['status', 'check', 'subject', 'what was seen'],
        worstFirst(all).map(({ status, check, subject, because }) => [
          health(text(status)),
          text(check),
          text(subject),
          text(because),
        ]),
      ),
  );
