import type { Account, Configuration, ServiceRecord } from '../account.ts';
import type { Site } from '../build/site.ts';
import type { SandboxClock } from '../clock.ts';
import { routeTo, tableOf } from '../network/routing.ts';
import type { Random } from '../random.ts';
import { attachConnector, releaseConnector } from './interfaces.ts';
import { readEnvironment } from './secrets.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Operation = ServiceRecord['operations'][number];
/** Hears of every operation that begins or ends. */
type Listener = (service: ServiceRecord, operation: Operation) => void;

/** What operations do to services as time goes by. One at a time: the caller has looked at the service's status. */
export class Lifecycle {
  readonly #account: Account;
  readonly #clock: SandboxClock;
  readonly #random: Random;
  readonly #listener: Listener;

  constructor(account: Account, clock: SandboxClock, random: Random, listener: Listener) {
    this.#account = account;
    this.#clock = clock;
    this.#random = random;
    this.#listener = listener;
  }

  /** Replaces instances with ones of this configuration. Returns the operation's id. */
  deploy(service: ServiceRecord, type: string, next: Configuration): string {
    // A paused service is configured without being woken.
    const settled = service.Status;
    const operation = this.#begin(service, type);
    service.applying = next;
    this.#event(service, type === 'START_DEPLOYMENT' ? 'Deployment started.' : 'Service update started.');
    this.#event(service, 'Service status is set to OPERATION_IN_PROGRESS.');
    this.#after(this.#random.between(4, 10) * SECOND, () => this.#roll(service, operation, next, settled));
    return operation.Id ?? '';
  }

  /** An operation that was begun before the sandbox started and has `minutes` to go. */
  resume(service: ServiceRecord, operation: Operation, minutes: number): void {
    service.Status = 'OPERATION_IN_PROGRESS';
    service.operations.unshift(operation);
    this.#after(minutes * MINUTE, () => this.#finish(service, operation, 'SUCCEEDED', 'RUNNING'));
  }

  /** Pausing and resuming: instances go or come back, the configuration stays. */
  switchTo(service: ServiceRecord, type: string, status: string): string {
    const operation = this.#begin(service, type);
    this.#after(this.#random.between(1, 3) * MINUTE, () => this.#finish(service, operation, 'SUCCEEDED', status));
    return operation.Id ?? '';
  }

