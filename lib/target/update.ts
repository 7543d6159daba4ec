import {
  type AppRunnerClient,
  type NetworkConfiguration,
  type SourceConfiguration,
  StartDeploymentCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-apprunner';
import { describe } from './apprunner.ts';

type Client = Pick<AppRunnerClient, 'send'>;

/** App Runner does one operation at a time. What it means is for the caller to say. */
export class ServiceBusy extends Error {}

const busy = (cause: unknown) => new ServiceBusy('the service is busy with another operation', { cause });

/**
 * Changes egress and nothing else: a member that is sent replaces the whole member, so ingress and IP address type go
 * back as they are. Whole members that are left out keep their value, so the environment is not sent.
 * Throws `ServiceBusy` while another operation is in progress.
 */
export const updateEgress = (
  client: Client,
  arn: string,
  current: NetworkConfiguration | undefined,
  egress: NonNullable<NetworkConfiguration['EgressConfiguration']>,
): Promise<string> =>
  update(client, {
    ServiceArn: arn,
    NetworkConfiguration: {
      IngressConfiguration: current?.IngressConfiguration,
      IpAddressType: current?.IpAddressType,
      EgressConfiguration: egress,
    },
  });

/** `source` is the whole of it: what it leaves out, App Runner sets to its default. Throws `ServiceBusy`. */
export const updateSource = (client: Client, arn: string, source: SourceConfiguration): Promise<string> =>
  update(client, { ServiceArn: arn, SourceConfiguration: source });

async function update(client: Client, input: UpdateServiceCommandInput): Promise<string> {
  try {
    const { OperationId } = await client.send(new UpdateServiceCommand(input));
    return OperationId ?? '';
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidStateException') throw busy(error);
    throw error;
  }
}

/**
 * Deploys what the service is set to once more. It models no InvalidStateException, so the status of the service tells
 * whether it was refused for being busy. https://docs.aws.amazon.com/apprunner/latest/api/API_StartDeployment.html
 * Throws `ServiceBusy`.
 */
export async function startDeployment(client: Client, arn: string): Promise<string> {
  try {
    const { OperationId } = await client.send(new StartDeploymentCommand({ ServiceArn: arn }));
    return OperationId ?? '';
  } catch (error) {
    const refused = error instanceof Error && /^Invalid(State|Request)Exception$/.test(error.name);
    if (refused && (await describe(client, arn)).Status === 'OPERATION_IN_PROGRESS') throw busy(error);
    throw error;
  }
}
