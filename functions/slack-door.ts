import { clock } from '../lib/clock.ts';
import { InvalidRequest } from '../lib/domain/errors.ts';
import { answerCommand, answerInteraction, type Reply } from '../lib/slack/door.ts';
import { doorSsm, doorTable, hands } from '../lib/slack/door-hands.ts';
import { slackParameters } from '../lib/slack/parameters.ts';
import { isFirstUse } from '../lib/slack/records.ts';
import { type Headers, rawBody, verify } from '../lib/slack/signature.ts';
import { isStranger } from '../lib/slack/team.ts';
import { logger } from '../lib/step.ts';

/** What of a request is read. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
interface HttpEvent {
  readonly rawPath: string;
  readonly headers?: Headers;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const status = (statusCode: number): HttpAnswer => ({ statusCode, body: '' });
const json = (reply: Reply, statusCode = 200): HttpAnswer =>
  reply
    ? { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply) }
    : status(statusCode);

const ROUTES = [
  { ends: '/slack/commands', answer: answerCommand },
  { ends: '/slack/interactivity', answer: answerInteraction },
];

/** Slack's way in: checks the signature, answers within three seconds, hands over what takes longer. */
export async function handler(event: HttpEvent): Promise<HttpAnswer> {
  const route = ROUTES.find(({ ends }) => event.rawPath.endsWith(ends));
  if (!route) return status(404);
  try {
    const body = rawBody(event);
    const { signingSecret, team } = await slackParameters(doorSsm());
    const claim = verify(signingSecret, event.headers ?? {}, body, clock.now());
    if (!claim || !(await isFirstUse(doorTable(), claim))) return status(401);
    const form = new URLSearchParams(body.toString());
    if (isStranger(form, team)) return route.answer === answerCommand ? json(STRANGER) : status(401);
    return json(await route.answer(form, hands));
  } catch (error) {
    if (error instanceof InvalidRequest) return json({ error: error.name, message: error.message }, 400);
    // Nothing of the request is logged: a submitted dialog holds a code.
    logger.error('the door could not answer', { because: error instanceof Error ? error.name : 'unknown' });
    return route.answer === answerCommand ? json(SORRY) : status(500);
  }
}

const onlyYouSee = (text: string) => ({ response_type: 'ephemeral', text });
const STRANGER = onlyYouSee('Only people of the workspace that reconnect is installed in are heard.');
const SORRY = onlyYouSee(
  'That did not work just now: AWS did not answer in time. Nothing may have been started; look with `/reconnect status`, then try again.',
);
