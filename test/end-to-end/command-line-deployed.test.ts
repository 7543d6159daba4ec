import { describe, expect, it, vi } from 'vitest';
import { type ConfirmFlags, confirmCommand } from '../../cli/confirm-command.ts';
import { type ApproveFlags, approveCommand, declineCommand } from '../../cli/decide-command.ts';
import { type StartFlags, startCommand, watchCommand } from '../../cli/start-command.ts';
import { listCommand, statusCommand } from '../../cli/status-command.ts';
import { undoCommand } from '../../cli/undo-command.ts';
import { Report } from '../../lib/domain/report.ts';
import { parse } from '../../lib/step.ts';
import { type Ended, somebody, typed } from './terminal.ts';
import { openWorld, PHONE, SERVICE, type World } from './world.ts';

const OFTEN = 10;

const start = (flags: Partial<StartFlags> = {}, service = SERVICE) =>
  typed((io) => startCommand(service, { mode: 'plan', watch: true, by: 'alice', ...flags }, io, OFTEN));
const watch = (run: string, json?: true) => typed((io) => watchCommand(run, { ...(json && { json }) }, io, OFTEN));
const approve = (run: string, flags: ApproveFlags, person = {}) =>
  typed((io) => approveCommand(run, flags, io), person);
const decline = (run: string, by: string) => typed((io) => declineCommand(run, { by }, io));
const confirm = (run: string, flags: ConfirmFlags, person = {}) =>
  typed((io) => confirmCommand(run, { by: 'bob', ...flags }, io), person);
const status = (service?: string, json?: true) => typed((io) => statusCommand(service, { ...(json && { json }) }, io));

