import type { DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import { messageOf } from '../domain/failure.ts';
import { redact } from '../domain/redact.ts';
import type { Report } from '../domain/report.ts';
import type { Purpose } from '../domain/request.ts';
import type { RunStatus, RunView } from '../domain/run-view.ts';
import { readDeath, undoesOf } from './death.ts';
import { executionArnOf, executionOf } from './executions.ts';
import { holderIn } from './lock.ts';
import { how } from './obituary.ts';
import { readReport } from './records.ts';
import { askedBy } from './status.ts';
import type { Table } from './table.ts';

export interface Sources {
  readonly table: Table;
  readonly client: Pick<SFNClient, 'send'>;
  /** Where runs are looked for, in this order. */
  readonly stateMachineArns: readonly string[];
}

const STATUSES: Record<string, RunStatus> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed-out',
  ABORTED: 'aborted',
};

/** Undefined when nobody knows it. What an execution no longer tells, because it is too old, its report still does. */
export async function viewRun(sources: Sources, run: string, now: Date): Promise<RunView | undefined> {
  const { table, client, stateMachineArns } = sources;
  const report = await readReport(table, run);
  for (const stateMachineArn of stateMachineArns) {
    const execution = await executionOf(client, stateMachineArn, run);
    if (execution) return viewOf(sources, run, execution, report, now);
  }
  return report && forgotten(report, stateMachineArns[0] ?? '');
}

async function viewOf(
  sources: Sources,
  run: string,
  execution: DescribeExecutionCommandOutput,
  report: Report | undefined,
  now: Date,
): Promise<RunView> {
  const { status = '', executionArn = '', startDate, stopDate } = execution;
  const isRunning = status === 'RUNNING';
  const { question, answered } = await askedBy(sources.table, run, now);
  return {
    run,
    status: STATUSES[status] ?? 'running',
    executionArn,
    ...askedFor(execution, report),
    ...(startDate && { startedAt: startDate.toISOString() }),
    ...(stopDate && { endedAt: stopDate.toISOString() }),
    ...(question && isRunning && { question }),
    ...(answered && { answered }),
    ...(report && { verdict: report.verdict, report }),
    ...(!report && !isRunning && { failure: await failureOf(sources, run, execution) }),
  };
}

/** Of the request; a run that takes another back names that one, and its service only in the report. */
function askedFor({ input = '{}' }: DescribeExecutionCommandOutput, report: Report | undefined) {
  const request = parsed(input);
  const text = (key: string) => (typeof request[key] === 'string' ? request[key] : undefined);
  const service = report?.service ?? text('service');
  const mode = (report?.mode ?? (text('run') === undefined ? (text('mode') ?? 'plan') : 'undo')) as Purpose;
  const requestedBy = report?.requestedBy ?? text('requestedBy');
  return { ...(service && { service }), mode, ...(requestedBy && { requestedBy }) };
}

function parsed(input: string): Record<string, unknown> {
  const value: unknown = JSON.parse(input);
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

/** What the janitor wrote of its death says most, but not who has the service in its stead. */
async function failureOf(
  sources: Sources,
  run: string,
  execution: DescribeExecutionCommandOutput,
): Promise<NonNullable<RunView['failure']>> {
  const { status, error = String(status), cause } = execution;
  const message = messageOf({ Error: error, ...(cause && { Cause: cause }) });
  const said = status === 'FAILED' ? redact(message, holderIn(message)) : how(execution);
  const death = error === 'LockHeld' ? undefined : await readDeath(sources.table, run);
  const undoneBy = death && (await undoOf(sources, run));
  return { error, because: death?.because ?? said, ...(undoneBy && { undoneBy }) };
}

/** The last try to take a dead run back. */
async function undoOf({ client, stateMachineArns }: Sources, run: string): Promise<string | undefined> {
  for (const name of [...undoesOf(run)].reverse()) {
    for (const arn of stateMachineArns) if (await executionOf(client, arn, name)) return name;
  }
  return undefined;
}

/** Step Functions keeps an execution for 90 days: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
function forgotten(report: Report, stateMachineArn: string): RunView {
  const { run, service, mode, requestedBy, verdict, timeline } = report;
  const [began, ended] = [timeline.at(0)?.at, timeline.at(-1)?.at];
  return {
    run,
    status: verdict === 'stuck' ? 'failed' : 'succeeded',
    executionArn: executionArnOf(stateMachineArn, run),
    service,
    mode,
    requestedBy,
    ...(began && { startedAt: began }),
    ...(ended && { endedAt: ended }),
    verdict,
    report,
  };
}
