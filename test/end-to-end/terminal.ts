import type { Io } from '../../cli/io.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as from a terminal, or from a script that pipes something in or nothing at all. */
export async function typed(
  command: (io: Io) => Promise<number>,
  person: Pick<Io, 'ask' | 'piped'> = {},
): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = { out: (text) => out.push(text), err: (text) => err.push(text), columns: 100, ...person };
  const code = await command(io);
  return { code, out: out.join(''), err: err.join('') };
}

/** Somebody who answers every question with this, and what was asked. */
export function somebody(answer: string) {
  const asked: { question: string; hidden: boolean }[] = [];
  const ask = async (question: string, { hidden } = { hidden: false }) => {
    asked.push({ question, hidden });
    return answer;
  };
  return { ask, asked };
}
