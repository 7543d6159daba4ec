import { beforeEach, describe, expect, it } from 'vitest';
import type { Started } from '../../lib/api/shapes.ts';
import { RunView } from '../../lib/domain/run-view.ts';
import { parse } from '../../lib/step.ts';
import { approve, confirm, openWorld, SERVICE, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld('otp-egress');
});

/** As the SDKs sign for API Gateway; the sandbox looks at all but the digest. */
const signed = () => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${world.sandbox.env.AWS_ACCESS_KEY_ID}/20260101/${world.sandbox.region}/execute-api/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
});

async function call(
  method: string,
  pathOrUrl: string,
  { headers = {}, body }: { headers?: object; body?: unknown } = {},
) {
  const response = await fetch(new URL(pathOrUrl, world.sandbox.apiUrl), {
    method,
    headers: { 'content-type': 'application/json', ...signed(), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

const post = (body: unknown, headers: object = {}) => call('POST', '/runs', { body, headers });
const get = async (run: string) => (await call('GET', `/runs/${run}`)).json as RunView;

async function ended(run: string): Promise<RunView> {
  for (;;) {
    const view = await get(run);
    if (view.status !== 'running') return view;
    await world.sandbox.clock.sleep(5000);
  }
}

const names = async () => {
  const { ListExecutionsCommand } = await import('@aws-sdk/client-sfn');
  const { stateMachineArn } = world.product;
  const { executions = [] } = await world.states.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.map(({ name }) => name);
};

describe('POST /runs', () => {
  it('starts a run in the name of whoever signs, and says where to ask for it', async () => {
    const { status, headers, json } = await post({ service: SERVICE, reason: 'it hangs, password=hunter2' });
    const { run, executionArn, statusUrl } = json as Started;
    expect([status, headers.get('location')]).toEqual([202, statusUrl]);
    expect(executionArn).toMatch(/:execution:reconnect:/);
    const { pathname } = new URL(statusUrl);
    expect(pathname).toBe(`/runs/${run}`);
    const view = await ended(run);
    expect(parse(RunView, view)).toMatchObject({
      status: 'succeeded',
      verdict: 'planned',
      mode: 'plan',
      service: SERVICE,
    });
    expect(view.report).toMatchObject({
      run,
      reason: 'it hangs, password=[redacted]',
      requestedBy: expect.stringMatching(/^arn:aws:/),
    });
  });

  it('makes one run of many tries with the same key, and refuses the key for another request', async () => {
    const key = { 'idempotency-key': 'incident 4711' };
    const tries = await Promise.all(Array.from({ length: 20 }, () => post({ service: SERVICE }, key)));
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([202]));
    const [run = ''] = new Set(tries.map(({ json }) => (json as Started).run));
    await ended(run);
    expect((await post({ service: SERVICE }, key)).json).toMatchObject({ run });
    expect(await names()).toEqual([run]);
    const other = await post({ service: SERVICE, mode: 'diagnose' }, key);
    expect([other.status, other.json]).toEqual([
      409,
      {
        error: 'NameTaken',
        message: 'Idempotency-Key: a run was started with this key and another request; choose another key',
      },
    ]);
    expect((await post({ service: SERVICE }, { 'idempotency-key': 'incident 4712' })).json.run).not.toBe(run);
  });

  it('says which name is taken by another request', async () => {
    await post({ service: SERVICE, name: '20261120183000' });
    const { status, json } = await post({ service: SERVICE, name: '20261120183000', mode: 'diagnose' });
    expect([status, json.message]).toEqual([
      409,
      'name: a run called 20261120183000 was started with another request; choose another name',
    ]);
  });

  it('gives the run the name that the body says', async () => {
    expect((await post({ service: SERVICE, name: 'incident-4711' })).json).toMatchObject({ run: 'incident-4711' });
    expect((await ended('incident-4711')).verdict).toBe('planned');
  });

  it.each([
    ['an unknown key', { service: SERVICE, force: true }, [{ field: 'force', message: 'is unknown' }]],
    [
      'an unknown mode',
      { service: SERVICE, mode: 'fix' },
      [{ field: 'mode', message: expect.stringContaining('"plan"') }],
    ],
    ['no service', {}, [{ field: 'service', message: 'is required' }]],
    ['what names no service', { service: 'x y' }, [{ field: 'service', message: expect.stringContaining('4 to 40') }]],
    [
      'the ARN of something else',
      { service: 'arn:aws:ecs:us-east-1:123456789012:service/x' },
      [{ field: 'service', message: expect.stringContaining('ARN of an App Runner service') }],
    ],
    [
      'a name of a variable that is none',
      { service: SERVICE, environment: { variables: { '1BAD': 'x' } } },
      [{ field: 'environment.variables.1BAD', message: expect.stringContaining('not begin with a digit') }],
    ],
    [
      'a long story',
      { service: SERVICE, reason: 'x'.repeat(501) },
      [{ field: 'reason', message: 'must have at most 500 characters' }],
    ],
    ['a wrong name', { service: SERVICE, name: 'a b' }, [{ field: 'name', message: expect.stringContaining('80') }]],
    [
      'a secret in the open',
      { service: SERVICE, environment: { variables: { GREETING: 'hi', API_TOKEN: 'hush' } } },
      [{ field: 'environment.variables', message: expect.stringMatching(/^API_TOKEN is a secret/) }],
    ],
  ])('refuses %s, says which field, and starts nothing', async (_, body, fields) => {
    const { status, json, text } = await post(body);
    expect([status, json.error, json.fields]).toEqual([400, 'InvalidRequest', fields]);
    expect(text).not.toContain('hush');
    expect(await names()).toEqual([]);
  });

  it('refuses a request that is larger than a run can carry, and says what is', async () => {
    const variables = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`A${n}`, 'x y '.repeat(450)]));
    const { status, json } = await post({ service: SERVICE, environment: { variables } });
    expect([status, json.error]).toEqual([400, 'InvalidRequest']);
    expect(json.message).toMatch(/^environment: is too large to travel through a run/);
    expect(await names()).toEqual([]);
  });

  it.each([
    ['what is not JSON', '{"service":', 'body: must be JSON'],
    ['what is no object', '["nerava-backend"]', 'body: must be a JSON object'],
    ['nothing', '', 'body: must be JSON'],
    ['somebody else’s name', { service: SERVICE, requestedBy: 'alice' }, 'requestedBy: is whoever signs'],
  ])('refuses %s', async (_, body, said) => {
    const { status, json } = await post(body);
    expect([status, json.error]).toEqual([400, 'InvalidRequest']);
    expect(json.message).toContain(said);
    const [field, ...message] = json.message.split(': ');
    expect(json.fields).toEqual([{ field, message: message.join(': ') }]);
  });

  it('refuses a name beside a key, and a key without end', async () => {
    const both = await post({ service: SERVICE, name: 'a' }, { 'idempotency-key': 'b' });
    expect([both.status, both.json.fields]).toEqual([
      400,
      [{ field: 'name', message: 'give either a name or the header Idempotency-Key' }],
    ]);
    const long = await post({ service: SERVICE }, { 'idempotency-key': 'x'.repeat(256) });
    expect([long.status, long.json.fields]).toEqual([
      400,
      [{ field: 'Idempotency-Key', message: 'must be 1 to 255 characters' }],
    ]);
  });

  it('starts nothing for a request that is not signed', async () => {
    expect((await post({ service: SERVICE }, { authorization: '' })).status).toBe(403);
    expect((await call('GET', '/runs/any', { headers: { authorization: '' } })).status).toBe(403);
    expect(await names()).toEqual([]);
  });
});

