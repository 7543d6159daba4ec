import { lambda } from '../lib/aws.ts';
import { CALM_VERDICTS } from '../lib/domain/report.ts';
import type { ServiceView } from '../lib/domain/run-view.ts';
import { showServices } from './doors.ts';
import { jsonText } from './files.ts';
import { DONE, type Io, NOT_WELL } from './io.ts';
import { command, operated } from './operated.ts';
import type { Operator } from './operator.ts';
import { questionText } from './question-text.ts';

export interface StatusFlags extends Operator {
  readonly json?: true;
}

const NONE = 'no service has a profile here: reconnect profile init <service> writes one to begin with';

/** Who has each service, what is asked, how its last run ended. 1: of some service it was not well, and nobody is at it. */
export const statusCommand = (service: string | undefined, flags: StatusFlags, io: Io): Promise<number> =>
  operated(
    io,
    flags,
    async () => {
      const services = await showServices(lambda(), service);
      if (flags.json) io.out(jsonText(services));
      else if (services.length === 0) io.err(`${NONE}\n`);
      else for (const one of services) io.out(`${lines(one, flags).join('\n')}\n`);
      return services.every(isCalm) ? DONE : NOT_WELL;
    },
    service,
  );

/** The services that have a profile, one on each line. */
export const listCommand = (flags: StatusFlags, io: Io): Promise<number> =>
  operated(io, flags, async () => {
    const services = await showServices(lambda());
    if (flags.json) io.out(jsonText(services.map(({ service, arn }) => ({ service, ...(arn && { arn }) }))));
    else for (const { service } of services) io.out(`${service}\n`);
    if (services.length === 0) io.err(`${NONE}\n`);
    return DONE;
  });

/** A run that has ended and still has the service could not put everything back. */
const isKept = ({ holder, last }: ServiceView): boolean => holder !== undefined && holder.run === last?.run;

const isCalm = (view: ServiceView): boolean =>
  view.holder
    ? !isKept(view)
    : view.last === undefined || CALM_VERDICTS.some((verdict) => verdict === view.last?.verdict);

function lines(view: ServiceView, operator: Operator): string[] {
  const { service, profile, arn, holder, question, last } = view;
  const found = [service, ...(arn ? [] : ['  has a profile, but App Runner has no service of this name here'])];
  if (arn && !profile) found.push(`  has no profile → ${command(`profile init ${service}`, operator)}`);
  if (holder && isKept(view)) {
    found.push(
      `  locked by run ${holder.run}, which could not put everything back → ${command(`undo ${holder.run}`, operator)}`,
    );
  } else if (holder) {
    found.push(`  run ${holder.run}, asked for by ${holder.requestedBy}, since ${holder.since}`);
    const asked = question
      ? questionText(holder.run, question, operator)
      : [`→ ${command(`watch ${holder.run}`, operator)}`];
    found.push(...asked.map((line, index) => (question && index === 0 ? `  ? ${line}` : `    ${line}`)));
  }
  if (last) found.push(`  last: ${last.verdict} at ${last.at}, run ${last.run}`, `    ${last.summary}`);
  else if (!holder && arn) found.push('  no run yet');
  return found;
}
