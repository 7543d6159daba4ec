import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ADVICE } from '../domain/advice.ts';
import type { Announcement } from '../domain/announcement.ts';
import { redact } from '../domain/redact.ts';
import { approvalMessage, planLines } from '../report/approval-message.ts';
import { deliveryMessage } from '../report/delivery-message.ts';
import { isBeneath } from '../report/outline.ts';

export interface Mail {
  readonly subject: string;
  readonly message: string;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a subject is ASCII, one line, under 100 characters. */
const asSubject = (text: string) =>
  redact(text)
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 99);

/** Publishes to the topic. The message is sent as it is: what goes into it is redacted before; the subject is redacted here. */
export async function publish(sns: Pick<SNSClient, 'send'>, topic: string, { subject, message }: Mail): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: topic, Subject: asSubject(subject), Message: message }));
}

const list = (lines: readonly string[]) => lines.map((line) => (isBeneath(line) ? line : `- ${line}`)).join('\n');

/** The announcement as plain text: it goes by mail, or to whoever is on call. */
export function mailOf(announcement: Announcement): Mail {
  switch (announcement.kind) {
    case 'asked':
      return {
        subject: `reconnect: approve the repair of ${announcement.service}?`,
        message: approvalMessage(announcement),
      };
    case 'reminded':
      return {
        subject: `reconnect: still open: approve the repair of ${announcement.service}?`,
        message: `Nobody has decided yet.\n\n${approvalMessage({ ...announcement, causes: [] })}`,
      };
    case 'delivery-asked':
      return deliveryMail(announcement);
    case 'finished':
      return finishedMail(announcement);
    case 'swept':
      return {
        subject: `reconnect: the sweep found ${announcement.findings.length} new`,
        message: redact(
          `Seen at ${announcement.at}, and not at the sweep before:\n${list(
            announcement.findings.map(({ service, subject, because }) => `${service}, ${subject}: ${because}`),
          )}`,
        ),
      };
    case 'died':
      return {
        subject: announcement.refused
          ? `reconnect: ${announcement.service}: not started`
          : `reconnect: a run for ${announcement.service} died: ${announcement.status}`,
        message: `${redact(announcement.because)}\n\nRun ${announcement.run}`,
      };
    default:
      return newsMail(announcement);
  }
}

type Of<K extends Announcement['kind']> = Extract<Announcement, { kind: K }>;

const deliveryMail = (question: Of<'delivery-asked'>): Mail => ({
  subject: `reconnect: ${question.ask}`,
  message: deliveryMessage(question),
});

function finishedMail({ verdict, service, run, summary, nextSteps, plan }: Of<'finished'>): Mail {
  const urgent = verdict === 'stuck' ? 'ACT NOW: ' : '';
  const todo = nextSteps.length > 0 ? `\n\nNext:\n${list(nextSteps)}` : '';
  const would = verdict === 'planned' && plan ? `\n\nA repair would:\n${planLines(plan).join('\n')}` : '';
  return {
    subject: `reconnect: ${urgent}${service} ${verdict}`,
    message: `${redact(`${summary}${would}${todo}`)}\n\nRun ${run}`,
  };
}

/** What only says how far it is. */
function newsMail(news: Of<'began' | 'diagnosed' | 'decided' | 'progressed'>): Mail {
  const subject = `reconnect: ${news.service}: ${HEADLINES[news.kind]}`;
  return { subject, message: `${redact(sentenceOf(news))}\n\nRun ${news.run}` };
}

const HEADLINES = { began: 'begun', diagnosed: 'diagnosed', decided: 'decided', progressed: 'under way' } as const;

function sentenceOf(news: Of<'began' | 'diagnosed' | 'decided' | 'progressed'>): string {
  switch (news.kind) {
    case 'began':
      return `${news.requestedBy} started a run of mode ${news.mode} for ${news.service}.`;
    case 'decided':
      return `The plan for ${news.service}: ${news.approval.because}.`;
    case 'progressed':
      return `${news.service}: ${news.what}.`;
    case 'diagnosed': {
      if (news.healthy) return `${news.service}: nothing is broken.`;
      const causes = news.causes.map(
        ({ cause, subject, because }) => `${cause} (${subject}): ${because}. ${ADVICE[cause]}`,
      );
      return causes.length > 0
        ? `What is wrong with ${news.service}:\n${list(causes)}`
        : `${news.service}: no cause was found.`;
    }
  }
}
