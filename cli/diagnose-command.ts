import type { Report } from '../lib/domain/report.ts';
import type { SandboxClock } from '../sandbox/clock.ts';
import type { Outcome } from './diagnose.ts';
import { jsonText, readJson, refuse, refuseUnwritable, write } from './files.ts';
import { DONE, guarded, type Io, NOT_WELL } from './io.ts';

export interface DiagnoseFlags {
  readonly region?: string;
  readonly profile?: string;
  readonly profileFile?: string;
  readonly json?: true;
  readonly html?: string;
  readonly facts?: string;
  readonly fromFacts?: string;
  readonly logMinutes?: number;
  readonly logUntil?: string;
  readonly probes: boolean;
  readonly connectorSubnets?: readonly string[];
  readonly connectorGroups?: readonly string[];
  readonly dependency?: readonly string[];
}

/** `reconnect diagnose`: 0 healthy, 1 not, 2 when it could not begin. What is slow to load is loaded when it is needed. */
export const diagnoseCommand = (
  service: string | undefined,
  flags: DiagnoseFlags,
  io: Io,
  /** Only in a sandbox account: its time. */
  clock?: SandboxClock,
): Promise<number> =>
  guarded(io, async () => {
    for (const path of [flags.html, flags.facts]) if (path) await refuseUnwritable(path);
    const { report, facts } = flags.fromFacts
      ? await offline(flags.fromFacts, service, flags)
      : await live(service, flags, io, clock);
    await tell(report, flags, io);
    if (flags.facts && facts) await write(flags.facts, jsonText(facts));
    return report.verdict === 'healthy' ? DONE : NOT_WELL;
  });

async function tell(report: Report, flags: DiagnoseFlags, io: Io): Promise<void> {
  if (flags.html) {
    const { toHtml } = await import('../lib/report/html.ts');
    await write(flags.html, toHtml(report));
  }
  if (flags.json) return io.out(jsonText(report));
  const { toTable } = await import('./table.ts');
  io.out(toTable(report, io.columns));
}

async function offline(path: string, name: string | undefined, flags: DiagnoseFlags): Promise<Outcome> {
  const value = await readJson(path);
  const { judgeFacts } = await import('./from-facts.ts');
  return { report: judgeFacts(path, value, { ...flags, name }) };
}

async function live(
  nameOrArn: string | undefined,
  flags: DiagnoseFlags,
  io: Io,
  clock: SandboxClock | undefined,
): Promise<Outcome> {
  if (!nameOrArn) return refuse('service: give the name or the ARN of an App Runner service, or --from-facts');
  for (const [flag, value] of Object.entries({
    '--connector-subnets': flags.connectorSubnets,
    '--connector-groups': flags.connectorGroups,
    '--dependency': flags.dependency,
  })) {
    if (value) refuse(`${flag}: only with --from-facts; a live service is described by AWS`);
  }
  const declared = flags.profileFile ? await readProfileFile(flags.profileFile) : undefined;
  const { findWithCredentials } = await import('./operator.ts');
  const service = await findWithCredentials(nameOrArn, flags);
  const { diagnose } = await import('./diagnose.ts');
  return diagnose({
    service,
    ...(declared && { profile: declared }),
    logs: { windowMinutes: flags.logMinutes, until: flags.logUntil },
    probes: flags.probes,
    facts: flags.facts !== undefined,
    say: (line) => io.err(`${line}\n`),
    ...(clock && { clock }),
  });
}

async function readProfileFile(path: string) {
  const value = await readJson(path);
  const [{ Profile }, { explainEach }, { parse }] = await Promise.all([
    import('../lib/domain/profile.ts'),
    import('./explain.ts'),
    import('../lib/step.ts'),
  ]);
  const wrong = explainEach(Profile, value);
  if (wrong.length > 0) refuse(`${path}: ${wrong.join('; ')}`);
  return parse(Profile, value);
}
