import type { Change } from '../domain/change.ts';
import { type Report, VERDICTS } from '../domain/report.ts';
import {
  CHANGE_SIGNS,
  CHANGE_WORDS,
  type Clock,
  causeSentence,
  checkSign,
  clockOf,
  duration,
  isCalm,
  kindOf,
  modeOf,
  nextSteps,
  noGaps,
  sign,
  untold,
  VERDICT_SIGNS,
  VERDICT_TITLES,
  waysOf,
  word,
  worstFirst,
} from './format.ts';
import { drawWay } from './markdown/path.ts';
import { plan } from './markdown/plan.ts';
import { proof } from './markdown/proof.ts';
import { code, health, list, outlined, section, table, text } from './markdown/text.ts';
import { outlineOf } from './outline.ts';

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
        ? noGaps(report)
        : `Could not look at:\n\n${list(report.gaps.map(({ check, subject, because }) => `? **${text(subject)}** (${text(check)}): ${text(because)}`))}`,
    ),
    ...section('Follow-ups', list(report.followUps.map(text))),
    ...section('Who did not hear of it', list(untold(report).map(text))),
    ...section('Left out of this copy', list((report.cut ?? []).map(text))),
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
  const steps = outlineOf(nextSteps(report));
  const facts = [
    recoverySeconds !== null && `recovery time **${duration(recoverySeconds)}**`,
    started && `started ${text(clock.date)} ${text(clock.time(started.at))} UTC`,
    `asked by ${text(report.requestedBy)}`,
    `mode ${text(modeOf(report))}`,
    report.reason && `reason: ${text(report.reason)}`,
  ].filter(Boolean);
  return [
    `# ${sign(VERDICT_SIGNS, verdict)} ${text(word(VERDICT_TITLES, verdict))}: ${text(report.service)}`,
    ...(report.summary.includes(meaning) ? [] : [`**${text(meaning)}**`]),
    text(report.summary),
    ...(steps.length === 0
      ? []
      : isCalm(report)
        ? ['**Next**', outlined(steps, () => '-')]
        : ['**What to do now**', outlined(steps, (index) => `${index + 1}.`)]),
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

const changes = ({ changes: all, verdict }: Report, clock: Clock): string[] =>
  section(
    'Changes',
    all.length === 0
      ? 'None. This run changed nothing.'
      : all.map((change) => drawChange(change, verdict === 'stuck', clock)).join('\n'),
  );

function drawChange(change: Change, stuck: boolean, clock: Clock): string {
  const { number, remedy, kind, target, what, undo, state, at, undoneAt, left } = change;
  const standing = stuck && (state === 'made' || state === 'pending');
  const undone = undoneAt ? `, undone at ${text(clock.time(undoneAt))}` : '';
  const mark = standing ? '!' : sign(CHANGE_SIGNS, state);
  return [
    `${number}. **${text(what)}**: ${mark} ${text(word(CHANGE_WORDS, state))}${standing ? ', **not undone**' : ''} (${undoneAt ? 'begun ' : ''}at ${text(clock.time(at))}${undone})`,
    ...(left === undefined ? [] : [`   - **left, because ${text(left)}**`]),
    `   - undo: ${text(undo)}`,
    `   - ${text(kindOf(kind))} ${code(target)}, by ${code(remedy)}`,
  ].join('\n');
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
