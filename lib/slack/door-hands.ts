import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { lazy } from '../aws.ts';
import { clock } from '../clock.ts';
import { listServices, profileParameter } from '../profile-names.ts';
import { setting } from '../settings.ts';
import type { Hands } from './door.ts';
import { connectSlack } from './parameters.ts';
import { type DoorTable, doorClient, findDelivery, quick } from './records.ts';

/** Slack's triggers live for three seconds, and we have used some of them. */
const MODAL_PATIENCE_MS = 2000;

const lambda = /* @__PURE__ */ lazy(() => new LambdaClient(quick));
/** A code is tried at the provider, which counts tries: what may have been sent is not sent again. */
const lambdaSingleTry = /* @__PURE__ */ lazy(() => new LambdaClient({ ...quick, maxAttempts: 1 }));
export const doorSsm = /* @__PURE__ */ lazy(() => new SSMClient(quick));
export const doorTable = (): DoorTable => ({ client: doorClient(), name: setting('RECONNECT_TABLE') });

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html */
async function startFunction(client: LambdaClient, name: string, input: object): Promise<void> {
  await client.send(
    new InvokeCommand({
      FunctionName: setting(name),
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(input)),
    }),
  );
}

/** Any other name would be refused by SSM, or mean something else there. */
const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/;

/** What the door does, with the clients of this process. */
export const hands: Hands = {
  handOver: (work) => startFunction(lambda(), 'RECONNECT_SLACK_WORKER_FUNCTION', work),
  answerDelivery: (answer) => startFunction(lambdaSingleTry(), 'RECONNECT_ANSWER_DELIVERY_FUNCTION', answer),
  services: () => listServices(doorSsm()),
  hasProfile: async (service) => {
    if (!SERVICE_NAME.test(service)) return false;
    const { Parameters = [] } = await doorSsm().send(new GetParametersCommand({ Names: [profileParameter(service)] }));
    return Parameters.length > 0;
  },
  openModal: async (triggerId, view) => {
    const slack = await connectSlack(doorSsm(), MODAL_PATIENCE_MS);
    await slack.call('views.open', { trigger_id: triggerId, view });
  },
  findDelivery: (question) => findDelivery(doorTable(), question, clock.now()),
};
