import { AppRunnerClient, ListServicesCommand } from '@aws-sdk/client-apprunner';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, it, vi } from 'vitest';
import { sandboxOf } from './support.ts';

const named = (name: string) => expect.objectContaining({ name });

describe('RDS', () => {
  it('describes the instance by name, and refuses an unknown one', async () => {
    const { rds } = await sandboxOf('otp-egress');
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'NERAVA-DB' }));
    expect(DBInstances).toMatchObject([
      {
        DBInstanceStatus: 'available',
        PubliclyAccessible: true,
        Endpoint: { Port: 5432 },
        InstanceCreateTime: expect.any(Date),
        VpcSecurityGroups: [{ Status: 'active' }],
        DBSubnetGroup: { Subnets: [{ SubnetStatus: 'Active' }, { SubnetStatus: 'Active' }] },
      },
    ]);
    await expect(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'other' }))).rejects.toThrow(
      named('DBInstanceNotFoundFault'),
    );
    await expect(rds.send(new DescribeDBInstancesCommand({ MaxRecords: 10 }))).rejects.toThrow(
      named('InvalidParameterValue'),
    );
  });

  it('pages by marker and filters literally', async () => {
    const { rds, sandbox } = await sandboxOf('otp-egress');
    const { instances } = sandbox.account.rds;
    for (let count = 0; count < 24; count++) instances.push({ ...instances[0], DBInstanceIdentifier: `copy-${count}` });
    const first = await rds.send(new DescribeDBInstancesCommand({ MaxRecords: 20 }));
    const second = await rds.send(new DescribeDBInstancesCommand({ MaxRecords: 20, Marker: first.Marker }));
    expect([first.DBInstances?.length, second.DBInstances?.length, second.Marker]).toEqual([20, 5, undefined]);
    const byId = (Values: string[]) =>
      rds.send(new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values }] }));
    expect((await byId(['copy-1', 'copy-2'])).DBInstances).toHaveLength(2);
    expect((await byId(['copy-*'])).DBInstances).toHaveLength(0);
  });
});

describe('CloudWatch Logs', () => {
  it('filters by time and pattern, and may answer a page with nothing but a token', async () => {
    const { logs, sandbox, service } = await sandboxOf('otp-egress', { speed: 1 });
    const logGroupName = `/aws/apprunner/nerava-backend/${service.ServiceId}/application`;
    const now = sandbox.clock.now().getTime();
    const find = (rest: object) => logs.send(new FilterLogEventsCommand({ logGroupName, ...rest }));
    const { events } = await find({ startTime: now - 10 * 60_000, filterPattern: '"timed out" -health' });
    expect(events).toHaveLength(2);
    expect(events?.[0]?.message).toContain("host='verify.twilio.com'");

    const noise = Array.from({ length: 120 }, (_, index) => ({
      timestamp: now + index,
      message: 'noise',
      stream: 's',
    }));
    sandbox.account.logs[logGroupName] = [...noise, { timestamp: now + 500, message: 'needle', stream: 's' }];
    const pages: (string | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await find({ filterPattern: 'needle', nextToken });
      pages.push(page.events?.map(({ message }) => message) ?? []);
      nextToken = page.nextToken;
    } while (nextToken);
    expect(pages).toEqual([[], [], ['needle']]);
  });

  it('knows its groups', async () => {
    const { logs, service } = await sandboxOf('otp-egress');
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/apprunner/' }));
    expect(logGroups?.map(({ logGroupName }) => logGroupName?.split('/').at(-1))).toEqual(['application', 'service']);
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: `${service.ServiceId}` }))).rejects.toThrow(
      named('ResourceNotFoundException'),
    );
    await expect(logs.send(new FilterLogEventsCommand({}))).rejects.toThrow(named('InvalidParameterException'));
  });
});

