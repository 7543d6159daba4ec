import { VERDICT_TITLES, word } from '../report/format.ts';
import { whatItDoes } from './plan-blocks.ts';
import type { NamedPart } from './story.ts';
import { link, moment, safe, withUsers } from './text.ts';

/** A line in the thread of the run's message; `loud`: shown in the channel too, because somebody has to act. */
export interface ThreadReply {
  readonly text: string;
  readonly loud: boolean;
}

/** What an update in place would not tell anybody: Slack notifies of new messages only. */
export function replyTo({ name, part }: NamedPart, isReminder: boolean, reportUrl?: string): ThreadReply | undefined {
  switch (name) {
    case 'began':
      return undefined;
    case 'diagnosed':
      return { text: part.lines.map((line) => safe(line, 700)).join('\n'), loud: false };
    case 'asked': {
      const still = isReminder ? 'Still waiting for approval' : 'Waiting for approval';
      const text = `${still}, until ${moment(part.expiresAt)}; silence means no. ${safe(whatItDoes(part.plan), 400)}`;
      return { text, loud: true };
    }
    case 'decided':
      return { text: withUsers(safe(part.because, 600)), loud: false };
    case 'progressed':
      return { text: safe(part.what, 600), loud: false };
    case 'delivery':
      return {
        text: `${safe(part.ask, 700)} Answer in the message above, until ${moment(part.expiresAt)}.`,
        loud: true,
      };
    case 'finished': {
      const report = reportUrl === undefined ? '' : ` ${link(reportUrl, 'Report')}`;
      const todo = part.plan ? ` ${safe(whatItDoes(part.plan), 400)}` : '';
      return {
        text: `*${word(VERDICT_TITLES, part.verdict)}.* ${safe(part.summary, 900)}${todo}${report}`,
        loud: true,
      };
    }
    case 'died':
      if (part.refused) return { text: `Not started: ${withUsers(safe(part.because, 700))}`, loud: false };
      return { text: `The run ended early (${safe(part.status, 60)}): ${safe(part.because, 700)}`, loud: true };
  }
}
