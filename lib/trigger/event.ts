/*
 * Reads the events that may start a run. App Runner's documentation has printed the keys of `detail` in several ways, and
 * what arrives is not what it printed: every way is understood. https://docs.aws.amazon.com/apprunner/latest/dg/monitor-ev.html
 */

/** Something is wrong with a service, as AWS tells it. */
export interface Trigger {
  /** ARN of the service, or its name where that is all there is. */
  readonly service: string;
  /** What happened, in a word: `UpdateServiceFailed`, or the name of the alarm. */
  readonly what: string;
  /** The kind of operation that failed; undefined for an alarm. */
  readonly operationType?: string;
  readonly at?: Date;
  /** Tells this event from the next where there is no operation to tell by. */
  readonly key: string;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** By its name, whatever the case of its letters. */
function read(holder: Fields, name: string): unknown {
  return Object.entries(holder).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/**
 * The operations whose failure is worth a look: the service runs on with what it had. A service that was never created,
 * or is being deleted or paused, has nothing to repair.
 */
const FAILURES: Readonly<Record<string, string>> = {
  updateservicefailed: 'UPDATE_SERVICE',
  deploymentfailed: 'START_DEPLOYMENT',
};

/** Undefined for everything that is no failed deployment or update, and no alarm of an App Runner service. */
export function readTrigger(event: unknown): Trigger | undefined {
  const envelope = fields(event);
  const source = text(read(envelope, 'source'));
  if (source === 'aws.apprunner') return readOperation(envelope);
  if (source === 'aws.cloudwatch') return readAlarm(envelope);
  return undefined;
}

function readOperation(envelope: Fields): Trigger | undefined {
  const detail = fields(read(envelope, 'detail'));
  // Where both are there, `status` may be about something else.
  const what = text(read(detail, 'operationStatus')) ?? text(read(detail, 'status'));
  const operationType = FAILURES[what?.toLowerCase() ?? ''];
  const service = serviceArnIn(envelope);
  if (!what || !operationType || !service) return undefined;
  return { service, what, operationType, ...common(envelope) };
}

const SERVICE_ARN = /^arn:aws[\w-]*:apprunner:[\w-]+:\d{12}:service\/[\w-]+\/[0-9a-f]{32}$/;

function serviceArnIn(envelope: Fields): string | undefined {
  const resources = read(envelope, 'resources');
  const texts = (Array.isArray(resources) ? resources : []).filter((one): one is string => typeof one === 'string');
  return texts.find((one) => SERVICE_ARN.test(one));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function readAlarm(envelope: Fields): Trigger | undefined {
  const detail = fields(read(envelope, 'detail'));
  const state = fields(read(detail, 'state'));
  const metrics = read(fields(read(detail, 'configuration')), 'metrics');
  const alarm = text(read(detail, 'alarmName'));
  if (text(read(state, 'value')) !== 'ALARM' || !alarm || !Array.isArray(metrics)) return undefined;
  for (const one of metrics) {
    const metric = fields(read(fields(read(fields(one), 'metricStat')), 'metric'));
    const service = text(read(fields(read(metric, 'dimensions')), 'ServiceName'));
    if (text(read(metric, 'namespace')) !== 'AWS/AppRunner' || !service) continue;
    const since = text(read(state, 'timestamp')) ?? '';
    return { service, what: `the alarm ${alarm}`, ...common(envelope), key: `${alarm} ${since}` };
  }
  return undefined;
}

function common(envelope: Fields): Pick<Trigger, 'at' | 'key'> {
  const at = new Date(text(read(envelope, 'time')) ?? Number.NaN);
  return { key: text(read(envelope, 'id')) ?? '', ...(!Number.isNaN(at.getTime()) && { at }) };
}
