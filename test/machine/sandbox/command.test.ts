import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { sandboxCommand } from '../../../cli/sandbox-command.ts';

const bash = async (script: string) => (await promisify(execFile)('bash', ['-c', script])).stdout;

/** Starts the command, does something with what it printed, and ends it. */
async function keeping(scenario: string, look: (printed: string) => Promise<void>) {
  const stop = new AbortController();
  const up = Promise.withResolvers<string>();
  let printed = '';
  const io = {
    out: (text: string) => {
      printed += text;
      up.resolve(printed);
    },
    err: () => {},
    columns: 100,
  };
  const ended = sandboxCommand({ scenario, speed: 100 }, io, stop.signal);
  ended.catch(up.reject);
  await look(await up.promise).finally(() => stop.abort());
  return { code: await ended, printed };
}

describe('reconnect sandbox', () => {
  it('prints what leads an SDK into the account', async () => {
    await keeping('otp-egress', async (printed) => {
      const exported = Object.fromEntries(
        [...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
      );
      const client = new SFNClient({
        region: exported.AWS_REGION,
        endpoint: exported.AWS_ENDPOINT_URL_SFN,
        credentials: { accessKeyId: exported.AWS_ACCESS_KEY_ID, secretAccessKey: exported.AWS_SECRET_ACCESS_KEY },
      });
      const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
      expect(stateMachines.map(({ stateMachineArn }) => stateMachineArn)).toContain(
        exported.RECONNECT_STATE_MACHINE_ARN,
      );
    });
  });

  it('prints lines that a shell can run: a slash command by hand is taken, a forged one is not', async () => {
    await keeping('healthy', async (printed) => {
      const setUp = printed.slice(printed.indexOf('API='), printed.indexOf('\n}\n') + 3);
      const body = `"$(curl -s "$SLACK/sandbox/command?text=help")"`;
      expect(await bash(`${setUp}\nslack commands ${body}`)).toMatch(/\(200\)\n$/);
      expect(await bash(`${setUp.replace(/hmac \S+/, 'hmac forged')}\nslack commands ${body}`)).toMatch(/\(401\)\n$/);
    });
  });

  it('ends calmly, and nothing answers any more', async () => {
    let door = '';
    const { code, printed } = await keeping('healthy', async (text) => {
      door = /^API=(\S+)/m.exec(text)?.[1] ?? '';
      expect((await fetch(door)).status).toBe(404);
    });
    expect(code).toBe(0);
    expect(printed).toMatch(/The sandbox is gone/);
    await expect(fetch(door)).rejects.toThrow(/fetch failed/);
  });
});
