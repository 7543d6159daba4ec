#!/usr/bin/env node
import { styleText } from 'node:util';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CALM_VERDICTS, type Report } from '../lib/domain/report.ts';
import { SCENARIOS } from '../sandbox/scenarios/index.ts';

const BAD_USAGE = 2;
const MAX_SPEED = 1000;

interface Flags {
  mode: 'diagnose' | 'plan' | 'repair';
  json?: true;
  speed: number;
  decline?: true;
  list?: true;
  out: string;
}

function speed(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 1 && value <= MAX_SPEED) return value;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_SPEED}.`);
}

function scenario(name: string): string {
  if (Object.hasOwn(SCENARIOS, name)) return name;
  throw new InvalidArgumentError(`Known scenarios: ${Object.keys(SCENARIOS).join(', ')}.`);
}

const program = new Command('reconnect')
  .description('Plays an incident in a sandbox account: diagnosed, planned, approved, repaired, proved and reported.')
  .argument('[scenario]', 'what is broken; --list shows all', scenario, 'otp-egress')
  .addOption(new Option('--mode <mode>', 'how far to go').choices(['diagnose', 'plan', 'repair']).default('repair'))
  .option('--json', 'print the JSON report and nothing else')
  .option('--speed <n>', 'how much faster than real time', speed, 300)
  .option('--decline', 'the simulated person on call says no')
  .option('--out <directory>', 'where reports are written', 'reports')
  .option('--list', 'show the scenarios')
  .allowExcessArguments(false)
  .exitOverride()
  .action(async (name: string, flags: Flags) => {
    process.exitCode = flags.list ? list() : await demo(name, flags);
  });

function list(): number {
  const width = Math.max(...Object.keys(SCENARIOS).map((name) => name.length));
  for (const [name, { description }] of Object.entries(SCENARIOS)) console.log(`${name.padEnd(width)}  ${description}`);
  return 0;
}

async function demo(name: string, flags: Flags): Promise<number> {
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
  for (const next of report.nextSteps) say(`    → ${next}`);
  const { saveReport } = await import('./save.ts');
  const folder = await saveReport(report, directory);
  say(`\n  report: ${folder}/report.html  (also report.md, report.json)\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE;
}
