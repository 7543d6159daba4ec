/*
 * How long Slack's door takes from a cold start to its first answer, next to a handler that does nothing, each in a process
 * of its own; and how long it takes warm. AWS answers from this process at once: what is measured is ours.
 * Run: `node bench/slack-door.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { sign } from '../lib/slack/signature.ts';

const ROUNDS = 7;
const WARM = 500;
const WARM_TARGET_MS = 500;
const SECRET = 'bench-signing-secret';
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'slack-door-'));

/** AWS, as far as the door asks it. */
const ANSWERS: Readonly<Record<string, object>> = {
  'AmazonSSM.GetParameters': {
    Parameters: [
      { Name: '/reconnect/slack/bot-token', Value: 'xoxb-bench' },
      { Name: '/reconnect/slack/signing-secret', Value: SECRET },
      { Name: '/reconnect/services/nerava-backend', Value: '{}' },
    ],
  },
};
function answer(request: IncomingMessage, response: ServerResponse): void {
  const target = String(request.headers['x-amz-target'] ?? '');
  const isInvocation = request.url?.startsWith('/2015-03-31/');
  request.resume().on('end', () => {
    response.writeHead(isInvocation ? 202 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(isInvocation ? '' : JSON.stringify(ANSWERS[target] ?? {}));
  });
}

/** As the package has it; the options are those of scripts/bundle.ts. */
async function bundle(name: string, source: string): Promise<string> {
  const outfile = join(folder, `${name}.cjs`);
  await build({
    stdin: { contents: source, resolveDir: new URL('..', import.meta.url).pathname, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  });
  return outfile;
}

const requestOf = (n: number) => {
  const body = new URLSearchParams({
    command: '/reconnect',
    text: 'repair nerava-backend no SMS',
    user_id: 'U0REQUESTER',
    channel_id: 'C0INCIDENTS',
    trigger_id: `1.2.${n}`,
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': sign(SECRET, timestamp, body) };
  return { rawPath: '/slack/commands', headers, body, isBase64Encoded: false };
};

/** Loads the bundle, answers all requests one after the other, prints milliseconds: to the import, and of each answer. */
const CHILD = `
const [, , file, events] = process.argv;
const start = performance.now();
const { handler } = require(file);
const times = [performance.now() - start];
(async () => {
  for (const event of JSON.parse(require('node:fs').readFileSync(events, 'utf8'))) {
    const before = performance.now();
    const { statusCode } = await handler(event);
    if (statusCode !== 200) throw new Error('answered ' + statusCode);
    times.push(performance.now() - before);
  }
  console.log(JSON.stringify({ times, sinceStart: performance.now() }));
  process.exit(0);
})();
`;

async function measure(file: string, env: NodeJS.ProcessEnv, count: number) {
  const events = join(folder, 'events.json');
  writeFileSync(events, JSON.stringify(Array.from({ length: count }, (_, n) => requestOf(n))));
  const { stdout } = await run(process.execPath, [join(folder, 'child.cjs'), file, events], { env });
  return JSON.parse(stdout) as { times: number[]; sinceStart: number };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const ms = (value: number): string => `${value.toFixed(1).padStart(7)} ms`;

const server = createServer(answer);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const env = {
  PATH: process.env.PATH,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIABENCHBENCHBENCH0',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  RECONNECT_TABLE: 'reconnect',
  RECONNECT_SLACK_PARAMETERS: '/reconnect/slack',
  RECONNECT_SLACK_WORKER_FUNCTION: 'worker',
};
writeFileSync(join(folder, 'child.cjs'), CHILD);
try {
  const files = {
    empty: await bundle('empty', `export const handler = async () => ({ statusCode: 200, body: '' });`),
    door: await bundle('door', `export { handler } from './functions/slack-door.ts';`),
  };
  const cold: Record<keyof typeof files, { load: number[]; first: number[]; whole: number[] }> = {
    empty: { load: [], first: [], whole: [] },
    door: { load: [], first: [], whole: [] },
  };
  // One after the other in turns, so that a busy machine is busy for both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['empty', 'door'] as const) {
      const { times, sinceStart } = await measure(files[name], env, 1);
      cold[name].load.push(times[0] ?? 0);
      cold[name].first.push(times[1] ?? 0);
      cold[name].whole.push(sinceStart);
    }
  }
  console.log(`cold, median of ${ROUNDS}         import    first answer    with the start of Node`);
  for (const name of ['empty', 'door'] as const) {
    const { load, first, whole } = cold[name];
    const size = `${Math.round(statSync(files[name]).size / 1000)} kB`;
    console.log(
      `${name.padEnd(6)} ${size.padStart(8)}     ${ms(median(load))}    ${ms(median(first))}      ${ms(median(whole))}`,
    );
  }
  const ratio = median(cold.door.whole) / median(cold.empty.whole);
  console.log(
    `the door takes ${ratio.toFixed(1)} times what an empty handler takes from the start of Node to its first answer`,
  );
  const { times } = await measure(files.door, env, WARM);
  const warm = times.slice(2).sort((a, b) => a - b);
  const p99 = warm[Math.floor(warm.length * 0.99)] ?? 0;
  console.log(`warm, ${warm.length} answers: median ${ms(median(warm)).trim()}, p99 ${ms(p99).trim()}`);
  if (p99 > WARM_TARGET_MS) {
    console.error(`above the target of ${WARM_TARGET_MS} ms`);
    process.exitCode = 1;
  }
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}
