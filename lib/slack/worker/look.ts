import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { OpenQuestion } from '../../domain/run-view.ts';
import { VERDICT_TITLES, word } from '../../report/format.ts';
import { askedBy, listServices, type ServiceStatus, statusOf } from '../../run/status.ts';
import type { Table } from '../../run/table.ts';
import { moment, person, safe, told } from '../text.ts';

export interface Glass {
  readonly table: Table;
  readonly ssm: Pick<SSMClient, 'send'>;
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly now: () => Date;
}

const MOST = 50;

/** The services that somebody declared a profile for. */
export async function list({ ssm }: Glass): Promise<string> {
  const services = await listServices(ssm);
  if (services.length === 0) return 'No service has a profile yet: docs/profile.md says how to write one.';
  const more = services.length > MOST ? `\n… and ${services.length - MOST} more` : '';
  return `${services
    .slice(0, MOST)
    .map((name) => `• \`${safe(name, 80)}\``)
    .join('\n')}${more}`;
}

/** App Runner is asked for each. */
const MOST_LOOKED_AT = 10;

/** Who works on it, and how its last run ended; without a service, of all. */
export async function status(glass: Glass, service: string | undefined): Promise<string> {
  if (service !== undefined) return of(glass, service);
  const services = await listServices(glass.ssm);
  if (services.length === 0) return list(glass);
  const lines = await Promise.all(services.slice(0, MOST_LOOKED_AT).map((name) => of(glass, name)));
  const more = services.slice(MOST_LOOKED_AT, MOST);
  const rest =
    more.length > 0 ? [`Ask for one of the others by its name: ${more.map((name) => safe(name, 80)).join(', ')}`] : [];
  return [...lines, ...rest].join('\n');
}

async function of({ table, appRunner, now }: Glass, service: string): Promise<string> {
  const name = `*${safe(service, 80)}*`;
  try {
    const found = await statusOf({ table, appRunner }, service);
    const question = found.holder && (await askedBy(table, found.holder.run, now())).question;
    return `${name}: ${sentenceOf(found, question)}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'ServiceNotFound')
      return `${name}: App Runner has no such service here.`;
    throw error;
  }
}

/** Of a run that died there is no verdict. */
const ENDINGS = { ...VERDICT_TITLES, failed: 'Failed', 'timed-out': 'Took too long', aborted: 'Was stopped' };

function sentenceOf({ holder, last }: ServiceStatus, question: OpenQuestion | undefined): string {
  const now = holder
    ? `run \`${holder.run}\` works on it since ${moment(holder.since)}, for ${person(told(holder.requestedBy, 128))}.${question ? ` ${waitsFor(question)}` : ''}`
    : 'nobody works on it.';
  const then = last
    ? `The last run \`${last.run}\` ended ${moment(last.at)}: ${word(ENDINGS, last.verdict)}. ${safe(told(last.summary, 500), 700)}`
    : 'No run has ended here yet.';
  return `${now} ${then}`;
}

/** What people are asked in the message of the run. */
function waitsFor(question: OpenQuestion): string {
  const until = `until ${moment(question.expiresAt)}`;
  return question.topic === 'approval'
    ? `People are asked to approve its plan, ${until}; silence means no.`
    : `People are asked ${until}: ${safe(told(question.ask, 500), 700)}`;
}
