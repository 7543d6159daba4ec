import type { SandboxClock } from '../clock.ts';
import { type Failure, StateError } from './errors.ts';
import { type Json, throughJson } from './json.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  /** Seconds since 1970. */
  timestamp: number;
  type: string;
  [details: `${string}EventDetails`]: Details;
}

export type Details = Record<string, unknown>;

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_EVENTS = 25_000;

export function inputDetails(value: Json): Details {
  return { input: JSON.stringify(value), inputDetails: { truncated: false } };
}

export function outputDetails(value: Json): Details {
  return { output: JSON.stringify(value), outputDetails: { truncated: false } };
}

export class History {
  readonly events: HistoryEvent[] = [];
  #clock: SandboxClock;
  #closed = false;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Returns the id of the new event. What still happens in a closed execution is not part of its history. */
  add(type: string, previousEventId: number, details: Record<string, Details> = {}): number {
    if (this.#closed) return previousEventId;
    if (this.events.length >= MOST_EVENTS - 1) {
      throw StateError.runtime(`The execution reached the maximum number of history events (${MOST_EVENTS}).`);
    }
    return this.#append(type, previousEventId, details);
  }

  close(type: string, details: Record<string, Details>): void {
    this.#append(type, this.events.length, details);
    this.#closed = true;
  }

  #append(type: string, previousEventId: number, details: Record<string, Details>): number {
    const id = this.events.length + 1;
    const timestamp = this.#clock.now().getTime() / 1000;
    this.events.push({ id, previousEventId, timestamp, type, ...(throughJson(details) as Record<string, Details>) });
    return id;
  }
}

/** One line of execution: the machine itself, or one branch of it. */
export class Line {
  readonly history: History;
  /** Aborts when the execution is stopped or a sibling branch failed. */
  readonly signal: AbortSignal;
  #previous: number;

  constructor(history: History, signal: AbortSignal, previous: number) {
    this.history = history;
    this.signal = signal;
    this.#previous = previous;
  }

  record(type: string, details: Record<string, Details> = {}): number {
    this.#previous = this.history.add(type, this.#previous, details);
    return this.#previous;
  }

  branch(signal: AbortSignal): Line {
    return new Line(this.history, signal, this.#previous);
  }
}

export interface TaskEvents {
  scheduled(payload: Json, patience: { timeoutInSeconds?: number; heartbeatInSeconds?: number }): void;
  started(): void;
  submitted(response: Json): void;
  succeeded(result: Json): void;
  failed(failure: Failure): void;
  timedOut(failure: Failure): void;
}

/** A function named by its ARN is recorded with events of its own; everything else is recorded as a Task. */
export function taskEvents(line: Line, resource: string, region: string): TaskEvents {
  return resource.startsWith('arn:aws:lambda:')
    ? functionEvents(line, resource)
    : integrationEvents(line, resource, region);
}

function functionEvents(line: Line, resource: string): TaskEvents {
  return {
    scheduled: (payload, patience) =>
      line.record('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: { resource, ...inputDetails(payload), ...patience },
      }),
    started: () => line.record('LambdaFunctionStarted'),
    submitted: () => {},
    succeeded: (result) =>
      line.record('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: outputDetails(result) }),
    failed: (failure) => line.record('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { ...failure } }),
    timedOut: (failure) =>
      line.record('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: { ...failure } }),
  };
}

function integrationEvents(line: Line, arn: string, region: string): TaskEvents {
  const [resourceType = '', ...rest] = arn.slice('arn:aws:states:::'.length).split(':');
  const resource = { resourceType, resource: rest.join(':') };
  return {
    scheduled: (payload, patience) =>
      line.record('TaskScheduled', {
        taskScheduledEventDetails: { ...resource, region, parameters: JSON.stringify(payload), ...patience },
      }),
    started: () => line.record('TaskStarted', { taskStartedEventDetails: resource }),
    submitted: (response) =>
      line.record('TaskSubmitted', { taskSubmittedEventDetails: { ...resource, ...outputDetails(response) } }),
    succeeded: (result) =>
      line.record('TaskSucceeded', { taskSucceededEventDetails: { ...resource, ...outputDetails(result) } }),
    failed: (failure) => line.record('TaskFailed', { taskFailedEventDetails: { ...resource, ...failure } }),
    timedOut: (failure) => line.record('TaskTimedOut', { taskTimedOutEventDetails: { ...resource, ...failure } }),
  };
}
