import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import { handler as approvalDoor } from '../../../functions/answer-approval.ts';
import { handler as deliveryDoor } from '../../../functions/answer-delivery.ts';
import { forgetClients } from '../../../lib/aws.ts';
import { systemClock, useClock } from '../../../lib/clock.ts';
import { Delivery } from '../../../lib/domain/profile.ts';
import type { ApprovalQuestion } from '../../../lib/run/approval.ts';
import { runTable } from '../../../lib/run/client.ts';
import type { DeliveryQuestion } from '../../../lib/run/delivery.ts';
import { ask } from '../../../lib/run/questions.ts';
import { logger, parse } from '../../../lib/step.ts';
import { AwsError } from '../../../sandbox/http/errors.ts';
import { startSandbox } from '../../../sandbox/index.ts';

const CONTEXT = { awsRequestId: '1', functionName: 'door' } as never;
export const HASH = 'a'.repeat(64);

/** A service whose door takes each code once. */
async function serviceThat(state: { hold?: Promise<unknown> }) {
  const codes: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { code } = JSON.parse(Buffer.concat(chunks).toString());
    response.statusCode = codes.includes(code) ? 401 : 200;
    codes.push(code);
    await state.hold;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, codes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The two doors for answers, and a Step Functions that says what a test wants of it. */
export async function answerWorld() {
  const sandbox = await startSandbox({ scenario: 'otp-egress', speed: 1 });
  const state: { hold?: Promise<unknown>; wakes?: string; status: string } = { status: 'RUNNING' };
  const woken: Record<string, unknown>[] = [];
  sandbox.mountJson(
    'AWSStepFunctions',
    async (operation, input) => {
      if (operation === 'DescribeExecution')
        return { status: state.status, name: 'r1', executionArn: 'x', startDate: 0 };
      if (state.wakes) throw new AwsError(state.wakes, 'no', { status: 400 });
      woken.push(JSON.parse(String(input.output)));
      return {};
    },
    { service: 'states' },
  );
  const service = await serviceThat(state);
  Object.assign(process.env, sandbox.env, {
    RECONNECT_TABLE: 'reconnect',
    RECONNECT_STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:123456789012:stateMachine:reconnect',
  });
  const log = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
  forgetClients();
  useClock(sandbox.clock);
  onTestFinished(async () => {
    useClock(systemClock);
    log.mockRestore();
    service.server.closeAllConnections();
    service.server.close();
    await sandbox.close();
  });
  const table = runTable();
  const later = (minutes: number) => new Date(sandbox.clock.now().getTime() + minutes * 60_000).toISOString();
  const delivery = (body: object) =>
    parse(Delivery, { ask: 'Has it arrived?', verify: { name: 'verify', method: 'POST', path: '/verify', body } });
  return {
    sandbox,
    state,
    woken,
    table,
    codes: service.codes,
    askDelivery: (minutes = 10, body: object = { code: { fromPerson: 'code' } }) =>
      ask<DeliveryQuestion>(table, 'r1', 'DELIVERY', {
        token: 'token',
        expiresAt: later(minutes),
        service: { name: 'shop', arn: 'arn:x', id: 'x', url: service.url },
        delivery: delivery(body),
      }),
    askApproval: (minutes = 10) =>
      ask<ApprovalQuestion>(table, 'r1', 'APPROVAL', {
        token: 'token',
        expiresAt: later(minutes),
        planHash: HASH,
        requestedBy: 'maria',
        approvers: [],
        requesterMayApprove: false,
      }),
    answer: (more: object) => deliveryDoor({ run: 'r1', delivered: true, by: 'kim', ...more }, CONTEXT),
    decide: (more: object) =>
      approvalDoor({ run: 'r1', decision: 'approve', by: 'kim', planHash: HASH, ...more }, CONTEXT),
  };
}
