import { answering } from '../lib/api/answering.ts';
import { callerOf, nameOf, readBody, requestOf, urlOf } from '../lib/api/start.ts';
import { stepFunctions } from '../lib/aws.ts';
import { startNamed, startRun } from '../lib/run/start.ts';
import { setting } from '../lib/settings.ts';

/** `POST /runs`: starts a run in the name of whoever signed the request. */
export const handler = answering(async (event) => {
  const caller = callerOf(event);
  const body = readBody(event);
  const request = requestOf(body, caller);
  const named = nameOf(event, body, caller);
  const starter = { client: stepFunctions(), stateMachineArn: setting('RECONNECT_STATE_MACHINE_ARN') };
  const { run, executionArn } = named
    ? await startNamed(starter, request, named.name, named.by)
    : await startRun(starter, request);
  const statusUrl = urlOf(event, run);
  return { status: 202, headers: { location: statusUrl }, body: { run, executionArn, statusUrl } };
});
