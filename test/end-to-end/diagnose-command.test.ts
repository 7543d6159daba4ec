import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DiagnoseFlags, diagnoseCommand } from '../../cli/diagnose-command.ts';
import { profileCheck, profileInit } from '../../cli/profile-command.ts';
import { forgetClients } from '../../lib/aws.ts';
import { systemClock, useClock } from '../../lib/clock.ts';
import { Report } from '../../lib/domain/report.ts';
import { useNames } from '../../lib/names.ts';
import { parse } from '../../lib/step.ts';
import { bodyOf, listen } from '../../sandbox/http/server.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { namesOf } from '../../sandbox/product.ts';
import { SCENARIOS } from '../../sandbox/scenarios/index.ts';

// Before the logger is made: functions write to this process's console, where their lines are kept apart.
vi.hoisted(() => {
  process.env.POWERTOOLS_DEV = 'true';
});

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SERVICE = 'nerava-backend';
const SECRET = /canary|\+?1555555\d{4}|\b(?:493817|208446|771350|482913)\b|(?:AC|VA)[0-9a-f]{32}/;
const before = { ...process.env };

let folder: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reconnect-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  useClock(systemClock);
  forgetClients();
  await rm(folder, { recursive: true });
});

/** An account without the product in it, and an operator with credentials for it. */
async function account(scenario: string, prepare: (sandbox: Sandbox) => void = () => {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ scenario, speed: 600 });
  open.push(sandbox);
  prepare(sandbox);
  delete process.env.AWS_PROFILE;
  // No table, no topic: an account that never saw the product. Its DynamoDB would be the one that refuses below.
  Object.assign(process.env, sandbox.env, { TWILIO_ENDPOINT_URL: sandbox.twilioUrl });
  useClock(sandbox.clock);
  useNames(namesOf(sandbox));
  return sandbox;
}

const withoutProfile = ({ account }: Sandbox) => {
  for (const name of Object.keys(account.ssm.parameters))
    if (/^\/reconnect\/services\/[^/]+$/.test(name)) delete account.ssm.parameters[name];
};

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly report: Report;
}

async function diagnose(
  sandbox: Sandbox | undefined,
  flags: Partial<DiagnoseFlags> = {},
  service: string | undefined = sandbox && Object.keys(sandbox.urls)[0],
): Promise<Ended> {
  let out = '';
  let err = '';
  const io = { out: (text: string) => (out += text), err: (text: string) => (err += text), columns: 100 };
  const code = await diagnoseCommand(service, { probes: true, ...flags }, io, sandbox?.clock);
  return { code, out, err, report: flags.json && code !== 2 ? parse(Report, JSON.parse(out)) : ({} as Report) };
}

const file = (name: string) => join(folder, name);
const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
const egressOf = ({ findings }: Report) => findings.filter(({ check }) => check === 'egress');

