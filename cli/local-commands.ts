import { type Command, Option } from 'commander';
import { nearest } from '../lib/nearest.ts';
import { asOperator, ids, minutes, moment, oneMore, prepare, service, speed } from './arguments.ts';
import type { DiagnoseFlags } from './diagnose-command.ts';
import { terminal } from './io.ts';
import type { Operator } from './operator.ts';

/** Commands that need nothing to be deployed. */
export function addLocalCommands(program: Command): void {
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

  program
    .command('sandbox')
    .description(
      'Keeps a sandbox account with the product in it, and prints what to export to use it from another shell.',
    )
    .argument('[scenario]', 'what is broken in it; reconnect --list shows all', 'otp-egress')
    .option('--speed <n>', 'how much faster than real time it lives', speed, 20)
    .allowExcessArguments(false)
    .action(async (scenario: string, flags: { readonly speed: number }, command: Command) => {
      const { scenarioNames } = await import('./demo-command.ts');
      if (!scenarioNames().includes(scenario)) {
        const meant = nearest(scenario, scenarioNames());
        const perhaps = meant ? ` Did you mean '${meant}'?` : '';
        command.error(
          `error: no scenario is called '${scenario}'.${perhaps} Known scenarios: ${scenarioNames().join(', ')}.`,
        );
      }
      const { sandboxCommand } = await import('./sandbox-command.ts');
      process.exitCode = await sandboxCommand({ scenario, ...flags }, terminal);
    });
}
