import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { StateDrifted } from '../../domain/errors.ts';
import type { Step } from '../../domain/plan.ts';
import { type Entry, type Ledger, markLeft, markNotMade } from '../../run/ledger.ts';
import { describe } from '../../target/apprunner.ts';
import { isSameSetting, type Setting, type Settings, settingsOf, sourceWith } from '../../target/environment.ts';
import { updateSource } from '../../target/update.ts';
import type { Undone } from './change.ts';
import { type AppRunnerHands, changeByOperation, type Found, isBegun, startedFor, undoByUpdate } from './operation.ts';

type Ssm = Pick<SSMClient, 'send'>;

export interface EnvironmentHands extends AppRunnerHands {
  readonly ssm: Ssm;
}

export interface SetEnvironment {
  readonly id: string;
  readonly service: string;
  readonly step: Pick<Step, 'remedy' | 'target' | 'undo'>;
  readonly wanted: Settings;
  /** Why the environment is no longer what the plan saw, if so. */
  readonly drift: (service: Awaited<ReturnType<typeof describe>>) => Promise<string | undefined>;
}

/** `variable`: its value is kept apart, where only whoever may decrypt it can read it. */
type Before = 'absent' | 'variable' | { readonly secret: string };

interface UndoData {
  readonly before: Readonly<Record<string, Before>>;
  /** What they were set to: no secret is among it. */
  readonly after: Settings;
  /** The SSM parameter with the values that were overwritten; absent when none was. */
  readonly parameter?: string;
}

/** Sets names of the environment, in one deployment, and changes nothing else. Throws `StateDrifted`. */
export async function setEnvironment(hands: EnvironmentHands, ledger: Ledger, wish: SetEnvironment): Promise<Entry> {
  const { id, step, wanted, drift } = wish;
  const service = await describe(hands.appRunner, step.target);
  const assertAsPlanned = async () => {
    const why = await drift(service);
    if (why) throw new StateDrifted(`${why}; nothing was changed`);
  };
  if (!(await isBegun(ledger, id))) await assertAsPlanned();
  const names = Object.keys(wanted).sort();
  const current = settingsOf(service, names);
  const overwritten = Object.fromEntries(
    Object.entries(current).flatMap(([name, setting]) =>
      setting && 'value' in setting ? [[name, setting.value] as const] : [],
    ),
  );
  const parameter = Object.keys(overwritten).length > 0 ? parameterName(ledger.run, id) : undefined;
  const undoData: UndoData = {
    before: Object.fromEntries(Object.entries(current).map(([name, setting]) => [name, withoutValue(setting)])),
    after: wanted,
    ...(parameter && { parameter }),
  };
  const planned = {
    id,
    service: wish.service,
    remedy: step.remedy,
    kind: 'environment',
    target: step.target,
    what: `environment: ${names.join(', ')} set`,
    undo: step.undo,
    undoData,
    effect: { environment: names },
  } as const;
  return changeByOperation(hands, ledger, planned, {
    type: 'UPDATE_SERVICE',
    send: async () => {
      // Busy, it is described as what is being applied, which may be this very change: App Runner refuses it.
      if (service.Status !== 'OPERATION_IN_PROGRESS') await assertAsPlanned();
      if (parameter) await keepValues(hands.ssm, parameter, overwritten);
      return updateSource(hands.updater, step.target, sourceWith(service, wanted));
    },
  });
}

const withoutValue = (setting: Setting): Before =>
  setting === null ? 'absent' : 'secret' in setting ? setting : 'variable';

const parameterName = (run: string, id: string) => `/reconnect-runs/${run}/environment-${id}`;

/** Never overwritten: one that is there already is ours, of an earlier try, and holds the true old values. */
async function keepValues(ssm: Ssm, Name: string, values: Readonly<Record<string, string>>): Promise<void> {
  try {
    await ssm.send(
      new PutParameterCommand({
        Name,
        Value: JSON.stringify(values),
        Type: 'SecureString',
        Overwrite: false,
        Tier: 'Intelligent-Tiering',
        Description: 'Values that a run of reconnect set otherwise, for its way back. Deleted when the run ends.',
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ParameterAlreadyExists')) throw error;
  }
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;

async function readValues(ssm: Ssm, Name: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return JSON.parse(Parameter?.Value ?? '{}');
  } catch (error) {
    if (isNamed(error, 'ParameterNotFound')) return undefined;
    throw error;
  }
}

/**
 * One look at the way back: each name as it was, everything else as it is now. A name that somebody else set since is
 * left, and so is one whose old value was forgotten: the ledger names it.
 */
export async function undo(hands: EnvironmentHands, ledger: Ledger, entry: Entry): Promise<Undone> {
  const { before, after, parameter } = entry.undoData as UndoData;
  const values = parameter ? await readValues(hands.ssm, parameter) : {};
  if (!values) return withoutValues(hands, ledger, entry);
  const old: Settings = Object.fromEntries(
    Object.entries(before).map(([name, was]) => [name, settingOf(was, values[name])]),
  );
  const names = Object.keys(old).sort();
  return undoByUpdate(hands, ledger, entry, {
    subject: `environment (${names.join(', ')})`,
    look: (service) => compare(settingsOf(service, names), old, after),
    putBack: (service) => {
      const now = settingsOf(service, names);
      const ours = names.filter((name) => isOurs(now[name], old[name], after[name]));
      return updateSource(
        hands.updater,
        entry.target,
        sourceWith(service, Object.fromEntries(ours.map((name) => [name, old[name] ?? null]))),
      );
    },
  });
}

const settingOf = (was: Before, value: string | undefined): Setting => {
  if (was === 'absent') return null;
  return was === 'variable' ? { value: value ?? '' } : was;
};

const isOurs = (now: Setting | undefined, old: Setting | undefined, made: Setting | undefined) =>
  !isSameSetting(now, old) && isSameSetting(now, made);

function compare(now: Settings, old: Settings, made: Settings): Found {
  const different = Object.keys(old).filter((name) => !isSameSetting(now[name], old[name]));
  if (different.some((name) => isSameSetting(now[name], made[name]))) return { is: 'ours' };
  if (different.length === 0) return { is: 'before' };
  return { is: 'theirs', because: `somebody else set ${different.sort().join(', ')} since` };
}

/** The update is sent only after the values were kept: without them and without an operation it never was. */
async function withoutValues({ appRunner }: EnvironmentHands, ledger: Ledger, entry: Entry): Promise<Undone> {
  const wasSent = entry.operationId !== undefined || (await startedFor(appRunner, entry, 'UPDATE_SERVICE'));
  if (!wasSent) {
    await markNotMade(ledger, entry.id);
    return 'settled';
  }
  const { before } = entry.undoData as UndoData;
  const names = Object.keys(before).filter((name) => before[name] === 'variable');
  await markLeft(ledger, entry.id, `the old values of ${names.sort().join(', ')} are no longer kept: set them by hand`);
  return 'settled';
}

/** Deletes the values that were kept for the way back. Only for a run that has ended and is not to be taken back. */
export async function forgetValues(ssm: Ssm, entries: readonly Entry[]): Promise<void> {
  const kept = entries.flatMap(({ kind, undoData }) =>
    kind === 'environment' ? ((undoData as UndoData).parameter ?? []) : [],
  );
  for (const Name of kept) {
    try {
      await ssm.send(new DeleteParameterCommand({ Name }));
    } catch (error) {
      if (!isNamed(error, 'ParameterNotFound')) throw error;
    }
  }
}