  #begin(service: ServiceRecord, type: string): Operation {
    const now = this.#clock.now();
    const operation: Operation = {
      Id: this.#random.uuid(),
      Type: type,
      Status: 'PENDING',
      TargetArn: service.ServiceArn,
      StartedAt: now.toISOString(),
      UpdatedAt: now.toISOString(),
      // Undocumented how soon a new operation is listed, so nobody may count on at once.
      listedFrom: new Date(now.getTime() + 2 * SECOND).toISOString(),
    };
    service.operations.unshift(operation);
    service.Status = 'OPERATION_IN_PROGRESS';
    service.UpdatedAt = now.toISOString();
    this.#listener(service, operation);
    return operation;
  }

  #roll(service: ServiceRecord, operation: Operation, next: Configuration, settled: string): void {
    this.#set(operation, 'IN_PROGRESS');
    this.#event(service, 'Provisioning instances and deploying image.');
    if (this.#account.faults.hangOperations) return;
    const { variables, secrets } = environmentMaps(next);
    const { environment, missing } = readEnvironment(this.#account, variables, secrets);
    const planned = this.#account.faults.failNextUpdate;
    delete this.#account.faults.failNextUpdate;
    const failure =
      planned ?? (missing[0] ? `Failed to read the secret of ${missing[0]}.` : this.#cannotStart(service, next));
    const connector = egressOf(next).VpcConnectorArn;
    // First use of a connector: 2 to 5 minutes. https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
    const first = failure === undefined && attachConnector(this.#site, connector) ? this.#random.between(2, 5) : 0;
    this.#after((this.#random.between(6, 10) + first) * MINUTE, () => {
      if (failure === undefined) this.#succeed(service, operation, { running: next, environment }, settled);
      else this.#rollBack(service, operation, failure, settled);
    });
  }

  /** Why instances of this configuration never become healthy; undefined when they do. */
  #cannotStart(service: ServiceRecord, next: Configuration): string | undefined {
    const port = next.SourceConfiguration.ImageRepository?.ImageConfiguration?.Port ?? '8080';
    if (Number(port) !== service.app.port) return `Health check failed on port '${port}'.`;
    const connector = this.#account.apprunner.connectors.find(
      (one) => one.VpcConnectorArn === egressOf(next).VpcConnectorArn,
    );
    // "public subnets: the service fails to create, or the update rolls back"
    // https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
    const open = connector?.Subnets?.find((subnetId) =>
      routeTo(this.#account, tableOf(this.#account, subnetId), '8.8.8.8')?.GatewayId?.startsWith('igw-'),
    );
    return open && `Failed to set up the VPC connector: subnet ${open} is a public subnet.`;
  }

  #succeed(
    service: ServiceRecord,
    operation: Operation,
    deployed: Pick<ServiceRecord, 'running' | 'environment'>,
    settled: string,
  ): void {
    const before = egressOf(service.running).VpcConnectorArn;
    Object.assign(service, deployed);
    delete service.applying;
    if (before !== egressOf(deployed.running).VpcConnectorArn) releaseConnector(this.#site, before);
    this.#event(service, 'Health check is successful. Routing traffic to application.');
    this.#event(
      service,
      operation.Type === 'START_DEPLOYMENT'
        ? 'Deployment completed successfully.'
        : 'Service update completed successfully.',
    );
    this.#finish(service, operation, 'SUCCEEDED', settled);
  }

  #rollBack(service: ServiceRecord, operation: Operation, failure: string, settled: string): void {
    this.#set(operation, 'ROLLBACK_IN_PROGRESS');
    this.#event(service, `${failure} Rolling back.`);
    this.#after(this.#random.between(2, 4) * MINUTE, () => {
      delete service.applying;
      this.#event(service, 'Service update failed. For details, see service logs.');
      this.#finish(service, operation, 'ROLLBACK_SUCCEEDED', settled);
    });
  }

  #finish(service: ServiceRecord, operation: Operation, status: string, serviceStatus: string): void {
    this.#set(operation, status);
    operation.EndedAt = operation.UpdatedAt;
    service.Status = serviceStatus;
    service.UpdatedAt = operation.UpdatedAt ?? '';
    this.#event(service, `Service status is set to ${serviceStatus}.`);
    this.#listener(service, operation);
  }

  #set(operation: Operation, status: string): void {
    operation.Status = status;
    operation.UpdatedAt = this.#clock.now().toISOString();
  }

  #after(ms: number, act: () => void): void {
    this.#clock.after(ms, act);
  }

  /** https://docs.aws.amazon.com/apprunner/latest/dg/monitor-cwl.html; the lines as in aws/apprunner-roadmap#142. */
  #event({ ServiceName, ServiceId }: ServiceRecord, text: string): void {
    const group = `/aws/apprunner/${ServiceName}/${ServiceId}/service`;
    this.#account.logs[group] ??= [];
    this.#account.logs[group].push({
      timestamp: this.#clock.now().getTime(),
      message: `[AppRunner] ${text}`,
      stream: 'events',
    });
  }

  get #site(): Site {
    return { account: this.#account, random: this.#random, now: this.#clock.now() };
  }
}

const egressOf = ({ NetworkConfiguration }: Configuration) => NetworkConfiguration.EgressConfiguration ?? {};

function environmentMaps({ SourceConfiguration: { ImageRepository, CodeRepository } }: Configuration) {
  const holder = ImageRepository?.ImageConfiguration ?? CodeRepository?.CodeConfiguration?.CodeConfigurationValues;
  return { variables: holder?.RuntimeEnvironmentVariables ?? {}, secrets: holder?.RuntimeEnvironmentSecrets ?? {} };
}
