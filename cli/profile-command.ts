import { draftProfile } from '../lib/discover/draft.ts';
import { Profile } from '../lib/domain/profile.ts';
import { parse } from '../lib/step.ts';
import { explainEach } from './explain.ts';
import { jsonText, readJson, refuseUnwritable, write } from './files.ts';
import { BAD_USAGE, DONE, guarded, type Io } from './io.ts';
import type { Operator } from './operator.ts';

/** `reconnect profile init`: a profile to begin with, from what the account shows. */
export const profileInit = (nameOrArn: string, flags: Operator & { out?: string }, io: Io): Promise<number> =>
  guarded(io, async () => {
    if (flags.out) await refuseUnwritable(flags.out);
    // The AWS SDK is slow to load, and a check of a file needs none of it.
    const [{ findWithCredentials }, { lookAround }] = await Promise.all([
      import('./operator.ts'),
      import('./look-around.ts'),
    ]);
    const service = await findWithCredentials(nameOrArn, flags);
    const { found, gaps } = await lookAround(service);
    const draft = draftProfile(found);
    // What this prints is what `profile check` and every run accept.
    parse(Profile, draft);
    for (const { subject, because } of gaps) io.err(`? ${subject}: ${because}\n`);
    if (flags.out) await write(flags.out, jsonText(draft), 'wx');
    else io.out(jsonText(draft));
    io.err(
      `${flags.out ? `${flags.out}: ` : ''}correct the dependencies, and add a probe of what users do: a health check alone proves little (docs/profile.md)\n`,
    );
    return DONE;
  });

/** `reconnect profile check`: whether a run would accept it. */
export const profileCheck = (path: string, io: Io): Promise<number> =>
  guarded(io, async () => {
    const value = await readJson(path);
    const wrong = explainEach(Profile, value);
    if (wrong.length > 0) {
      io.err(`${path}: not a profile\n${wrong.map((one) => `  ${one}\n`).join('')}`);
      return BAD_USAGE;
    }
    io.out(`ok  ${summary(parse(Profile, value))}\n`);
    return DONE;
  });

function summary({ service, dependencies, environment, probes, providers, delivery }: Profile): string {
  const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
  const asked = Object.keys(providers ?? {});
  return `${service}: ${[
    count(dependencies.length, 'dependency', 'dependencies'),
    count(environment.length, 'environment rule'),
    count(probes.length, 'probe'),
    ...(asked.length > 0 ? [`asks ${asked.join(', ')}`] : []),
    ...(delivery ? ['a person confirms the delivery'] : []),
  ].join(', ')}`;
}