describe('SSM', () => {
  const PHONE = '/reconnect/services/nerava-backend/test-phone';

  it('gives a SecureString in clear only when asked to decrypt', async () => {
    const { ssm } = await sandboxOf('otp-egress');
    const get = async (rest: object) => (await ssm.send(new GetParameterCommand({ Name: PHONE, ...rest }))).Parameter;
    expect(await get({ WithDecryption: true })).toMatchObject({
      Type: 'SecureString',
      Value: '+15555550118',
      Version: 1,
    });
    const encrypted = await get({});
    expect(encrypted?.Value).toMatch(/^AQIC[A-Za-z0-9+/=]{40,}$/);
    expect(Buffer.from(encrypted?.Value ?? '', 'base64').toString()).not.toContain('5555550118');
  });

  it('holds the profile of the service', async () => {
    const { ssm } = await sandboxOf('otp-egress');
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/reconnect/services/nerava-backend' }));
    expect(JSON.parse(Parameter?.Value ?? '')).toBeTypeOf('object');
  });

  it('stores, overwrites when told to, and deletes', async () => {
    const { ssm } = await sandboxOf('otp-egress');
    const put = (rest: object) => ssm.send(new PutParameterCommand({ Name: '/a/b', Value: '1', ...rest }));
    await expect(put({})).rejects.toThrow(named('ValidationException'));
    expect(await put({ Type: 'String' })).toMatchObject({ Version: 1, Tier: 'Standard' });
    await expect(put({ Type: 'String' })).rejects.toThrow(named('ParameterAlreadyExists'));
    expect(await put({ Value: '2', Overwrite: true })).toMatchObject({ Version: 2 });
    await expect(put({ Value: 'x'.repeat(4097), Overwrite: true })).rejects.toThrow(named('ValidationException'));
    const { Parameters, InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: ['/a/b', '/a/c'] }));
    expect([Parameters?.map(({ Value }) => Value), InvalidParameters]).toEqual([['2'], ['/a/c']]);
    await ssm.send(new DeleteParameterCommand({ Name: '/a/b' }));
    await expect(ssm.send(new GetParameterCommand({ Name: '/a/b' }))).rejects.toThrow(named('ParameterNotFound'));
    await expect(ssm.send(new DeleteParameterCommand({ Name: '/a/b' }))).rejects.toThrow(named('ParameterNotFound'));
  });
});

it('Secrets Manager gives the current version by name and by ARN', async () => {
  const { secrets, sandbox } = await sandboxOf('otp-egress');
  const [secret] = sandbox.account.secretsManager.secrets;
  const byName = await secrets.send(new GetSecretValueCommand({ SecretId: 'nerava/twilio-auth-token' }));
  const byArn = await secrets.send(new GetSecretValueCommand({ SecretId: secret?.ARN }));
  expect(byName).toMatchObject({
    SecretString: sandbox.account.twilio.authToken,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  });
  expect(byArn.SecretString).toBe(byName.SecretString);
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: secret?.Name }));
  expect(JSON.stringify(described)).not.toContain(byName.SecretString);
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'nothing' }))).rejects.toThrow(
    named('ResourceNotFoundException'),
  );
  await expect(
    secrets.send(new GetSecretValueCommand({ SecretId: secret?.Name, VersionStage: 'AWSPENDING' })),
  ).rejects.toThrow(named('ResourceNotFoundException'));
});

it('SNS takes messages for topics that exist', async () => {
  const { sns, sandbox } = await sandboxOf('otp-egress');
  const [TopicArn] = sandbox.account.sns.topics;
  await sns.send(new PublishCommand({ TopicArn, Subject: 'A run', Message: 'a & b <c>' }));
  expect(sandbox.account.sns.messages).toMatchObject([{ topicArn: TopicArn, subject: 'A run', message: 'a & b <c>' }]);
  await expect(sns.send(new PublishCommand({ TopicArn: `${TopicArn}x`, Message: 'a' }))).rejects.toThrow(
    named('NotFoundException'),
  );
  await expect(sns.send(new PublishCommand({ TopicArn, Message: '' }))).rejects.toThrow(
    named('InvalidParameterException'),
  );
  await expect(sns.send(new PublishCommand({ TopicArn, Message: 'a', Subject: 'two\nlines' }))).rejects.toThrow(
    named('InvalidParameterException'),
  );
});

