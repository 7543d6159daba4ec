import { StartDeploymentCommand } from '@aws-sdk/client-apprunner';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Event, Rule } from '../../../sandbox/eventbridge/bus.ts';
import type { Pattern } from '../../../sandbox/eventbridge/pattern.ts';
import { operationEvent } from '../../../sandbox/index.ts';
import { deployed } from './deployed.ts';
import { follow, sandboxOf } from './support.ts';

/** A sandbox whose bus has one rule, for everything of `test`, unless the test says otherwise. */
async function busBox(pattern: Pattern = { source: ['test'] }, retry?: Rule['retry']) {
  const box = await sandboxOf('healthy');
  const { events } = box.sandbox;
  const delivered: Event[] = [];
  let refusal: Error | undefined;
  events.deploy([{ name: 'rule', pattern, target: 'target', retry }], (_, event) => {
    if (refusal) throw refusal;
    delivered.push(event);
  });
  const refuse = (name: string) => {
    refusal = Object.assign(new Error('no'), { name });
  };
  const client = new EventBridgeClient(box.config);
  const put = (entry: object) =>
    client.send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'a', Detail: '{}', ...entry }] }));
  return { ...box, events, delivered, client, put, refuse };
}

describe('PutEvents', () => {
  it('puts an event on the bus, which reaches the targets of the rules it fits', async () => {
    const { put, events, delivered } = await busBox();
    const { Entries, FailedEntryCount } = await put({ Detail: '{"a":1}', Resources: ['arn:x'] });
    await put({ Source: 'other' });
    await events.idle();
    expect(FailedEntryCount).toBe(0);
    expect(delivered).toMatchObject([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        source: 'test',
        'detail-type': 'a',
        account: '123456789012',
        region: 'us-east-1',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        resources: ['arn:x'],
        detail: { a: 1 },
      },
    ]);
    expect(events.sent).toHaveLength(2);
  });

  it.each([
    ['MalformedDetail', { Detail: '{' }],
    ['MalformedDetail', { Detail: '[]' }],
    ['InvalidArgument', { DetailType: undefined }],
    ['NotAuthorizedForSourceException', { Source: 'aws.apprunner' }],
    ['ResourceNotFoundException', { EventBusName: 'other' }],
    ['ValidationException', { Detail: JSON.stringify({ x: 'x'.repeat(262_144) }) }],
  ])('refuses an entry: %s', async (ErrorCode, entry) => {
    const { put, events } = await busBox();
    expect(await put(entry)).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode }] });
    expect(events.sent).toEqual([]);
  });

  it('refuses more than ten at once', async () => {
    const { client } = await busBox();
    const Entries = Array.from({ length: 11 }, () => ({ Source: 'test', DetailType: 'a', Detail: '{}' }));
    await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('a pattern', () => {
  const event = { source: 'test', 'detail-type': 'A', detail: { status: 'FAILED', tags: ['x', 'y'], inner: { n: 3 } } };

  it.each<[boolean, string, Pattern]>([
    [true, 'any of several values', { detail: { status: ['OK', 'FAILED'] } }],
    [false, 'the case of a value', { detail: { status: ['failed'] } }],
    [false, 'the case of a field', { detail: { Status: ['FAILED'] } }],
    [true, 'one item of an array', { detail: { tags: ['y'] } }],
    [true, 'a field inside', { detail: { inner: { n: [3] } } }],
    [false, 'a number, not its text', { detail: { inner: { n: ['3'] } } }],
    [false, 'all fields', { source: ['test'], detail: { status: ['OK'] } }],
    [true, 'a beginning', { detail: { status: [{ prefix: 'FA' }] } }],
    [true, 'an end', { detail: { status: [{ suffix: 'ED' }] } }],
    [true, 'any case, where asked', { detail: { status: [{ 'equals-ignore-case': 'failed' }] } }],
    [false, 'anything but', { detail: { status: [{ 'anything-but': ['FAILED'] }] } }],
    [true, 'what is absent', { detail: { missing: [{ exists: false }] } }],
  ])('(%s) looks at %s', async (fits, _, pattern) => {
    const { events, delivered } = await busBox(pattern);
    events.send(event);
    await events.idle();
    expect(delivered).toHaveLength(fits ? 1 : 0);
  });

  it('that is not simulated is refused', async () => {
    await expect(busBox({ detail: { n: [{ numeric: ['>', 1] }] } } as unknown as Pattern)).rejects.toThrow(/numeric/);
    await expect(busBox({ source: 'test' } as unknown as Pattern)).rejects.toThrow(/must be a non-empty object/);
  });
});

describe('delivery', () => {
  it('is tried again until the target takes it', async () => {
    const { events, delivered, sandbox } = await busBox();
    const before = sandbox.clock.now().getTime();
    events.breakTarget('target', 3);
    events.send({ source: 'test', 'detail-type': 'a', detail: {} });
    await events.idle();
    expect(delivered).toHaveLength(1);
    expect(sandbox.clock.now().getTime() - before).toBeGreaterThanOrEqual(7000);
    expect(events.deadLetters).toEqual([]);
  });

  it('is given up after so many attempts, or when the event is too old', async () => {
    for (const [retry, attempts] of [
      [{ attempts: 2 }, 3],
      [{ maxAgeSeconds: 60 }, 6],
    ] as const) {
      const { events, delivered } = await busBox({ source: ['test'] }, retry);
      events.breakTarget('target');
      const { id } = events.send({ source: 'test', 'detail-type': 'a', detail: {} });
      await events.idle();
      expect(delivered).toEqual([]);
      expect(events.deadLetters).toMatchObject([
        { rule: 'rule', attempts, event: { id }, error: 'ThrottlingException' },
      ]);
    }
  });

  it('is not tried again where the target is gone', async () => {
    const { events, refuse } = await busBox();
    refuse('ResourceNotFoundException');
    events.send({ source: 'test', 'detail-type': 'a', detail: {} });
    await events.idle();
    expect(events.deadLetters).toMatchObject([{ attempts: 1, error: 'ResourceNotFoundException: no' }]);
  });

  it('may happen fifty times, the same event each time', async () => {
    const { events, delivered } = await busBox();
    events.send({ source: 'test', 'detail-type': 'a', detail: {} }, { times: 50 });
    await events.idle();
    expect([delivered.length, new Set(delivered.map(({ id }) => id)).size]).toEqual([50, 1]);
  });
});

describe('App Runner', () => {
  const statuses = (events: readonly Event[]) => events.map(({ detail }) => detail.operationStatus);
  async function redeployed(prepare: (box: Awaited<ReturnType<typeof sandboxOf>>) => void = () => {}) {
    const box = await sandboxOf('healthy');
    prepare(box);
    const { OperationId } = await box.appRunner.send(new StartDeploymentCommand({ ServiceArn: box.arn }));
    await follow(box, OperationId);
    return { ...box, events: box.sandbox.events };
  }

  it('says when an operation begins and how it ends', async () => {
    const { events, service } = await redeployed();
    expect(statuses(events.sent)).toEqual(['DeploymentStarted', 'DeploymentCompletedSuccessfully']);
    expect(events.sent[1]).toMatchObject({
      source: 'aws.apprunner',
      'detail-type': 'AppRunner Service Operation Status Change',
      resources: [service.ServiceArn],
      detail: { serviceName: service.ServiceName, serviceId: service.ServiceId, severity: 'INFO' },
    });
  });

  it('calls a roll-back a failure', async () => {
    const { events } = await redeployed(({ sandbox }) => {
      sandbox.account.faults.failNextUpdate = 'no';
    });
    expect(statuses(events.sent)).toEqual(['DeploymentStarted', 'DeploymentFailed']);
  });

  it('may say everything twice, which is one event each', async () => {
    const got: Event[] = [];
    const { events } = await redeployed(({ sandbox }) => {
      sandbox.events.appRunner.deliver = 'twice';
      const pattern = { source: ['aws.apprunner'] };
      sandbox.events.deploy([{ name: 'all', pattern, target: 'target' }], (_, event) => got.push(event));
    });
    expect(events.sent).toHaveLength(2);
    expect(got.map(({ id }) => id)).toEqual(events.sent.flatMap(({ id }) => [id, id]));
  });

  it('may say nothing, or write its keys another way', async () => {
    const silent = await redeployed(({ sandbox }) => {
      sandbox.events.appRunner.deliver = 'never';
    });
    expect(silent.events.sent).toEqual([]);
    const loud = await redeployed(({ sandbox }) => {
      sandbox.events.appRunner.keys = 'PascalCase';
    });
    expect(loud.events.sent[0]?.detail).toMatchObject({ OperationStatus: 'DeploymentStarted' });
  });
});

describe('the rules of the product', () => {
  const collector = () => {
    const got: Event[] = [];
    return { got, handler: async (event: Event) => void got.push(event) };
  };

  it('hand deployments to start-on-event, however often they come and for however many services', async () => {
    const { got, handler } = collector();
    const { events, product, service, region } = await deployed({ 'start-on-event': handler });
    const of = (ServiceName: string) => ({
      ServiceName,
      ServiceId: ServiceName,
      ServiceArn: `arn:aws:apprunner:${region}:123456789012:service/${ServiceName}/${ServiceName}`,
    });
    events.send(operationEvent({ service, status: 'DeploymentFailed' }), { times: 50 });
    for (let count = 0; count < 100; count++) {
      events.send(operationEvent({ service: of(`service-${count}`), status: 'UpdateServiceFailed' }));
    }
    events.send({ source: 'aws.apprunner', 'detail-type': 'AppRunner Service Status Change', detail: {} });
    await product.idle();
    expect(got).toHaveLength(150);
    expect(new Set(got.map(({ id }) => id)).size).toBe(101);
  });

  it('hand a run that died to the janitor, and no run that ended well or badly by itself', async () => {
    const { got, handler } = collector();
    const loaded = async () => Promise.reject(Object.assign(new Error('no'), { name: 'ProfileNotFound' }));
    const { events, product, config, sandbox } = await deployed({ janitor: handler, 'load-profile': loaded });
    const { executionArn } = await new SFNClient(config).send(
      new StartExecutionCommand({ stateMachineArn: product.stateMachineArn, input: '{"service":"nobody"}' }),
    );
    while (!events.sent.some(({ detail }) => detail.executionArn === executionArn && detail.status !== 'RUNNING')) {
      await sandbox.clock.sleep(1000);
    }
    await product.idle();
    const died = got.map(({ detail }) => ({ executionArn: detail.executionArn, status: detail.status }));
    expect(died).toEqual([{ executionArn, status: 'FAILED' }]);
  });
});
