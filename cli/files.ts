import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidRequest } from '../lib/domain/errors.ts';

/** Ends a command with a sentence: no run was started. */
export function refuse(why: string): never {
  throw new InvalidRequest(why);
}

/** `20251120-030405`, in UTC. */
export const stamp = (at: Date): string => at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** Throws `InvalidRequest` that says what is wrong with the file, and nothing of what is in it. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InvalidRequest(`${path}: cannot be read (${codeOf(error)}); give the path of a JSON file`);
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new InvalidRequest(`${path}: is not JSON`);
  }
}

/** Looks before a run of a minute, whose result would have nowhere to go. */
export async function refuseUnwritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw new InvalidRequest(`${path}: cannot be written (${codeOf(error)}); give a path in a directory that is there`);
  }
}

/** Makes the directory before a run whose report would have nowhere to go. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new InvalidRequest(`${path}: is no directory and cannot be made one (${codeOf(error)}); give another`);
  }
}

export async function write(path: string, text: string, flag: 'w' | 'wx' = 'w'): Promise<void> {
  try {
    await writeFile(path, text, { flag });
  } catch (error) {
    const code = codeOf(error);
    throw new InvalidRequest(
      code === 'EEXIST' ? `${path}: is there already, and is not overwritten` : `${path}: cannot be written (${code})`,
    );
  }
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