/** A start with another endpoint in the environment. */
async function at(name: string, url: string): Promise<Ended> {
  vi.stubEnv(name, url);
  try {
    return await start();
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Looks again and again, as a person would, until the status says so. */
async function until(world: World, said: RegExp): Promise<Ended> {
  for (;;) {
    const seen = await status(SERVICE);
    if (said.test(seen.out)) return seen;
    await world.sandbox.clock.sleep(5000);
  }
}

const WAITS = /\? may this plan be carried out\?/;
const ARRIVED = /confirm \S+ --yes --code/;
const hashIn = ({ out }: Ended): string => /--plan-hash ([0-9a-f]{64})/.exec(out)?.[1] ?? 'none';

describe('a deployed stack from the command line', () => {
  it('plays the whole incident: start, status, approve, confirm, watch, undo', async () => {
    const world = await openWorld('otp-egress');
    const started = await start({ mode: 'repair', watch: false, name: 'by-hand', reason: 'OTP hangs' });
    expect(started).toMatchObject({ code: 0, err: '', out: expect.stringContaining('reconnect watch by-hand') });

    const waiting = await until(world, WAITS);
    expect(waiting.out).toContain('run by-hand, asked for by alice');
    const planHash = hashIn(waiting);

    const own = await approve('by-hand', { by: 'alice', planHash });
    expect(own).toMatchObject({ code: 1, err: expect.stringContaining('alice asked for this repair') });
    expect(own.err).toContain(`they run: reconnect approve by-hand --plan-hash ${planHash}`);

    const unasked = await approve('by-hand', { by: 'bob' });
    expect(unasked).toMatchObject({ code: 2, err: expect.stringContaining(`--plan-hash ${planHash}`) });
    expect(unasked.out).toMatch(/no-route[\s\S]*egress[\s\S]*way back[\s\S]*hash: [0-9a-f]{64}/);

    const other = await approve('by-hand', {
      by: 'bob',
      planHash: `${planHash.startsWith('0') ? 1 : 0}${planHash.slice(1)}`,
    });
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('not the plan that waits now') });

    for (const short of [planHash.slice(0, 11), '']) {
      const guessed = await approve('by-hand', { by: 'bob', planHash: short });
      expect(guessed).toMatchObject({ code: 2, err: expect.stringContaining('fewer than 12 characters') });
    }

    const hesitant = somebody('');
    expect(await approve('by-hand', { by: 'bob' }, hesitant)).toMatchObject({ code: 1 });
    const sure = somebody('y');
    const approved = await approve('by-hand', { by: 'bob' }, sure);
    expect(approved).toMatchObject({ code: 0, out: expect.stringContaining('approved by bob') });
    expect(sure.asked).toEqual([{ question: 'Approve exactly this plan? [y/N] ', hidden: false }]);

    const first = /approved by bob at \S+/.exec(approved.out)?.[0];
    for (const late of [
      await decline('by-hand', 'carol'),
      await approve('by-hand', { by: 'carol' }, somebody('y')),
      await approve('by-hand', { by: 'bob', planHash: '0'.repeat(12) }),
    ]) {
      expect(late).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`already answered: ${first}`) });
      expect(late.err).toContain('→ reconnect watch by-hand');
    }
    expect(await approve('by-hand', { by: 'bob' })).toMatchObject({
      code: 0,
      out: expect.stringContaining('approved by bob'),
    });

    await until(world, ARRIVED);
    await world.sandbox.clock.sleep(20_000);
    const sent = world.sandbox.phone.inbox(PHONE).at(-1)?.code ?? '';
    const confirmed = await confirm('by-hand', { yes: true, code: true }, { piped: async () => `${sent}\n` });
    expect(confirmed).toMatchObject({ code: 0, out: expect.stringContaining('the code works') });
    expect(confirmed.out).not.toContain(sent);

    const watched = await watch('by-hand');
    expect(watched).toMatchObject({ code: 0, err: '' });
    expect(watched.out).toMatch(
      /Diagnose[\s\S]*no-route[\s\S]*Plan remedies[\s\S]*recovered[\s\S]*reconnect undo by-hand/,
    );
    const report = parse(Report, JSON.parse((await watch('by-hand', true)).out));
    expect([report.verdict, report.approval?.by, report.reason]).toEqual(['recovered', 'bob', 'OTP hangs']);

    const late = await confirm('by-hand', { by: 'carol', no: true });
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('already answered: confirmed by bob at') });
    expect(late.err).toContain('the run has ended (recovered)');

    expect((await status(SERVICE)).out).toMatch(/last: recovered at .*, run by-hand/);
    expect(await typed((io) => undoCommand('by-hand', { by: 'bob' }, io, OFTEN))).toMatchObject({ code: 0 });
  });

  it('asks for the code without showing it', async () => {
    const world = await openWorld('otp-egress');
    await start({ mode: 'repair', watch: false, name: 'hidden' });
    await approve('hidden', { by: 'bob', planHash: hashIn(await until(world, WAITS)).slice(0, 12) });
    await until(world, ARRIVED);
    const wrong = await confirm('hidden', { yes: true, code: true }, somebody('no code!'));
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('3 to 16 letters') });
    expect(wrong.err).not.toContain('no code!');
    const person = somebody('');
    expect(await confirm('hidden', { yes: true }, person)).toMatchObject({
      code: 0,
      out: expect.stringContaining('confirmed by bob'),
    });
    expect(person.asked).toEqual([{ question: 'The code that arrived (Enter: none): ', hidden: true }]);
    await watch('hidden');
  });

  it('shows a question while it follows, and ends with 1 when the answer is no', async () => {
    const world = await openWorld('otp-egress');
    const followed = start({ mode: 'repair', name: 'said-no' });
    await until(world, WAITS);
    expect(await decline('said-no', 'bob')).toMatchObject({ code: 0, out: expect.stringContaining('declined by bob') });
    const { code, out } = await followed;
    expect(code).toBe(1);
    expect(out).toMatch(
      /\? may this plan be carried out\?[\s\S]*reconnect approve said-no --plan-hash [0-9a-f]{64}[\s\S]*declined/,
    );
    for (const late of [await decline('said-no', 'carol'), await approve('said-no', { by: 'carol' })]) {
      expect(late).toMatchObject({ code: 1, err: expect.stringContaining('already answered: declined by bob at') });
      expect(late.err).toContain('the run has ended (declined)');
    }
    expect(await confirm('said-no', { yes: true })).toMatchObject({
      code: 2,
      err: expect.stringContaining('has ended (declined): there is nothing to confirm'),
    });
    expect(await status(SERVICE)).toMatchObject({ code: 1, out: expect.stringContaining('last: declined') });
  });

  it('prints the report and nothing else', async () => {
    await openWorld('otp-egress');
    const { code, out, err } = await start({ json: true, name: 'only-json' });
    expect([code, err]).toEqual([0, '\n  run only-json; it goes on when you stop watching\n\n']);
    expect(parse(Report, JSON.parse(out))).toMatchObject({ verdict: 'planned', requestedBy: 'alice' });
  });

  it('never says that nothing was begun when it only cannot watch', async () => {
    const world = await openWorld('otp-egress');
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:1');
    const { code, out, err } = await start({ mode: 'repair', json: true, name: 'goes-on' });
    vi.unstubAllEnvs();
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/run goes-on was started and goes on; watching it broke off: AWS was not reached/);
    expect(err).toContain('→ reconnect watch goes-on');
    expect(await world.lockHolder()).toBe('goes-on');
    await until(world, WAITS);
    await decline('goes-on', 'bob');
    expect((await watch('goes-on')).code).toBe(1);
  });

  it('takes the same name and request as the same run, and another request as a mistake', async () => {
    const world = await openWorld('otp-egress');
    await start({ name: 'once' });
    const again = await start({ name: 'once', watch: false });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('was there already') });
    await start({ name: 'under-way', mode: 'repair', watch: false });
    const same = await start({ name: 'under-way', mode: 'repair', watch: false });
    expect(same).toMatchObject({ code: 0, out: expect.stringContaining('run under-way was there already') });
    const followed = start({ name: 'under-way', mode: 'repair' });
    await until(world, WAITS);
    await decline('under-way', 'bob');
    expect((await followed).out).toContain('run under-way was there already; it goes on when you stop watching');
    const other = await start({ name: 'once', mode: 'diagnose' });
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('choose another name') });
  });

  it('names the run that has the service, whatever it is called, and the run that somebody asked for', async () => {
    const world = await openWorld('otp-egress');
    await start({ mode: 'repair', watch: false, name: '20261120183000' });
    await until(world, WAITS);
    const second = await start();
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('run 20261120183000, started by alice') });
    expect(second.out.match(/LockHeld/g)).toHaveLength(1);
    const other = await start({ name: '20261120183000', mode: 'diagnose' });
    expect(other.err).toContain('--name: a run called 20261120183000 was started with another request');
    expect((await watch('20261120183001')).err).toContain('nobody knows a run called 20261120183001');
    expect((await approve('20261120183001', {})).err).toContain('nobody knows a run called 20261120183001');
    await decline('20261120183000', 'bob');
    await watch('20261120183000');
  });

  it('names services that have had no run', async () => {
    await openWorld('otp-egress');
    expect(await typed((io) => listCommand({}, io))).toEqual({ code: 0, out: `${SERVICE}\n`, err: '' });
    expect(await status()).toMatchObject({ code: 0, out: expect.stringContaining('no run yet') });
    expect(JSON.parse((await status(SERVICE, true)).out)).toMatchObject([{ service: SERVICE, profile: true }]);
  });

  it.each([
    ['an unknown service in status', () => status('nobody-here'), `there are ${SERVICE}`],
    ['an unknown service in start', () => start({}, 'nobody-here'), 'no App Runner service is called "nobody-here"'],
    ['a wrong name', () => start({ name: 'a b' }), '--name: must be'],
    ['a pair that is none', () => start({ environment: ['TOKEN'] }), '--environment: must be NAME=VALUE'],
    [
      'a secret in the open',
      () => start({ environment: ['GREETING=hi', 'API_TOKEN=hush'] }),
      '--environment: API_TOKEN is a secret by its name or its value',
    ],
    [
      'a name that is none',
      () => start({ environment: ['1BAD=x'] }),
      '--environment 1BAD: must be letters, digits and _, and not begin with a digit',
    ],
    [
      'one name twice',
      () => start({ environment: ['GREETING=hi'], environmentSecret: ['GREETING=greeting'] }),
      '--environment-secret: names GREETING, which stands in variables too',
    ],
    [
      'a reference that is none',
      () => start({ environmentSecret: ['A=b c'] }),
      '--environment-secret A: must be the ARN',
    ],
    ['a long story', () => start({ reason: 'x'.repeat(700) }), '--reason: must have at most 500 characters'],
    ['nobody in start', () => start({ by: '' }), '--by: must be 1 to 128 characters'],
    ['nobody in approve', () => approve('nothing', { by: '' }), '--by: must be 1 to 128 characters'],
    [
      'nobody in undo',
      () => typed((io) => undoCommand('nothing', { by: '' }, io)),
      '--by: must be 1 to 128 characters',
    ],
    ['an endpoint that is none', () => at('AWS_ENDPOINT_URL_LAMBDA', 'foo'), 'AWS_ENDPOINT_URL_LAMBDA: must be a URL'],
    ['an endpoint of no web', () => at('AWS_ENDPOINT_URL', 'ftp://x'), 'AWS_ENDPOINT_URL: must be a URL'],
    [
      'what nobody listens to',
      () => at('AWS_ENDPOINT_URL_SFN', 'http://127.0.0.1:1'),
      'AWS was not reached (ECONNREFUSED)',
    ],
    ['an unknown run in watch', () => watch('nothing'), 'nobody knows a run called nothing'],
    ['an unknown run in approve', () => approve('nothing', {}), 'nobody knows a run called nothing'],
    ['an unknown run in confirm', () => confirm('nothing', { yes: true }), 'nobody knows a run called nothing'],
    ['no answer', () => confirm('nothing', {}), 'say either --yes'],
    ['a run that is no name', () => watch('a b'), 'run: must be the name of a run'],
    [
      'a machine that is not there',
      () => start({ stateMachine: 'arn:aws:states:us-east-1:123456789012:stateMachine:x' }),
      'reconnect is not deployed',
    ],
  ])('refuses %s with 2 and says what to do', async (_, command, said) => {
    await openWorld('otp-egress');
    const { code, out, err } = await command();
    expect([code, out.includes('Error')]).toEqual([2, false]);
    expect(err).toMatch(/^error: /);
    expect(err).toContain(said);
    expect(err).not.toMatch(/hush|\n {4}at /);
  });
});