describe('GET /runs/{id}', () => {
  it('shows what a run asks people, never the token, and the report at the end', async () => {
    const { run, executionArn } = (await post({ service: SERVICE, mode: 'repair', name: 'asked' })).json as Started;
    const seen: { topic: string; text: string }[] = [];
    const look = async () => {
      const { text, json } = await call('GET', `/runs/${run}`);
      seen.push({ topic: json.question?.topic ?? 'none', text });
    };
    const { report } = await world.watch(executionArn, {
      onApproval: async (at, asked) => {
        await look();
        return approve(at, asked);
      },
      onDelivery: async (at, asked) => {
        await look();
        return confirm(at, asked);
      },
    });
    expect(seen.map(({ topic }) => topic)).toEqual(['approval', 'delivery']);
    for (const { text } of seen) expect(text).not.toMatch(/token/i);
    const view = await get(run);
    expect(parse(RunView, view)).toMatchObject({ status: 'succeeded', verdict: 'recovered' });
    expect(view.question).toBeUndefined();
    expect(view.report?.summary).toBe(report.summary);
  });

  it('says what ended a run that has no report', async () => {
    const { json } = await post({ service: 'nobody-here' });
    const view = await ended(json.run);
    expect(view).toMatchObject({ status: 'failed', failure: { error: 'InvalidRequest' } });
    expect(view.failure?.because).toContain('no App Runner service is called "nobody-here"');
  });

  it.each(['nothing', 'a%20b', 'x'.repeat(81)])('does not know %s', async (run) => {
    const { status, json } = await call('GET', `/runs/${run}`);
    expect([status, json]).toEqual([404, { error: 'RunNotFound', message: 'there is no run of this name' }]);
  });

  it('calls a fault of the deployment one, without a word of what is in it', async () => {
    delete process.env.RECONNECT_UNDO_STATE_MACHINE_ARN;
    const { status, json } = await call('GET', '/runs/any');
    expect([status, json.error]).toEqual([500, 'InternalError']);
    expect(json.message).not.toContain('RECONNECT');
  });
});