/** Answers for one AWS service as it does, except that the named actions are not allowed. */
async function deny(sandbox: Sandbox, service: string, ...actions: string[]): Promise<string[]> {
  const denied: string[] = [];
  const front = await listen(
    createServer(async (request: IncomingMessage, response) => {
      const body = (await bodyOf(request)) ?? Buffer.alloc(0);
      const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
      const action = target ?? new URLSearchParams(body.toString()).get('Action') ?? '';
      if (actions.includes(action)) {
        denied.push(action);
        const xml = `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>canary-denial</Message></Error></Errors></Response>`;
        response.writeHead(target ? 400 : 403, { 'content-type': target ? 'application/x-amz-json-1.1' : 'text/xml' });
        return response.end(
          target ? JSON.stringify({ __type: 'AccessDeniedException', message: 'canary-denial' }) : xml,
        );
      }
      const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
      const answer = await fetch(sandbox.endpoint + request.url, {
        method: request.method,
        headers: headers as Record<string, string>,
        body,
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    }),
  );
  open.push(front);
  process.env[`AWS_ENDPOINT_URL_${service}`] = front.url;
  return denied;
}

describe('reconnect diagnose', () => {
  it('names the cause in a table: causes first, then findings, the broken path, and what to do', async () => {
    const sandbox = await account('otp-egress');
    const { code, out, err } = await diagnose(sandbox);
    expect(code).toBe(1);
    expect(out).toMatch(
      /Needs a person[\s\S]*CAUSE\n.*no-route.* twilio[\s\S]*FINDINGS[\s\S]*✘ twilio[\s\S]*✔ database[\s\S]*✘ otp-start[\s\S]*PATHS[\s\S]*route table rtb-\w+.*broken here[\s\S]*○ twilio[\s\S]*NEXT/,
    );
    expect(err).toMatch(/profile: \/reconnect\/services\/nerava-backend[\s\S]*✔ Trace egress[\s\S]*✔ Conclude/);
  });

  it('prints the report and nothing else with --json, and says on stderr how it goes', async () => {
    const sandbox = await account('otp-egress');
    const { report, err } = await diagnose(sandbox, { json: true });
    expect(report).toMatchObject({
      service: SERVICE,
      mode: 'diagnose',
      verdict: 'needs-human',
      causes: [{ cause: 'no-route', subject: 'twilio' }],
      plan: { hash: null, options: [], steps: [] },
      changes: [],
      failure: null,
    });
    expect(report.proof?.before.map(({ name, ok }) => [name, ok])).toEqual([
      ['health', true],
      ['otp-start', false],
    ]);
    expect(err).toContain('Conclude');
  });

  it('finds the cause without any profile, and says what it therefore did not look at', async () => {
    const sandbox = await account('otp-egress', withoutProfile);
    const { report, code } = await diagnose(sandbox, { json: true });
    expect(code).toBe(1);
    expect(egressOf(report).map(({ subject, status }) => [subject, status])).toEqual([
      ['nerava-db', 'ok'],
      ['verify.twilio.com', 'broken'],
      ['the internet', 'broken'],
    ]);
    expect(new Set(report.causes.map(({ cause }) => cause))).toEqual(new Set(['no-route']));
    expect(report.gaps.map(({ check }) => check)).toEqual(['environment', 'providers', 'probes']);
    expect(sandbox.requests).toEqual([]);
  });

  it.each([
    ['healthy', () => {}],
    ['healthy', withoutProfile],
    ['healthy-nat', () => {}],
    ['healthy-nat', withoutProfile],
  ])('is content with a service that works: %s', async (scenario, prepare) => {
    const sandbox = await account(scenario, prepare);
    const { report, code } = await diagnose(sandbox, { json: true });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    expect(code).toBe(0);
  });

  it('takes the ARN as well, and a profile from a file before the stored one', async () => {
    const sandbox = await account('otp-egress');
    await writeFile(
      file('profile.json'),
      JSON.stringify({ service: SERVICE, dependencies: [{ name: 'only this', address: '9.9.9.9', port: 853 }] }),
    );
    const [{ ServiceArn = '' } = {}] = sandbox.account.apprunner.services;
    const { report } = await diagnose(sandbox, { json: true, profileFile: file('profile.json') }, ServiceArn);
    expect(egressOf(report).map(({ subject }) => subject)).toEqual(['only this']);
    expect(sandbox.requests).toEqual([]);
  });

  it('sends nothing through the user’s door with --no-probes', async () => {
    const sandbox = await account('sms-fallback');
    const { report } = await diagnose(sandbox, { json: true, probes: false });
    expect(sandbox.requests).toEqual([]);
    expect(report.gaps.filter(({ because }) => because.includes('--no-probes')).map(({ subject }) => subject)).toEqual([
      'health',
      'otp-send',
      'messaging health',
    ]);
    expect(report.findings.filter(({ check }) => check === 'providers')).not.toEqual([]);
    const again = await diagnose(sandbox, { json: true });
    expect(again.report.gaps.some(({ because }) => because.includes('--no-probes'))).toBe(false);
    expect(sandbox.requests.length).toBeGreaterThan(0);
  });

  it('changes nothing, publishes nothing, and never asks the account’s DynamoDB', async () => {
    const sandbox = await account('otp-egress');
    let asked = 0;
    const table = await listen((_, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    open.push(table);
    process.env.AWS_ENDPOINT_URL_DYNAMODB = table.url;
    process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';
    const untouched = sandbox.snapshot();
    const { report } = await diagnose(sandbox, { json: true, facts: file('facts.json'), html: file('page.html') });
    // The probe that may be sent only once was sent, so that the guard was asked: somewhere else.
    expect(report.proof?.before.find(({ name }) => name === 'otp-start')?.sent).toBe(true);
    expect(asked).toBe(0);
    expect(sandbox.snapshot()).toEqual(untouched);
    expect(sandbox.account.sns.messages).toEqual([]);
    expect(process.env.AWS_ENDPOINT_URL_DYNAMODB).toBe(table.url);
    expect(process.env.RECONNECT_TABLE).toBeUndefined();
    expect(await readFile(file('page.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*no-route/);
  });

  it.each(Object.keys(SCENARIOS))('shows no secret of %s anywhere, with and without its profile', async (scenario) => {
    const sandbox = await account(scenario);
    const named = await diagnose(sandbox, { facts: file('a.json'), html: file('a.html'), probes: false });
    withoutProfile(sandbox);
    const found = await diagnose(sandbox, { json: true, facts: file('b.json'), probes: false });
    let draft = '';
    const io = { out: (text: string) => (draft += text), err: (text: string) => (draft += text), columns: 80 };
    expect(await profileInit(found.report.service, {}, io)).toBe(0);
    const files = await Promise.all(['a.json', 'a.html', 'b.json'].map((name) => readFile(file(name), 'utf8')));
    const texts = [named.out, named.err, found.out, found.err, draft, ...files];
    expect(texts.filter((text) => text.length < 100)).toEqual([]);
    expect(texts.flatMap((text) => text.match(SECRET) ?? [])).toEqual([]);
  });
});

describe('facts', () => {
  it.each(Object.keys(SCENARIOS))('of %s are judged offline as they were judged live', async (scenario) => {
    const sandbox = await account(scenario);
    const live = await diagnose(sandbox, { json: true, facts: file('facts.json'), probes: false });
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    useNames({
      resolve4: () => Promise.reject(new Error('asked')),
      resolve6: () => Promise.reject(new Error('asked')),
    });
    const offline = await diagnose(undefined, { json: true, fromFacts: file('facts.json') });
    expect(egressOf(live.report).length).toBeGreaterThan(0);
    expect(offline.report.findings).toEqual(egressOf(live.report));
    expect(offline.report.service).toBe(live.report.service);
    expect(offline.code).toBe(egressOf(live.report).every(({ status }) => status === 'ok') ? 0 : 1);
    expect(offline.report.gaps.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['environment', 'deployment', 'logs', 'providers', 'probes']),
    );
  });

  it('hold what the judge needs and nothing that people wrote', async () => {
    const sandbox = await account('otp-egress', ({ account: { ec2, rds } }) => {
      for (const item of [...ec2.vpcs, ...ec2.subnets, ...ec2.routeTables])
        item.Tags = [{ Key: 'canary', Value: 'canary' }];
      for (const group of ec2.securityGroups) group.Description = 'canary';
      for (const instance of rds.instances) instance.MasterUsername = 'canary';
      for (const item of ec2.networkInterfaces) item.Description = `${item.Description} canary`;
    });
    await diagnose(sandbox, { facts: file('facts.json'), probes: false });
    const facts = await readJson(file('facts.json'));
    expect(facts.format).toBe('reconnect-facts/1');
    expect(Object.keys(facts)).toEqual(['format', 'service', 'connector', 'dependencies', 'facts']);
    expect(facts.facts.RouteTables.length).toBeGreaterThan(1);
    expect(JSON.stringify(facts)).not.toMatch(/canary|"Tags"|MasterUsername/);
  });

  it('that say what they should not are refused, field by field', async () => {
    const sandbox = await account('otp-egress');
    await diagnose(sandbox, { facts: file('facts.json'), probes: false });
    const facts = await readJson(file('facts.json'));
    facts.facts.Vpcs[0].Tags = [{ Key: 'a', Value: 'b' }];
    facts.facts.Subnets[0].CidrBlock = 7;
    facts.extra = true;
    await writeFile(file('bad.json'), JSON.stringify(facts));
    const { code, err } = await diagnose(undefined, { fromFacts: file('bad.json') });
    expect(code).toBe(2);
    expect(err).toMatch(/facts\.Vpcs\.0: unknown "Tags"/);
    expect(err).toMatch(/facts\.Subnets\.0\.CidrBlock: .*expected string/);
    expect(err).toMatch(/unknown "extra"/);
    const other = await diagnose(undefined, { fromFacts: file('facts.json') }, 'another-service');
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('it is about nerava-backend')]);
  });

  it('may be plain describe-* output, with the connector given beside it', async () => {
    const { account: described } = await account('otp-egress');
    const { ec2, apprunner } = described;
    await writeFile(
      file('dump.json'),
      JSON.stringify({
        Vpcs: ec2.vpcs,
        Subnets: ec2.subnets,
        RouteTables: ec2.routeTables,
        NatGateways: [],
        InternetGateways: ec2.internetGateways,
        SecurityGroups: ec2.securityGroups,
        NetworkAcls: ec2.networkAcls,
        VpcEndpoints: [],
        DBInstances: described.rds.instances,
        NetworkInterfaces: ec2.networkInterfaces,
      }),
    );
    const [connector] = apprunner.connectors;
    const { report, code } = await diagnose(undefined, {
      json: true,
      fromFacts: file('dump.json'),
      connectorSubnets: connector?.Subnets ?? [],
      connectorGroups: connector?.SecurityGroups ?? [],
      dependency: ['verify.twilio.com:443'],
    });
    expect(code).toBe(1);
    expect(report.findings.map(({ subject, status }) => [subject, status])).toEqual([
      ['nerava-db', 'ok'],
      ['verify.twilio.com:443', 'broken'],
      ['the internet', 'broken'],
    ]);
    const without = await diagnose(undefined, { fromFacts: file('dump.json') });
    expect([without.code, without.err]).toEqual([2, expect.stringContaining('--connector-subnets')]);
  });
});

describe('a missing permission', () => {
  it('for one call of EC2 and for the log leaves the rest standing, and is named', async () => {
    const sandbox = await account('otp-egress');
    const calls = [
      ...(await Promise.all([
        deny(sandbox, 'EC2', 'DescribeRouteTables'),
        deny(sandbox, 'CLOUDWATCH_LOGS', 'FilterLogEvents'),
      ])),
    ];
    const { report, code } = await diagnose(sandbox, { json: true, facts: file('facts.json') });
    expect(calls.map((denied) => denied.length > 0)).toEqual([true, true]);
    expect(code).toBe(1);
    expect(report.gaps.map(({ check }) => check)).toEqual(expect.arrayContaining(['egress', 'logs']));
    expect(report.gaps.map(({ because }) => because).join()).toMatch(/ec2:DescribeRouteTables/);
    expect(egressOf(report).find(({ subject }) => subject === 'twilio')?.status).toBe('unknown');
    expect(report.findings.find(({ id }) => id === 'environment:OTP_PROVIDER')?.status).toBe('ok');
    expect(report.proof?.before.find(({ name }) => name === 'health')?.ok).toBe(true);
    const offline = await diagnose(undefined, { json: true, fromFacts: file('facts.json') });
    expect(offline.report.findings).toEqual(egressOf(report));
  });

  it('for the stored profile leads to what the account shows; for databases, to a gap', async () => {
    const sandbox = await account('otp-egress');
    await deny(sandbox, 'SSM', 'GetParameter');
    await deny(sandbox, 'RDS', 'DescribeDBInstances');
    const { report, err } = await diagnose(sandbox, { json: true });
    expect(err).toContain('it could not be read (ssm:GetParameter: AccessDeniedException)');
    expect(report.causes[0]?.cause).toBe('no-route');
    expect(report.gaps.map(({ subject }) => subject)).toContain('rds:DescribeDBInstances');
  });

  it('to see the service at all ends before a run, and says which is needed', async () => {
    const sandbox = await account('otp-egress');
    await deny(sandbox, 'APPRUNNER', 'ListServices');
    const { code, err } = await diagnose(sandbox);
    expect([code, err]).toEqual([2, expect.stringContaining('apprunner:ListServices')]);
  });
});

describe('input that cannot be used', () => {
  it('an unknown service is answered with the ones there are', async () => {
    const sandbox = await account('otp-egress');
    const { code, err, out } = await diagnose(sandbox, {}, 'no-such-service');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/no App Runner service is called "no-such-service".*there are nerava-backend/);
  });

  it('a region that is not that of the ARN', async () => {
    const sandbox = await account('otp-egress');
    const [{ ServiceArn = '' } = {}] = sandbox.account.apprunner.services;
    const { code, err } = await diagnose(sandbox, { region: 'eu-west-1' }, ServiceArn);
    expect([code, err]).toEqual([2, expect.stringContaining('the service is in us-east-1')]);
  });

  it('a profile of another service, or one with wrong fields', async () => {
    const sandbox = await account('otp-egress');
    await writeFile(file('other.json'), JSON.stringify({ service: 'some-other', dependencies: [] }));
    const other = await diagnose(sandbox, { profileFile: file('other.json') });
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('the profile is for some-other')]);
    await writeFile(file('wrong.json'), JSON.stringify({ service: SERVICE, dependencies: [{ name: 'a' }], hurry: 1 }));
    const wrong = await diagnose(sandbox, { profileFile: file('wrong.json') });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/exactly one of host, address, aws, rds/);
    expect(wrong.err).toMatch(/unknown "hurry"/);
    expect(sandbox.requests).toEqual([]);
  });
});

