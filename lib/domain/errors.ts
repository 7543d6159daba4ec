import { redact } from './redact.ts';

/*
 * Errors are named for what the machine does next. `name` is set by hand, because bundlers rename classes and the
 * state machine matches on the name.
 */
class RunError extends Error {
  /** Runs that the message names. */
  readonly runs: readonly string[];

  constructor(name: string, message: string, { runs = [], ...options }: Options = {}) {
    super(message, options);
    this.name = name;
    this.runs = runs;
  }
}

interface Options extends ErrorOptions {
  readonly runs?: readonly string[];
}

/** The message as it may be shown: without secrets, and with the names of the runs that it speaks of. */
export const shown = (error: Error): string =>
  redact(error.message, 'runs' in error && Array.isArray(error.runs) ? error.runs : []);

const named = (name: string) =>
  class extends RunError {
    constructor(message: string, options?: Options) {
      super(name, message, options);
    }
  };

/** The input is wrong; nothing was changed. The message names the field and what is allowed. */
export class InvalidRequest extends named('InvalidRequest') {}
/** Nobody may ask for this without saying who asks. */
export class NotAuthorized extends named('NotAuthorized') {}
/** Nobody knows a run of this name. */
export class RunNotFound extends named('RunNotFound') {}
/** The name is taken by a run that was started with something else. */
export class NameTaken extends named('NameTaken') {}
export class ProfileNotFound extends named('ProfileNotFound') {}
export class ServiceNotFound extends named('ServiceNotFound') {}
/** Another run has the service; the message says which. */
export class LockHeld extends named('LockHeld') {}
/** Not now; the machine tries again. */
export class RetryLater extends named('RetryLater') {}
/** A person has to act. */
export class NotRepairable extends named('NotRepairable') {}
/** The world is no longer what the plan was made for. */
export class StateDrifted extends named('StateDrifted') {}
/** Whoever decided may not, or decided too late, or on another plan. */
export class ApprovalRefused extends named('ApprovalRefused') {}
/** The platform rolled the change back. */
export class DeploymentFailed extends named('DeploymentFailed') {}
/** The platform still works on it after every patience. */
export class OperationStuck extends named('OperationStuck') {}
/** The change could not be taken back: the lock is kept and somebody is paged. */
export class UndoFailed extends named('UndoFailed') {}
