import type { Delivery } from '../domain/profile.ts';
import { redact } from '../domain/redact.ts';

/** The question whether it arrived, and how to answer it. Plain text: it goes by mail. */
export function deliveryMessage(run: string, service: string, { ask, verify }: Delivery, expiresAt: string): string {
  const answer = (more: object) => {
    const payload = JSON.stringify({ run, delivered: true, by: '<you>', ...more });
    return `aws lambda invoke --function-name reconnect-answer-delivery --cli-binary-format raw-in-base64-out --payload '${payload}' /dev/stdout`;
  };
  return [
    `Run ${run} asks about ${service}: ${redact(ask)}`,
    `Open until ${expiresAt}; without an answer the repair counts as not proved. It has arrived:`,
    answer({}),
    ...(verify
      ? ['With the code that arrived, which is tried once and kept nowhere:', answer({ code: '<code>' })]
      : []),
    'It has not (this takes the repair back):',
    answer({ delivered: false }),
  ].join('\n\n');
}
