import { type Command, Option } from 'commander';
import { asOperator, oneMore, prepare, service, stateMachine } from './arguments.ts';
import type { ConfirmFlags } from './confirm-command.ts';
import type { ApproveFlags, DecideFlags } from './decide-command.ts';
import { terminal } from './io.ts';
import type { StartFlags, WatchFlags } from './start-command.ts';
import type { StatusFlags } from './status-command.ts';
import type { UndoFlags } from './undo-command.ts';

const RUN = 'name of the run, as start, status and the report give it';
const BY = 'default: the user of this computer';

const asked = (command: Command): Command => asOperator(command).allowExcessArguments(false);

/** Commands against a deployment: in the operator's account, or in a sandbox that AWS_ENDPOINT_URL leads to. */
export function addRunCommands(program: Command): void {
  addStarting(program);
  addAnswering(program);
  addLooking(program);
}

function addStarting(program: Command): void {
  asked(program.command('start').description('Starts a run on the deployment in your account, and follows it.'))
    .argument('<service>', 'name or ARN of the App Runner service', service)
    .addOption(new Option('--mode <mode>', 'how far to go').choices(['diagnose', 'plan', 'repair']).default('plan'))
    .option('--reason <text>', 'why, for the report')
    .option('--by <name>', `who asks, and so may not approve; ${BY}`)
    .option('--environment <name=value>', 'what a variable is to be; may be repeated', oneMore)
    .option('--environment-secret <name=ref>', 'where the value of a secret is kept; may be repeated', oneMore)
    .option('--name <name>', 'of the run: the same name again is the same run')
    .option('--state-machine <arn>', 'instead of the one that is called reconnect', stateMachine)
    .option('--watch', 'follow the run to its end', true)
    .option('--no-watch', 'end once it is started')
    .option('--json', 'print the JSON report and nothing else')
    .action(async (name: string, flags: StartFlags) => {
      prepare();
      const { startCommand } = await import('./start-command.ts');
      process.exitCode = await startCommand(name, flags, terminal);
    });

  asked(program.command('watch').description('Follows a run to its end, or tells one that is over.'))
    .argument('<run>', RUN)
    .option('--state-machine <arn>', 'where to look for it', stateMachine)
    .option('--json', 'print the JSON report and nothing else')
    .action(async (run: string, flags: WatchFlags) => {
      prepare();
      const { watchCommand } = await import('./start-command.ts');
      process.exitCode = await watchCommand(run, flags, terminal);
    });

  asked(
    program.command('undo').description('Takes back what a finished run changed in your account, newest change first.'),
  )
    .argument('<run>', 'name of the run, as its report gives it')
    .option('--by <name>', `who takes it back; ${BY}`)
    .option('--reason <text>', 'why, for the report')
    .option('--state-machine <arn>', 'instead of the one that is called undo', stateMachine)
    .option('--json', 'print the JSON report and nothing else')
    .action(async (run: string, flags: UndoFlags) => {
      prepare();
      const { undoCommand } = await import('./undo-command.ts');
      process.exitCode = await undoCommand(run, flags, terminal);
    });
}

function addAnswering(program: Command): void {
  asked(program.command('approve').description('Shows the plan that waits, and approves exactly that one.'))
    .argument('<run>', RUN)
    .option('--by <name>', `who approves; ${BY}`)
    .option('--plan-hash <hash>', 'of the plan you have read (12 characters or more), instead of being asked')
    .option('--json', 'print the decision as JSON')
    .action(async (run: string, flags: ApproveFlags) => {
      prepare();
      const { approveCommand } = await import('./decide-command.ts');
      process.exitCode = await approveCommand(run, flags, terminal);
    });

  asked(program.command('decline').description('Says no to the plan that waits. Nothing is changed.'))
    .argument('<run>', RUN)
    .option('--by <name>', `who declines; ${BY}`)
    .option('--json', 'print the decision as JSON')
    .action(async (run: string, flags: DecideFlags) => {
      prepare();
      const { declineCommand } = await import('./decide-command.ts');
      process.exitCode = await declineCommand(run, flags, terminal);
    });

  asked(program.command('confirm').description('Says whether what the repaired service sent has arrived.'))
    .argument('<run>', RUN)
    .addOption(new Option('--yes', 'it has arrived').conflicts('no'))
    .option('--no', 'it has not: the repair is taken back')
    .option('--code', 'try the code that arrived: it is asked for, or read from what is piped in')
    .option('--by <name>', `who looked; ${BY}`)
    .option('--json', 'print the proof as JSON')
    .action(async (run: string, flags: ConfirmFlags) => {
      prepare();
      const { confirmCommand } = await import('./confirm-command.ts');
      process.exitCode = await confirmCommand(run, flags, terminal);
    });
}

function addLooking(program: Command): void {
  asked(program.command('status').description('Who has each service, what is asked of people, how the last run ended.'))
    .argument('[service]', 'name or ARN of one; default: all that have a profile', service)
    .option('--json', 'print it as JSON')
    .action(async (name: string | undefined, flags: StatusFlags) => {
      prepare();
      const { statusCommand } = await import('./status-command.ts');
      process.exitCode = await statusCommand(name, flags, terminal);
    });

  asked(program.command('list').description('Names the services that have a profile.'))
    .option('--json', 'print it as JSON')
    .action(async (flags: StatusFlags) => {
      prepare();
      const { listCommand } = await import('./status-command.ts');
      process.exitCode = await listCommand(flags, terminal);
    });
}
