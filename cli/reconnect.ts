#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { DemoFlags } from './demo-command.ts';
import type { DiagnoseFlags } from './diagnose-command.ts';
import { BAD_USAGE, terminal } from './io.ts';
import type { Operator } from './operator.ts';
import type { UndoFlags } from './undo-command.ts';

/*
 * Only what reads the command line is loaded here: a wrong word is answered before AWS, the engine and the sandbox are
 * read from disk.
 */

const MAX_SPEED = 1000;

function speed(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 1 && value <= MAX_SPEED) return value;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_SPEED}.`);
}

function service(text: string): string {
  if (text.startsWith('arn:') || /^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be the name (4 to 40 letters, digits, - and _) or the ARN of an App Runner service.',
  );
}

function region(text: string): string {
  if (/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of a region, such as us-east-1.');
}

function minutes(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1440) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1440.');
}

function moment(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time such as 2026-11-20T03:30:00Z.');
  return new Date(at).toISOString();
}

const ids = (text: string): string[] => text.split(',').filter(Boolean);
const oneMore = (text: string, before: readonly string[] = []): string[] => [...before, text];

const asOperator = (command: Command): Command =>
  command
    .option('--region <region>', 'as in the AWS CLI; of an ARN, its own', region)
    .option('--profile <name>', 'credentials, as in the AWS CLI');

/** The functions log as they do in Lambda; here they are told to use this process's console, which keeps their lines apart. */
const prepare = (): void => {
  process.env.POWERTOOLS_DEV = 'true';
};

const program = new Command('reconnect')
  .description('Plays an incident in a sandbox account: diagnosed, planned, approved, repaired, proved and reported.')
  .argument('[scenario]', 'what is broken; --list shows all', 'otp-egress')
  .addOption(new Option('--mode <mode>', 'how far to go').choices(['diagnose', 'plan', 'repair']).default('repair'))
  .option('--json', 'print the JSON report and nothing else')
  .option('--speed <n>', 'how much faster than real time', speed, 300)
  .option('--decline', 'the simulated person on call says no')
  .option('--out <directory>', 'where reports are written', 'reports')
  .option('--list', 'show the scenarios')
  .allowExcessArguments(false)
  .exitOverride()
  .enablePositionalOptions()
  .helpCommand(false)
  .action(async (name: string, flags: DemoFlags, command: Command) => {
    const { demo, list, scenarioNames } = await import('./demo-command.ts');
    if (!scenarioNames().includes(name)) {
      command.error(
        `error: command-argument value '${name}' is invalid for argument 'scenario'. Known scenarios: ${scenarioNames().join(', ')}.`,
      );
    }
    process.exitCode = flags.list ? list() : await demo(name, flags);
  });

asOperator(
  program
    .command('diagnose')
    .description('Looks at a service of your account from every side and names the causes. Changes nothing.')
    .argument('[service]', 'name or ARN of the App Runner service', service),
)
  .option('--profile-file <file>', 'what its owner declares, instead of the stored profile')
  .option('--log-minutes <n>', 'how far back the logs are searched; default: as in the profile, else 30', minutes)
  .option(
    '--log-until <time>',
    'end of that window, for an incident that is over, such as 2026-11-20T03:30:00Z',
    moment,
  )
  .option('--no-probes', 'send nothing through the user’s door')
  .option('--json', 'print the JSON report and nothing else')
  .option('--html <file>', 'write the report as a page')
  .option('--facts <file>', 'write what was seen of the network, redacted, to share the case')
  .addOption(
    new Option('--from-facts <file>', 'judge such a file, or describe-* lists, offline').conflicts([
      'region',
      'profile',
      'profileFile',
      'facts',
    ]),
  )
  .option('--connector-subnets <ids>', 'for describe-* lists: subnets of the VPC connector, with commas between', ids)
  .option('--connector-groups <ids>', 'for describe-* lists: its security groups', ids)
  .option('--dependency <host:port>', 'for describe-* lists: what must be reached; may be repeated', oneMore)
  .allowExcessArguments(false)
  .action(async (name: string | undefined, flags: DiagnoseFlags, command: Command) => {
    if (!name && !flags.fromFacts) command.error("error: missing required argument 'service'");
    prepare();
    const { diagnoseCommand } = await import('./diagnose-command.ts');
    const { rememberNames } = await import('./names.ts');
    rememberNames();
    process.exitCode = await diagnoseCommand(name, flags, terminal);
  });

asOperator(
  program
    .command('undo')
    .description('Takes back what a finished run changed in your account, newest change first.')
    .argument('<run>', 'name of the run, as its report gives it'),
)
  .option('--by <name>', 'who takes it back; default: the user of this computer')
  .option('--reason <text>', 'why, for the report')
  .option('--json', 'print the JSON report and nothing else')
  .allowExcessArguments(false)
  .action(async (run: string, flags: UndoFlags) => {
    prepare();
    const { undoCommand } = await import('./undo-command.ts');
    process.exitCode = await undoCommand(run, flags, terminal);
  });

const profile = program.command('profile').description('Writes and checks what the owner of a service declares.');

asOperator(
  profile
    .command('init')
    .description('Prints a profile to begin with, from what is found in your account.')
    .argument('<service>', 'name or ARN of the App Runner service', service),
)
  .option('--out <file>', 'write it there instead')
  .allowExcessArguments(false)
  .action(async (name: string, flags: Operator & { out?: string }) => {
    prepare();
    const { profileInit } = await import('./profile-command.ts');
    process.exitCode = await profileInit(name, flags, terminal);
  });

profile
  .command('check')
  .description('Says whether a profile is valid, or which fields are wrong and what is allowed there.')
  .argument('<file>', 'the profile, as JSON')
  .allowExcessArguments(false)
  .action(async (file: string) => {
    prepare();
    const { profileCheck } = await import('./profile-command.ts');
    process.exitCode = await profileCheck(file, terminal);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE;
}
