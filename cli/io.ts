import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { clean } from '../lib/domain/text.ts';

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Of the terminal. */
  readonly columns: number;
  /** Asks whoever sits at the terminal; absent where nobody does. What is typed after a hidden question is not shown. */
  readonly ask?: (question: string, how?: { readonly hidden: boolean }) => Promise<string>;
  /** What was piped in; absent where nothing was. */
  readonly piped?: () => Promise<string>;
}

const USUAL_WIDTH = 100;
/** As a shell reports it. */
const INTERRUPTED = 130;

/** The styles that this program sets itself: not the one that conceals. */
const STYLE = new RegExp(`(${String.fromCharCode(27)}\\[(?:[0-2]|22|[39]\\d)m)`);

/** What AWS or a person gave a name to must not rewrite the screen that somebody decides by. */
export const harmless = (text: string): string =>
  text
    .split(STYLE)
    .map((part, index) => (index % 2 === 1 ? part : clean(part)))
    .join('');

export const terminal: Io = {
  out: (text) => process.stdout.write(harmless(text)),
  err: (text) => process.stderr.write(harmless(text)),
  columns: process.stdout.columns || USUAL_WIDTH,
  ...(process.stdin.isTTY ? { ask } : { piped: () => text(process.stdin) }),
};

/** Asks on the other stream than results go to. */
async function ask(question: string, { hidden } = { hidden: false }): Promise<string> {
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  lines.once('SIGINT', () => {
    lines.close();
    process.exit(INTERRUPTED);
  });
  if (hidden) process.stderr.write(question);
  try {
    return (await lines.question(hidden ? '' : question)).trim();
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
}

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