describe('reconnect profile', () => {
  const collect = () => {
    const told = { out: '', err: '' };
    const io = { out: (text: string) => (told.out += text), err: (text: string) => (told.err += text), columns: 80 };
    return { told, io };
  };

  it('init writes a profile that check accepts and a diagnosis takes', async () => {
    const sandbox = await account('otp-egress', withoutProfile);
    const { told, io } = collect();
    expect(await profileInit(SERVICE, { out: file('profile.json') }, io)).toBe(0);
    expect(told.out).toBe('');
    expect(await readJson(file('profile.json'))).toMatchObject({
      service: SERVICE,
      dependencies: [{ rds: 'nerava-db' }, { host: 'verify.twilio.com', port: 443 }, { name: 'the internet' }],
      environment: expect.arrayContaining([{ name: 'TWILIO_AUTH_TOKEN', required: true }]),
      providers: { twilio: { accountSid: 'TWILIO_ACCOUNT_SID' } },
      probes: [{ name: 'health', path: '/health' }],
    });
    const checked = collect();
    expect(await profileCheck(file('profile.json'), checked.io)).toBe(0);
    expect(checked.told.out).toMatch(
      /^ok {2}nerava-backend: 3 dependencies, \d+ environment rules, 1 probe, asks twilio\n$/,
    );
    const { report } = await diagnose(sandbox, { json: true, profileFile: file('profile.json') });
    expect(report.causes[0]?.cause).toBe('no-route');
    expect(report.gaps).toEqual([]);
  });

  it('init does not overwrite what is there', async () => {
    await account('otp-egress');
    await writeFile(file('mine.json'), 'mine');
    const { told, io } = collect();
    expect(await profileInit(SERVICE, { out: file('mine.json') }, io)).toBe(2);
    expect(told.err).toContain('is not overwritten');
    expect(await readFile(file('mine.json'), 'utf8')).toBe('mine');
  });
});

