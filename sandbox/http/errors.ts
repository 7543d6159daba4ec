/** An answer that refuses: `code` is what AWS puts on the wire. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error's shape. */
  readonly members: Record<string, unknown>;

  constructor(code: string, message: string, options: { status?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}

/** Anything that is not an `AwsError` is a mistake of the sandbox; the caller sees what AWS shows of its own mistakes. */
export const asAwsError = (error: unknown): AwsError =>
  error instanceof AwsError ? error : new AwsError('InternalFailure', `sandbox: ${String(error)}`, { status: 500 });
