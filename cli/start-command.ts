import { RunName } from '../lib/api/shapes.ts';
import { lambda, stepFunctions } from '../lib/aws.ts';
import { Request } from '../lib/domain/request.ts';
import { startNamed, startRun } from '../lib/run/start.ts';
import { parse } from '../lib/step.ts';
import type { Telling } from './conclude.ts';
import { jsonText, refuse } from './files.ts';
import { DONE, type Io } from './io.ts';
import { findExecution, findMachine } from './machines.ts';
import { command, operated, whoAsks } from './operated.ts';
import { parseAsked } from './parse-asked.ts';
import { LOOK_EVERY_MS, watchRun, watchStarted } from './watch-run.ts';

export interface StartFlags extends Telling {
  readonly mode: 'diagnose' | 'plan' | 'repair';
  readonly reason?: string;
  readonly by?: string;
  readonly name?: string;
  readonly environment?: readonly string[];
  readonly environmentSecret?: readonly string[];
  readonly watch: boolean;
  readonly stateMachine?: string;
}

/** Starts a run on the deployment in this account. With `watch`, ends as the run ends; else 0 once it is started. */
export const startCommand = (service: string, flags: StartFlags, io: Io, everyMs = LOOK_EVERY_MS): Promise<number> =>
  operated(
    io,
    flags,
    async () => {
      const request = requestOf(service, flags);
      if (flags.name !== undefined) nameFor(flags.name);
      const client = stepFunctions();
      const starter = { client, stateMachineArn: flags.stateMachine ?? (await findMachine(client, 'reconnect')) };
      const started = flags.name
        ? await startNamed(starter, request, flags.name, '--name')
        : await startRun(starter, request);
      const { run, executionArn, isNew } = started;
      if (!flags.watch) {
        if (flags.json) io.out(jsonText({ run, executionArn }));
        else io.out(`run ${run}${isNew ? '' : ' was there already'}\n  → ${command(`watch ${run}`, flags)}\n`);
        return DONE;
      }
      return watchStarted({ states: client, lambda: lambda() }, started, flags, io, everyMs);
    },
    service,
  );

export interface WatchFlags extends Telling {
  readonly stateMachine?: string;
}

/** Follows a run that is under way, or tells one that is over. */
export const watchCommand = (run: string, flags: WatchFlags, io: Io, everyMs = LOOK_EVERY_MS): Promise<number> =>
  operated(io, flags, async () => {
    const states = stepFunctions();
    const executionArn = await findExecution(states, run, flags.stateMachine);
    return watchRun({ states, lambda: lambda() }, executionArn, flags, io, everyMs);
  });

function requestOf(service: string, flags: StartFlags): Request {
  const variables = pairs('--environment', flags.environment);
  const secrets = pairs('--environment-secret', flags.environmentSecret);
  return parseAsked(Request, {
    service,
    mode: flags.mode,
    requestedBy: whoAsks(flags.by),
    ...(flags.reason && { reason: flags.reason }),
    ...((variables || secrets) && { environment: { ...(variables && { variables }), ...(secrets && { secrets }) } }),
  });
}

function pairs(flag: string, given: readonly string[] | undefined): Record<string, string> | undefined {
  return given && Object.fromEntries(given.map((pair) => pairIn(flag, pair)));
}

/** The value may hold anything and is never repeated. */
function pairIn(flag: string, pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1)
    refuse(
      `${flag}: must be NAME=${flag === '--environment' ? 'VALUE' : 'REFERENCE, the ARN of a secret or parameter'}`,
    );
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function nameFor(name: string): void {
  try {
    parse(RunName, name);
  } catch {
    refuse('--name: must be 1 to 80 letters, digits, - and _');
  }
}
