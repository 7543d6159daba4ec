/** Where a command writes: results to `out`, everything else to `err`. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Of the terminal. */
  readonly columns: number;
}

const USUAL_WIDTH = 100;

export const terminal: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  columns: process.stdout.columns || USUAL_WIDTH,
};

export const DONE = 0;
export const NOT_WELL = 1;
/** Bad usage or bad input: no run was started. */
export const BAD_USAGE = 2;

/** Runs a command; input that cannot be used ends it with a sentence instead of a stack. */
export async function guarded(io: Io, command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidRequest') throw error;
    io.err(`error: ${error.message}\n`);
    return BAD_USAGE;
  }
}
