import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { sandboxCommand } from '../../../cli/sandbox-command.ts';

const bash = async (script: string) => (await promisify(execFile)('bash', ['-c', script])).stdout;

/** What a shell that does this says, and what it gets for an answer. */
async function tried(script: string): Promise<{ said: string; sent: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script]);
    return { said: stderr, sent: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { said: stderr, sent: stdout };
  }
}

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

  it('says how long one has, and sends nothing for a step that is tried too early or a code that is not filled in', async () => {
    await keeping('otp-egress', async (printed) => {
      expect(printed).toContain('within 30 minutes, which are 18 seconds at this speed');
      expect(printed).toContain('within 10 minutes, which are 6 seconds at this speed: Has the SMS');
      const story = printed.slice(printed.indexOf('API='));
      const setUp = story.slice(0, story.indexOf('# The story of'));
      const steps = story.split('\n').filter((line) => line.startsWith('by_hand interactivity'));
      expect(steps).toHaveLength(3);
      for (const step of steps) {
        const { said, sent } = await tried(`${setUp}\nCODE=123456\n${step}`);
        expect([said, sent]).toEqual(['not there yet: look, then again\n', '']);
      }
      const { said, sent } = await tried(`${setUp}\nCODE=\n${steps[2]}`);
      expect([said, sent]).toEqual([expect.stringContaining('put the code of the SMS into it first'), '']);
      const command = story.split('\n').find((line) => line.startsWith('by_hand commands'));
      expect((await tried(`${setUp}\n${command}`)).sent).toMatch(/\(200\)\n$/);
    });
  });

  it.each([
    ['smtp-egress', ['submit?arrived=yes']],
    ['healthy', ['submit?arrived=yes&code=']],
    ['s3-egress', []],
  ])('asks of %s only what its profile asks for', async (scenario, submits) => {
    await keeping(scenario, async (printed) => {
      expect([...printed.matchAll(/'(submit\?[^']*)'/g)].map(([, path]) => path)).toEqual(submits);
      expect(/^CODE=$/m.test(printed)).toBe(submits.some((path) => path.includes('code')));
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
