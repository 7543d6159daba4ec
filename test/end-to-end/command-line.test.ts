import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Report } from '../../lib/domain/report.ts';
import { parse } from '../../lib/step.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const reconnect = (...args: string[]) => run(process.env, args);
/** With nothing of this environment but where programs are. */
reconnect.in = (env: NodeJS.ProcessEnv, ...args: string[]) => run({ PATH: process.env.PATH, ...env }, args);

async function run(env: NodeJS.ProcessEnv, args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['cli/reconnect.ts', ...args], {
      cwd: ROOT,
      env,
      maxBuffer: 1 << 26,
    });
    return { stdout, stderr, code: 0 };
  } catch (error) {
    const { stdout = '', stderr = '', code = -1 } = error as { stdout?: string; stderr?: string; code?: number };
    return { stdout, stderr, code };
  }
}

describe('the command line', () => {
  it('plays the incident with progress and writes the report in three forms', async () => {
    const out = await mkdtemp(join(tmpdir(), 'reconnect-'));
    const { stdout, code } = await reconnect('--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Diagnose[\s\S]*no-route[\s\S]*Plan remedies[\s\S]*approves[\s\S]*Use default egress[\s\S]*recovered/,
    );
    const folder = /report: (\S+)\/report\.html/.exec(stdout)?.[1] ?? '';
    expect(parse(Report, JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))).verdict).toBe('recovered');
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toContain('nerava-backend');
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('prints the JSON report and nothing else', async () => {
    const { stdout, stderr, code } = await reconnect('otp-egress', '--mode', 'plan', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(parse(Report, JSON.parse(stdout)).verdict).toBe('planned');
  });

  it.each([
    [['otp-egress', '--decline', '--json'], 'declined', 1],
    [['otp-bad-credentials', '--json'], 'needs-human', 1],
    [['healthy', '--json'], 'healthy', 0],
  ] as const)('%s ends %s with exit code %i', async (args, verdict, expected) => {
    const { stdout, code } = await reconnect(...args);
    expect(JSON.parse(stdout).verdict).toBe(verdict);
    expect(code).toBe(expected);
  });

  it.each([
    [['no-such-scenario'], /Known scenarios: otp-egress/],
    [['--mode', 'fix'], /Allowed choices are diagnose, plan, repair/],
    [['--speed', 'fast'], /a number from 1 to/],
    [['--speed', '0'], /a number from 1 to/],
    [['--hurry'], /unknown option '--hurry'/],
    [['healthy', '--out', 'package.json'], /'--out': package.json: is no directory/],
    [['otp-egress', 'twice'], /too many arguments/],
    [['aprove', 'some-run', '--by', 'me'], /Did you mean 'reconnect approve'\?/],
    [['statsu'], /Did you mean 'reconnect status'\?/],
    [['otp-egres'], /Did you mean 'reconnect otp-egress'\?/],
    [['start'], /missing required argument 'service'/],
    [['start', 'ab'], /4 to 40 letters/],
    [['start', 'arn:aws:ecs:us-east-1:123456789012:service/x'], /the ARN of an App Runner service/],
    [
      ['start', 'nerava-backend', '--state-machine', 'foo'],
      /--state-machine <arn>.*must be the ARN of a state machine/,
    ],
    [['undo', 'some-run', '--state-machine', 'foo'], /must be the ARN of a state machine/],
    [['start', 'nerava-backend', '--mode', 'fix'], /Allowed choices are diagnose, plan, repair/],
    [['confirm', 'some-run', '--yes', '--no'], /cannot be used with option '--no'/],
    [['confirm', 'some-run', '--yes', '--code', '123456'], /too many arguments/],
    [['watch', 'some-run', '--jsn'], /Did you mean --json\?/],
  ] as const)('refuses %s with exit code 2 and says what is allowed', async (args, said) => {
    const { stdout, stderr, code } = await reconnect(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
  });

  it.each(['start', 'watch', 'approve', 'decline', 'confirm', 'undo', 'status', 'list'])(
    '%s explains itself',
    async (command) => {
      const { stdout, code } = await reconnect(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toMatch(
        new RegExp(`^Usage: reconnect ${command} [\\s\\S]*--region[\\s\\S]*--profile[\\s\\S]*--json`),
      );
    },
  );

  it('says what to do when it has no region, or no credentials', async () => {
    const bare = {
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const nowhere = await reconnect.in(bare, 'status');
    expect(nowhere).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: no region is set: give --region/),
    });
    const nobody = await reconnect.in(bare, 'status', '--region', 'us-east-1');
    expect(nobody).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: AWS credentials: .*log in as for the AWS CLI/),
    });
  });

  it('lists the scenarios', async () => {
    const { stdout, code } = await reconnect('--list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^otp-egress\s+\S/m);
  });
});
