/** What a handler's function threw, as Lambda reports it. */
export class LambdaError extends Error {
  override readonly name = 'LambdaError';
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: string[];

  constructor(failure: { errorType: string; errorMessage: string; trace?: string[] }) {
    super(`${failure.errorType}: ${failure.errorMessage}`);
    this.errorType = failure.errorType;
    this.errorMessage = failure.errorMessage;
    this.trace = failure.trace ?? [];
  }
}

/** An exception of the Step Functions API: `name` is the exception's name on the wire. */
export class ApiError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Error and Cause as a state machine sees them. */
export interface Failure {
  error?: string;
  cause?: string;
}

const LONGEST_ERROR = 256;
const LONGEST_CAUSE = 32_768;

/**
 * A state that failed. A `final` failure ends the execution: neither Retry nor Catch sees it, `States.ALL` included
 * (States.Runtime, States.DataLimitExceeded: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly failure: Failure;
  readonly final: boolean;

  constructor(failure: Failure, severity: 'catchable' | 'final' = 'catchable') {
    super(`${failure.error}: ${failure.cause}`);
    this.failure = { error: failure.error?.slice(0, LONGEST_ERROR), cause: failure.cause?.slice(0, LONGEST_CAUSE) };
    this.final = severity === 'final';
  }

  static runtime(cause: string): StateError {
    return new StateError({ error: 'States.Runtime', cause }, 'final');
  }

  static from(error: unknown): StateError {
    if (error instanceof StateError) return error;
    return StateError.runtime(error instanceof Error ? error.message : String(error));
  }
}

/** The reason of every abort that is not a failure of the state: a stopped execution, or a branch whose sibling failed. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}
