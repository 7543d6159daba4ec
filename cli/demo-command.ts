import { styleText } from 'node:util';
import { CALM_VERDICTS, type Report } from '../lib/domain/report.ts';
import { isBeneath } from '../lib/report/outline.ts';
import { SCENARIOS } from '../sandbox/scenarios/index.ts';
import { makeDirectory } from './files.ts';
import { BAD_USAGE } from './io.ts';

export interface DemoFlags {
  readonly mode: 'diagnose' | 'plan' | 'repair';
  readonly json?: true;
  readonly speed: number;
  readonly decline?: true;
  readonly list?: true;
  readonly out: string;
}

export const scenarioNames = (): string[] => Object.keys(SCENARIOS);

export function list(): number {
  const width = Math.max(...Object.keys(SCENARIOS).map((name) => name.length));
  for (const [name, { description }] of Object.entries(SCENARIOS)) console.log(`${name.padEnd(width)}  ${description}`);
  return 0;
}

export async function demo(name: string, flags: DemoFlags): Promise<number> {
  if (!flags.json) {
    const refused = await makeDirectory(flags.out).catch((error: Error) => error);
    if (refused) {
      console.error(`error: option '--out': ${refused.message}`);
      return BAD_USAGE;
    }
  }
  const say = flags.json ? () => {} : (line: string) => console.log(line);
  say(`\n  ${styleText('bold', name)}: ${SCENARIOS[name]?.description ?? ''}\n`);
  const { playDemo } = await import('./demo.ts');
  const ending = await playDemo({
    scenario: name,
    mode: flags.mode,
    speed: flags.speed,
    decline: flags.decline ?? false,
    say,
  });
  if (!ending.report) {
    console.error(`${ending.error}: ${ending.because}`);
    return ending.error === 'InvalidRequest' ? BAD_USAGE : 1;
  }
  if (flags.json) console.log(JSON.stringify(ending.report, null, 2));
  else await conclude(ending.report, flags.out, say);
  return CALM_VERDICTS.includes(ending.report.verdict) ? 0 : 1;
}

async function conclude(report: Report, directory: string, say: (line: string) => void): Promise<void> {
  const calm = CALM_VERDICTS.includes(report.verdict);
  say(`\n  ${styleText(calm ? 'green' : 'red', styleText('bold', report.verdict))}  ${report.summary}`);
  for (const next of report.nextSteps) say(isBeneath(next) ? `      ${next}` : `    → ${next}`);
  const { saveReport } = await import('./save.ts');
  const folder = await saveReport(report, directory);
  say(`\n  report: ${folder}/report.html  (also report.md, report.json)\n`);
}