describe('as a process', () => {
  async function reconnect(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
    const options = { cwd: ROOT, maxBuffer: 1 << 26, env: { ...process.env, POWERTOOLS_DEV: '' } };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['cli/reconnect.ts', ...args], options);
      return { stdout, stderr, code: 0 };
    } catch (error) {
      const { stdout = '', stderr = '', code = -1 } = error as { stdout?: string; stderr?: string; code?: number };
      return { stdout, stderr, code };
    }
  }

  it.each([
    [['diagnose'], /missing required argument 'service'/],
    [['diagnose', 'no'], /4 to 40 letters/],
    [['diagnose', 'some-service', 'twice'], /too many arguments/],
    [['diagnose', 'some-service', '--hurry'], /unknown option '--hurry'/],
    [['diagnose', 'some-service', '--region', 'here'], /such as us-east-1/],
    [['diagnose', 'some-service', '--facts', '/no/such/folder/facts.json'], /cannot be written \(ENOENT\)/],
    [['diagnose', 'some-service', '--profile-file', '/no/such/file.json'], /cannot be read \(ENOENT\)/],
    [['diagnose', 'some-service', '--dependency', 'a.example:1'], /only with --from-facts/],
    [['diagnose', '--from-facts', '/no/such/file.json'], /cannot be read \(ENOENT\)/],
    [['diagnose', '--from-facts', 'README.md'], /is not JSON/],
    [['diagnose', '--from-facts', 'package.json'], /unknown "name"/],
    [['diagnose', '--from-facts', 'a.json', '--facts', 'b.json'], /cannot be used with/],
    [['profile'], /Usage: reconnect profile/],
    [['profile', 'init'], /missing required argument 'service'/],
    [['profile', 'check'], /missing required argument 'file'/],
    [['profile', 'check', 'package.json'], /service: [\s\S]*dependencies: /],
    [['profile', 'mend', 'a.json'], /unknown command 'mend'/],
  ] as const)('refuses %s with exit code 2 and says what is allowed', async (args, said) => {
    const { stdout, stderr, code } = await reconnect(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('diagnoses with nothing but the environment of the operator, and prints only JSON', async () => {
    await account('otp-egress');
    // Only addresses: names of the sandbox mean nothing to another process.
    const dependencies = [{ name: 'out', address: '1.1.1.1', port: 443 }];
    await writeFile(file('profile.json'), JSON.stringify({ service: SERVICE, dependencies }));
    const { stdout, stderr, code } = await reconnect(
      'diagnose',
      SERVICE,
      '--json',
      '--profile-file',
      file('profile.json'),
    );
    expect(code).toBe(1);
    expect(parse(Report, JSON.parse(stdout))).toMatchObject({
      service: SERVICE,
      causes: [{ cause: 'no-route', subject: 'out' }],
    });
    expect(stderr).toContain('Trace egress');
  });

  it('says what is missing when there are no credentials', async () => {
    await account('otp-egress');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete process.env[name];
    Object.assign(process.env, { AWS_CONFIG_FILE: file('none'), AWS_SHARED_CREDENTIALS_FILE: file('none') });
    const { stderr, code } = await reconnect('diagnose', SERVICE);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: AWS credentials: .*--profile/)]);
  });

  it('says what is missing when there is no region', async () => {
    await account('otp-egress');
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) delete process.env[name];
    Object.assign(process.env, { AWS_CONFIG_FILE: file('none'), AWS_SHARED_CREDENTIALS_FILE: file('none') });
    const { stderr, code } = await reconnect('diagnose', SERVICE);
    expect([code, stderr]).toEqual([2, expect.stringContaining('give --region')]);
  });
});
