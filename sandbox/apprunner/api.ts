import type {
  DescribeServiceRequest,
  DescribeVpcConnectorRequest,
  ListOperationsRequest,
  ListServicesRequest,
  ListVpcConnectorsRequest,
  StartDeploymentRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-apprunner';
import type { Account, Plain, ServiceRecord } from '../account.ts';
import type { SandboxClock } from '../clock.ts';
import type { Api } from '../http/api.ts';
import { AwsError } from '../http/errors.ts';
import type { Model } from '../http/model.ts';
import { invalidToken, page, questionOf } from '../http/paging.ts';
import model from '../models/apprunner.json' with { type: 'json' };
import { configured } from './configuration.ts';
import type { Lifecycle } from './lifecycle.ts';

/** https://docs.aws.amazon.com/apprunner/latest/api/API_Operations.html */
export function appRunnerApi(account: Account, clock: SandboxClock, lifecycle: Lifecycle): Api {
  const { services, connectors } = account.apprunner;

  const find = (arn: string | undefined): ServiceRecord => {
    const service = services.find(({ ServiceArn }) => ServiceArn === arn);
    if (!service)
      throw new AwsError('ResourceNotFoundException', `Service with the provided ARN does not exist: ${arn}`);
    return service;
  };
  const listed = <T>(name: string, items: T[], input: { MaxResults?: number; NextToken?: string }) =>
    page(items, {
      size: input.MaxResults,
      token: input.NextToken,
      question: questionOf(name, { ...input }),
      invalid: invalidToken('InvalidRequestException'),
    });
  const mustBe = (service: ServiceRecord, statuses: string[], what: string, code = 'InvalidStateException') => {
    if (statuses.includes(service.Status)) return;
    throw new AwsError(code, `Service cannot be ${what} in the current state: ${service.Status}.`);
  };

  return {
    model: model as unknown as Model,
    codes: {
      type: 'SerializationException',
      missing: 'InvalidRequestException',
      constraint: 'InvalidRequestException',
    },
    operations: {
      DescribeService: ({ ServiceArn }: DescribeServiceRequest) => ({ Service: described(find(ServiceArn)) }),

      ListOperations: (input: ListOperationsRequest) => {
        const now = clock.now().toISOString();
        const operations = find(input.ServiceArn).operations.filter(({ listedFrom }) => listedFrom <= now);
        const { items, next } = listed('ListOperations', operations, input);
        return { OperationSummaryList: items.map(({ listedFrom: _, ...summary }) => summary), NextToken: next };
      },

      ListServices: (input: ListServicesRequest) => {
        const { items, next } = listed('ListServices', services, input);
        return {
          ServiceSummaryList: items.map(
            ({ ServiceName, ServiceId, ServiceArn, ServiceUrl, CreatedAt, UpdatedAt, Status }) => {
              return { ServiceName, ServiceId, ServiceArn, ServiceUrl, CreatedAt, UpdatedAt, Status };
            },
          ),
          NextToken: next,
        };
      },

      DescribeVpcConnector: ({ VpcConnectorArn: arn }: DescribeVpcConnectorRequest) => {
        const connector = connectors.find(({ VpcConnectorArn }) => VpcConnectorArn === arn);
        if (!connector) throw new AwsError('ResourceNotFoundException', `VPC connector does not exist: ${arn}`);
        return { VpcConnector: connector };
      },

      ListVpcConnectors: (input: ListVpcConnectorsRequest) => {
        const { items, next } = listed('ListVpcConnectors', connectors, input);
        return { VpcConnectors: items, NextToken: next };
      },

      UpdateService: (input: Plain<UpdateServiceRequest>) => {
        const service = find(input.ServiceArn);
        mustBe(service, ['RUNNING', 'PAUSED'], 'updated');
        const next = configured(account, service, input);
        // Neither idempotent nor clever: an update that changes nothing is an operation like any other.
        const OperationId = lifecycle.deploy(service, 'UPDATE_SERVICE', next);
        return { Service: described(service), OperationId };
      },

      StartDeployment: ({ ServiceArn }: StartDeploymentRequest) => {
        const service = find(ServiceArn);
        // StartDeployment models no InvalidStateException.
        // https://docs.aws.amazon.com/apprunner/latest/api/API_StartDeployment.html
        mustBe(service, ['RUNNING'], 'deployed', 'InvalidRequestException');
        return { OperationId: lifecycle.deploy(service, 'START_DEPLOYMENT', structuredClone(service.running)) };
      },

      PauseService: ({ ServiceArn }: StartDeploymentRequest) => {
        const service = find(ServiceArn);
        mustBe(service, ['RUNNING'], 'paused');
        const OperationId = lifecycle.switchTo(service, 'PAUSE_SERVICE', 'PAUSED');
        return { Service: described(service), OperationId };
      },

      ResumeService: ({ ServiceArn }: StartDeploymentRequest) => {
        const service = find(ServiceArn);
        mustBe(service, ['PAUSED'], 'resumed');
        const OperationId = lifecycle.switchTo(service, 'RESUME_SERVICE', 'RUNNING');
        return { Service: described(service), OperationId };
      },
    },
  };
}

/** The configuration being applied, while one is: UpdateService answers so, and nothing better is documented. */
function described(service: ServiceRecord) {
  const { running, applying, environment: _1, operations: _2, app: _3, ...known } = service;
  return { ...known, ...(applying ?? running) };
}