describe('DynamoDB', () => {
  it.each(['own port', 'front'])('keeps items of the table reconnect (%s)', async (way) => {
    const { config, sandbox } = await sandboxOf('otp-egress');
    const endpoint = way === 'front' ? sandbox.endpoint : sandbox.env.AWS_ENDPOINT_URL_DYNAMODB;
    const client = new DynamoDBClient({ ...config, endpoint });
    const Key = { pk: { S: 'a' }, sk: { S: 'b' } };
    const put = () =>
      client.send(
        new PutItemCommand({ TableName: 'reconnect', Item: Key, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
    await put();
    await expect(put()).rejects.toThrow(named('ConditionalCheckFailedException'));
    expect((await client.send(new GetItemCommand({ TableName: 'reconnect', Key }))).Item).toEqual(Key);
  });
});

it('the environment alone leads every client into the sandbox', async () => {
  const { sandbox } = await sandboxOf('otp-egress');
  vi.stubEnv('AWS_PROFILE', undefined);
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  try {
    expect((await new AppRunnerClient().send(new ListServicesCommand({}))).ServiceSummaryList).toHaveLength(1);
    expect((await new EC2Client().send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    expect((await new RDSClient().send(new DescribeDBInstancesCommand({}))).DBInstances).toHaveLength(1);
    expect((await new CloudWatchLogsClient().send(new DescribeLogGroupsCommand({}))).logGroups).toHaveLength(2);
    await expect(new SSMClient().send(new GetParameterCommand({ Name: '/none' }))).rejects.toThrow(
      named('ParameterNotFound'),
    );
    await expect(new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toThrow(
      named('ResourceNotFoundException'),
    );
    await expect(new SNSClient().send(new PublishCommand({ TopicArn: 'x', Message: 'a' }))).rejects.toThrow(
      named('InvalidParameterException'),
    );
    await expect(
      new DynamoDBClient().send(new GetItemCommand({ TableName: 'none', Key: { pk: { S: 'a' } } })),
    ).rejects.toThrow(named('ResourceNotFoundException'));
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('a snapshot', () => {
  it('is equal while nothing changes, whatever is read, logged or sent', async () => {
    const { sandbox, ssm, door } = await sandboxOf('otp-egress');
    const before = sandbox.snapshot();
    await ssm.send(new GetParameterCommand({ Name: '/reconnect/services/nerava-backend' }));
    await fetch(`${door}/v1/auth/otp/start`, { method: 'POST', body: '{"phone":"+15555550118"}' });
    expect(sandbox.snapshot()).toEqual(before);
    await ssm.send(new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' }));
    expect(sandbox.snapshot()).not.toEqual(before);
  });

  it('is the same for the same seed', async () => {
    const startAt = new Date('2026-01-01T00:00:00Z');
    const of = (seed: number) => sandboxOf('otp-egress', { seed, startAt, speed: 1 });
    const [a, b, c] = await Promise.all([of(1), of(1), of(2)]);
    // Only the port of the door differs.
    const state = ({ sandbox, door }: typeof a) => JSON.stringify(sandbox.snapshot()).replaceAll(door, 'door');
    expect(state(a)).toBe(state(b));
    expect(state(a)).not.toBe(state(c));
  });
});

describe('parameters below a path', () => {
  const tree = async () => {
    const { ssm } = await sandboxOf('otp-egress');
    const put = (Name: string, Type: 'String' | 'SecureString' = 'String') =>
      ssm.send(new PutParameterCommand({ Name, Value: 'value', Type }));
    for (let count = 0; count < 12; count++) await put(`/tree/leaf-${String(count).padStart(2, '0')}`);
    await put('/tree/branch/secret', 'SecureString');
    await put('/trees');
    return async (input: object) => {
      const answered = await ssm.send(new GetParametersByPathCommand({ Path: '/tree', ...input }));
      return { ...answered, names: (answered.Parameters ?? []).map(({ Name }) => Name) };
    };
  };

  it('come in pages of ten, one level deep', async () => {
    const ask = await tree();
    const first = await ask({});
    const second = await ask({ NextToken: first.NextToken });
    expect([first.names.length, second.names, second.NextToken]).toEqual([
      10,
      ['/tree/leaf-10', '/tree/leaf-11'],
      undefined,
    ]);
    expect((await ask({ MaxResults: 3 })).names).toHaveLength(3);
  });

  it('come from every level where asked, secrets decrypted where asked', async () => {
    const ask = await tree();
    const secret = { Path: '/tree/branch/' };
    expect((await ask({ Recursive: true })).names).toContain('/tree/branch/secret');
    expect((await ask(secret)).Parameters?.[0]?.Value).not.toBe('value');
    expect((await ask({ ...secret, WithDecryption: true })).Parameters?.[0]?.Value).toBe('value');
  });

  it('are refused to a token of another question, and to a path that is none', async () => {
    const ask = await tree();
    const { NextToken } = await ask({});
    await expect(ask({ NextToken, Recursive: true })).rejects.toThrow(named('InvalidNextToken'));
    await expect(ask({ Path: 'tree' })).rejects.toThrow(named('ValidationException'));
    await expect(ask({ MaxResults: 11 })).rejects.toThrow(named('ValidationException'));
  });
});
