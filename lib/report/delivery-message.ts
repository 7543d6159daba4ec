import { redact } from '../domain/redact.ts';

export interface Question {
  readonly run: string;
  readonly service: string;
  readonly ask: string;
  readonly takesCode: boolean;
  readonly expiresAt: string;
}

/** The question whether it arrived, and how to answer it. Plain text: it goes by mail. */
export function deliveryMessage({ run, service, ask, takesCode, expiresAt }: Question): string {
  const answer = (more: object) => {
    const payload = JSON.stringify({ run, delivered: true, by: '<you>', ...more });
    return `aws lambda invoke --function-name reconnect-answer-delivery --cli-binary-format raw-in-base64-out --payload '${payload}' /dev/stdout`;
  };
  return [
    `Run ${run} asks about ${service}: ${redact(ask)}`,
    `Open until ${expiresAt}; without an answer the repair counts as not proved. It has arrived:`,
    answer({}),
    ...(takesCode
      ? ['With the code that arrived, which is tried once and kept nowhere:', answer({ code: '<code>' })]
      : []),
    'It has not (this takes the repair back):',
    answer({ delivered: false }),
  ].join('\n\n');
}
