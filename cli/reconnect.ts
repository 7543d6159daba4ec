#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { nearest } from '../lib/nearest.ts';
import { speed } from './arguments.ts';
import type { DemoFlags } from './demo-command.ts';
import { BAD_USAGE } from './io.ts';
import { addLocalCommands } from './local-commands.ts';
import { addRunCommands } from './run-commands.ts';

/*
 * Only what reads the command line is loaded here: a wrong word is answered before AWS, the engine and the sandbox are
 * read from disk.
 */

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
    if (!scenarioNames().includes(name)) command.error(unknownWord(name, scenarioNames()));
    process.exitCode = flags.list ? list() : await demo(name, flags);
  });

addLocalCommands(program);
addRunCommands(program);

function unknownWord(word: string, scenarios: readonly string[]): string {
  const commands = program.commands.map((command) => command.name());
  const meant = nearest(word, [...commands, ...scenarios]);
  const perhaps = meant ? ` Did you mean 'reconnect ${meant}'?` : '';
  return `error: '${word}' is neither a command nor a scenario.${perhaps} Commands: ${commands.join(', ')}. Known scenarios: ${scenarios.join(', ')}.`;
}

/** A mistyped command brings options and arguments of its own, which would be refused first, and beside the point. */
async function refuseUnknownWord(word: string | undefined): Promise<void> {
  if (word === undefined || word.startsWith('-') || program.commands.some((command) => command.name() === word)) return;
  const { scenarioNames } = await import('./demo-command.ts');
  if (!scenarioNames().includes(word)) program.error(unknownWord(word, scenarioNames()));
}

try {
  await refuseUnknownWord(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE;
}
