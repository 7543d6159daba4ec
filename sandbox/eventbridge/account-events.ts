import type { ServiceRecord } from '../account.ts';
import type { ExecutionChange } from '../stepfunctions/index.ts';
import type { NewEvent } from './bus.ts';

/** How App Runner's events go out. AWS promises best effort, and its documents know two ways to write their keys. */
export interface AppRunnerDelivery {
  deliver: 'once' | 'never' | 'twice';
  keys: 'lowerCamel' | 'PascalCase';
}

export interface ServiceOperation {
  readonly service: Pick<ServiceRecord, 'ServiceName' | 'ServiceId' | 'ServiceArn'>;
  /** `UpdateServiceFailed`, `DeploymentCompletedSuccessfully` and so on. */
  readonly status: string;
  readonly message?: string;
}

/** What App Runner calls its operations in events: https://docs.aws.amazon.com/apprunner/latest/dg/monitor-ev.html */
const STEMS: Readonly<Record<string, string>> = {
  CREATE_SERVICE: 'CreateService',
  DELETE_SERVICE: 'DeleteService',
  UPDATE_SERVICE: 'UpdateService',
  START_DEPLOYMENT: 'Deployment',
  PAUSE_SERVICE: 'PauseService',
  RESUME_SERVICE: 'ResumeService',
};

/** The status in the event, from an operation's type and its own status; a roll-back has none, it is a failure. */
export function eventStatus(type = '', status = ''): string | undefined {
  const stem = STEMS[type];
  if (!stem) return undefined;
  if (status === 'PENDING') return `${stem}Started`;
  if (status === 'SUCCEEDED') return `${stem}CompletedSuccessfully`;
  return ['FAILED', 'ROLLBACK_SUCCEEDED', 'ROLLBACK_FAILED'].includes(status) ? `${stem}Failed` : undefined;
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** https://docs.aws.amazon.com/apprunner/latest/dg/monitor-ev.html */
export function operationEvent(
  { service, status, message = `Operation ${status}.` }: ServiceOperation,
  keys: AppRunnerDelivery['keys'] = 'lowerCamel',
): NewEvent {
  const detail = {
    operationStatus: status,
    serviceName: service.ServiceName,
    serviceId: service.ServiceId,
    message,
    severity: status.endsWith('Failed') ? 'ERROR' : 'INFO',
  };
  const written = Object.entries(detail).map(([key, value]) => [keys === 'PascalCase' ? capitalized(key) : key, value]);
  return {
    source: 'aws.apprunner',
    'detail-type': 'AppRunner Service Operation Status Change',
    resources: [service.ServiceArn],
    detail: Object.fromEntries(written),
  };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export function executionEvent(execution: ExecutionChange): NewEvent {
  const { arn, machine, name, status, startedAt, stoppedAt, input, output, failure } = execution;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: machine.arn,
      name,
      status,
      startDate: startedAt.getTime(),
      stopDate: stoppedAt?.getTime() ?? null,
      input,
      inputDetails: { included: true },
      output: output ?? null,
      outputDetails: output === undefined ? null : { included: true },
      error: failure.error ?? null,
      cause: failure.cause ?? null,
    },
  };
}
