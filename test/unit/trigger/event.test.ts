import { describe, expect, it } from 'vitest';
import { readTrigger } from '../../../lib/trigger/event.ts';
import { failedOne } from '../../../lib/trigger/start.ts';

const ARN = `arn:aws:apprunner:us-east-1:123456789012:service/shop/${'0a'.repeat(16)}`;

const envelope = (detail: object, more: object = {}) => ({
  version: '0',
  id: 'e-1',
  'detail-type': 'AppRunner Service Operation Status Change',
  source: 'aws.apprunner',
  time: '2026-01-01T12:00:00Z',
  resources: [ARN],
  detail,
  ...more,
});

describe('an event of App Runner is understood', () => {
  it.each([
    ['as it arrives', { operationStatus: 'UpdateServiceFailed', serviceName: 'shop' }],
    ['as the old guide prints it', { OperationStatus: 'UpdateServiceFailed', ServiceName: 'shop' }],
    ['as older code wrote it', { Status: 'UpdateServiceFailed' }],
    ['with another status before it', { status: 'ERROR', operationStatus: 'UpdateServiceFailed' }],
    ['with another status behind it', { OperationStatus: 'UpdateServiceFailed', Status: 5 }],
    ['with a status that is no text', { operationStatus: 5, status: 'UpdateServiceFailed' }],
  ])('%s', (_, detail) => {
    expect(readTrigger(envelope(detail))).toMatchObject({
      service: ARN,
      what: 'UpdateServiceFailed',
      operationType: 'UPDATE_SERVICE',
      key: 'e-1',
    });
  });
  it('wherever the service stands among its resources', () => {
    const resources = [5, 'arn:aws:ecr:us-east-1:123456789012:repository/shop', ARN];
    expect(readTrigger(envelope({ operationStatus: 'DeploymentFailed' }, { resources }))?.service).toBe(ARN);
  });
  it('for a failed deployment too', () => {
    expect(readTrigger(envelope({ operationStatus: 'DeploymentFailed' }))?.operationType).toBe('START_DEPLOYMENT');
  });
});

describe('is left alone', () => {
  it.each([
    ['what succeeded', envelope({ operationStatus: 'UpdateServiceCompletedSuccessfully' })],
    ['what has only begun', envelope({ operationStatus: 'DeploymentStarted' })],
    ['a service that was never created', envelope({ operationStatus: 'CreateServiceFailed' })],
    ['a pause that failed', envelope({ operationStatus: 'PauseServiceFailed' })],
    ['a status of the service', envelope({ currentServiceStatus: 'RUNNING', previousServiceStatus: 'PAUSED' })],
    [
      'a resource that is no service',
      envelope({ operationStatus: 'DeploymentFailed' }, { resources: ['arn:aws:s3:::b'] }),
    ],
    ['no resource', envelope({ operationStatus: 'DeploymentFailed' }, { resources: [] })],
    ['another source', envelope({ operationStatus: 'DeploymentFailed' }, { source: 'my.own' })],
    ['a status that is no text', envelope({ operationStatus: { is: 'DeploymentFailed' } })],
    ['nothing', undefined],
    ['a list', [1, 2]],
    ['a text', 'DeploymentFailed'],
  ])('%s', (_, event) => expect(readTrigger(event)).toBeUndefined());
});

describe('an alarm', () => {
  const alarm = (value: string, metric: object) => ({
    source: 'aws.cloudwatch',
    id: 'a-1',
    time: '2026-01-01T12:00:05Z',
    detail: {
      alarmName: 'shop-5xx',
      state: { value, timestamp: '2026-01-01T12:00:00.000+0000' },
      configuration: { metrics: [{ metricStat: { metric } }] },
    },
  });
  const metric = { namespace: 'AWS/AppRunner', dimensions: { ServiceName: 'shop', ServiceID: '0a' } };

  it('of an App Runner service names the service, and itself once for each time it goes off', () => {
    expect(readTrigger(alarm('ALARM', metric))).toMatchObject({
      service: 'shop',
      key: expect.stringContaining('12:00:00'),
    });
  });
  it.each([
    ['that is over', alarm('OK', metric)],
    ['that lacks data', alarm('INSUFFICIENT_DATA', metric)],
    ['of something else', alarm('ALARM', { ...metric, namespace: 'AWS/EC2' })],
    ['without a service', alarm('ALARM', { namespace: 'AWS/AppRunner', dimensions: {} })],
    ['that is composite', { source: 'aws.cloudwatch', detail: { alarmName: 'a', state: { value: 'ALARM' } } }],
  ])('%s is left alone', (_, event) => expect(readTrigger(event)).toBeUndefined());
});

describe('the operation that an event is about', () => {
  const operation = (id: string, startedAt: string, more: object = {}) => ({
    id,
    type: 'UPDATE_SERVICE',
    status: 'ROLLBACK_SUCCEEDED',
    state: 'rolled-back' as const,
    startedAt: new Date(startedAt),
    ...more,
  });
  const trigger = { service: ARN, what: 'UpdateServiceFailed', operationType: 'UPDATE_SERVICE', key: 'e-1' };
  const newest = operation('later', '2026-01-01T13:00:00Z');
  const deployment = operation('other', '2026-01-01T11:59:00Z', { type: 'START_DEPLOYMENT' });
  const own = operation('own', '2026-01-01T11:50:00Z', { status: 'ROLLBACK_IN_PROGRESS', state: 'going' });
  const older = operation('older', '2026-01-01T10:00:00Z');
  const all = [newest, deployment, own, older];

  it('is the newest of its kind that began before it, whatever the list says of it by now', () => {
    expect(failedOne({ ...trigger, at: new Date('2026-01-01T12:00:00Z') }, all)?.id).toBe('own');
  });
  it('is the newest that failed when the event does not say when it was', () => {
    expect(failedOne(trigger, [own, older])?.id).toBe('older');
  });
  it('is none for an alarm', () =>
    expect(failedOne({ service: 'shop', what: 'alarm', key: 'k' }, all)).toBeUndefined());
});
