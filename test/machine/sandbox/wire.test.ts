import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/index.ts';
import { sandboxOf } from './support.ts';

const signed = (service: string, region = 'us-east-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
});

async function send(endpoint: string, headers: Record<string, string>, body: string, path = '/') {
  const response = await fetch(endpoint + path, { method: 'POST', headers, body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

const json = (target: string, version = '1.0') => ({
  'content-type': `application/x-amz-json-${version}`,
  'x-amz-target': target,
});

describe('JSON services', () => {
  it.each<[string, Record<string, string>, string, number, string]>([
    ['an unsigned request', json('AppRunner.ListServices'), '{}', 403, 'MissingAuthenticationTokenException'],
    [
      'half a signature',
      { ...json('AppRunner.ListServices'), authorization: 'AWS4-HMAC-SHA256 x' },
      '{}',
      403,
      'IncompleteSignatureException',
    ],
    [
      'a signature for another service',
      { ...json('AppRunner.ListServices'), ...signed('ssm') },
      '{}',
      403,
      'InvalidSignatureException',
    ],
    [
      'a signature for another region',
      { ...json('AppRunner.ListServices'), ...signed('apprunner', 'eu-west-1') },
      '{}',
      403,
      'InvalidSignatureException',
    ],
    [
      'an unknown operation',
      { ...json('AppRunner.DeleteEverything'), ...signed('apprunner') },
      '{}',
      400,
      'UnknownOperationException',
    ],
    [
      'an unknown target',
      { ...json('Nothing.ListServices'), ...signed('apprunner') },
      '{}',
      400,
      'UnknownOperationException',
    ],
    [
      'the wrong JSON version',
      { ...json('AppRunner.ListServices', '1.1'), ...signed('apprunner') },
      '{}',
      400,
      'UnknownOperationException',
    ],
    [
      'broken JSON',
      { ...json('AppRunner.ListServices'), ...signed('apprunner') },
      '{"MaxResults":',
      400,
      'SerializationException',
    ],
    [
      'JSON that is no object',
      { ...json('AppRunner.ListServices'), ...signed('apprunner') },
      '[]',
      400,
      'SerializationException',
    ],
    [
      'a wrong type',
      { ...json('AppRunner.ListServices'), ...signed('apprunner') },
      '{"MaxResults":"2"}',
      400,
      'SerializationException',
    ],
    [
      'a missing member',
      { ...json('AppRunner.DescribeService'), ...signed('apprunner') },
      '{}',
      400,
      'InvalidRequestException',
    ],
    [
      'a list that is too long',
      { ...json('AmazonSSM.GetParameters', '1.1'), ...signed('ssm') },
      JSON.stringify({ Names: Array(11).fill('a') }),
      400,
      'ValidationException',
    ],
  ])('refuses %s', async (_, headers, body, status, code) => {
    const { sandbox } = await sandboxOf('healthy');
    const answer = await send(sandbox.endpoint, headers, body);
    expect([answer.status, JSON.parse(answer.text).__type]).toEqual([status, code]);
  });

  it('ignores members it does not know', async () => {
    const { sandbox } = await sandboxOf('healthy');
    const answer = await send(
      sandbox.endpoint,
      { ...json('AppRunner.ListServices'), ...signed('apprunner') },
      '{"Colour":"red"}',
    );
    expect([answer.status, answer.type]).toEqual([200, 'application/x-amz-json-1.0']);
    expect(JSON.parse(answer.text).ServiceSummaryList).toHaveLength(1);
  });

  it('does not repeat a sensitive value in a refusal', async () => {
    const { sandbox, arn } = await sandboxOf('healthy');
    const secret = 'x'.repeat(60_000);
    const body = {
      ServiceArn: arn,
      SourceConfiguration: {
        ImageRepository: {
          ImageIdentifier: 'i',
          ImageRepositoryType: 'ECR',
          ImageConfiguration: { StartCommand: secret },
        },
      },
    };
    const answer = await send(
      sandbox.endpoint,
      { ...json('AppRunner.UpdateService'), ...signed('apprunner') },
      JSON.stringify(body),
    );
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('xxxx');
  });
});

describe('Query services', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const EC2 = 'Version=2016-11-15';
  it.each<[string, Record<string, string>, string, number, string]>([
    ['an unsigned EC2 request', form, `Action=DescribeVpcs&${EC2}`, 403, 'MissingAuthenticationToken'],
    [
      'an EC2 signature for another region',
      { ...form, ...signed('ec2', 'eu-west-1') },
      `Action=DescribeVpcs&${EC2}`,
      403,
      'AuthFailure',
    ],
    ['an unknown EC2 action', { ...form, ...signed('ec2') }, `Action=DeleteVpc&${EC2}`, 400, 'InvalidAction'],
    [
      'an unknown EC2 version',
      { ...form, ...signed('ec2') },
      'Action=DescribeVpcs&Version=2014-01-01',
      400,
      'InvalidAction',
    ],
    [
      'an unknown EC2 parameter',
      { ...form, ...signed('ec2') },
      `Action=DescribeVpcs&VpcIds.1=vpc-1&${EC2}`,
      400,
      'UnknownParameter',
    ],
    [
      'a missing EC2 parameter',
      { ...form, ...signed('ec2') },
      `Action=DescribeVpcAttribute&VpcId=vpc-1&${EC2}`,
      400,
      'MissingParameter',
    ],
    [
      'an EC2 number that is none',
      { ...form, ...signed('ec2') },
      `Action=DescribeVpcs&MaxResults=many&${EC2}`,
      400,
      'InvalidParameterValue',
    ],
    ['a dry run', { ...form, ...signed('ec2') }, `Action=DescribeVpcs&DryRun=true&${EC2}`, 412, 'DryRunOperation'],
  ])('refuses %s', async (_, headers, body, status, code) => {
    const { sandbox } = await sandboxOf('healthy');
    const answer = await send(sandbox.endpoint, headers, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(
      new RegExp(`<Response><Errors><Error><Code>${code}</Code>.*<RequestID>[0-9a-f-]{36}</RequestID></Response>$`),
    );
  });

  it('refuses in the shape of RDS and SNS', async () => {
    const { sandbox } = await sandboxOf('healthy');
    const answer = await send(
      sandbox.endpoint,
      { ...form, ...signed('rds') },
      'Action=DropDBInstance&Version=2014-10-31',
    );
    expect(answer.text).toMatch(
      /<ErrorResponse xmlns="[^"]+"><Error><Type>Sender<\/Type><Code>InvalidAction<\/Code>.*<RequestId>/,
    );
  });
});

describe('mounted handlers', () => {
  it('answer JSON targets, signed for their service, and refuse with AwsError', async () => {
    const { sandbox } = await sandboxOf('healthy');
    sandbox.mountJson(
      'AWSStepFunctions',
      async (operation, input) => {
        if (operation === 'Fail') throw new AwsError('ExecutionDoesNotExist', 'no such execution');
        return { operation, input };
      },
      { service: 'states' },
    );
    const call = (operation: string, service: string) =>
      send(sandbox.endpoint, { ...json(`AWSStepFunctions.${operation}`), ...signed(service) }, '{"name":"a"}');
    expect(JSON.parse((await call('StartExecution', 'states')).text)).toEqual({
      operation: 'StartExecution',
      input: { name: 'a' },
    });
    expect(await call('Fail', 'states')).toMatchObject({
      status: 400,
      text: expect.stringContaining('ExecutionDoesNotExist'),
    });
    expect((await call('StartExecution', 'lambda')).status).toBe(403);
  });

  it('answer REST paths', async () => {
    const { sandbox } = await sandboxOf('healthy');
    sandbox.mountRest(
      '/2015-03-31/functions/',
      async ({ path, body }) => {
        if (path.includes('nobody')) throw new AwsError('ResourceNotFoundException', 'no function', { status: 404 });
        return { status: 200, headers: { 'x-amz-executed-version': '$LATEST' }, body: `${path} ${body}` };
      },
      { service: 'lambda' },
    );
    const path = '/2015-03-31/functions/hello/invocations';
    expect(await send(sandbox.endpoint, signed('lambda'), 'x', path)).toMatchObject({ status: 200, text: `${path} x` });
    expect((await send(sandbox.endpoint, {}, 'x', path)).status).toBe(403);
    expect((await send(sandbox.endpoint, signed('lambda'), 'x', path.replace('hello', 'nobody'))).status).toBe(404);
  });
});
