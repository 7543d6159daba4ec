import { AppRunnerClient, DescribeServiceCommand } from '@aws-sdk/client-apprunner';
import { ECRClient } from '@aws-sdk/client-ecr';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Place, RemedyName, Step } from '../../../lib/domain/plan.ts';
import type { Undone } from '../../../lib/remedies/changes/change.ts';
import type { Remedy } from '../../../lib/remedies/remedy.ts';
import { type Entry, type Ledger, readLedger } from '../../../lib/run/ledger.ts';
import { makeFingerprintKey } from '../../../lib/run/records.ts';
import { configurationOf } from '../../../lib/target/apprunner.ts';
import type { SandboxOptions } from '../../../sandbox/index.ts';
import { diagnosisOf, profileOf, serviceBasis } from '../../unit/remedies/service-basis.ts';
import { follow, sandboxOf } from '../sandbox/support.ts';

/** An account with a service that is broken, and a run that has the lock. */
export async function openWorld(scenario: string, options: Partial<SandboxOptions> = {}) {
  const box = await sandboxOf(scenario, options);
  const client = DynamoDBDocumentClient.from(box.dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  const ledger: Ledger = { table: { client, name: 'reconnect' }, run: 'r1', clock: box.sandbox.clock };
  const key = await makeFingerprintKey(ledger.table, ledger.run);
  const place: Place = { run: 'r1', service: box.service.ServiceName, round: 1, index: 0 };
  const hands = {
    appRunner: new AppRunnerClient({ ...box.config, maxAttempts: 3 }),
    updater: new AppRunnerClient({ ...box.config, maxAttempts: 1 }),
    ssm: box.ssm,
    ecr: () => new ECRClient(box.config),
    ledger,
  };
  const earlier = box.service.operations.map(({ Id }) => Id);
  const configuration = async () => {
    const { Service } = await box.appRunner.send(new DescribeServiceCommand({ ServiceArn: box.arn }));
    if (!Service) throw new Error('no service');
    return configurationOf(Service, key);
  };
  return {
    ...box,
    ledger,
    key,
    place,
    hands,
    configuration,
    entries: () => readLedger(ledger.table, ledger.run),
    faults: (calls: NonNullable<typeof box.sandbox.account.faults.calls>) => {
      box.sandbox.account.faults.calls = calls;
    },
    /** How many were begun since. */
    operations: (type: string) =>
      box.service.operations.filter(({ Id, Type }) => Type === type && !earlier.includes(Id)).length,
    /** The step that the remedy proposes for a basis that holds the service as it is. */
    stepOf: async (remedy: Remedy, more: Parameters<typeof serviceBasis>[0] = {}): Promise<Step> => {
      const basis = serviceBasis({
        service: { name: box.service.ServiceName, arn: box.arn, id: box.service.ServiceId, url: '' },
        configuration: await configuration(),
        profile: profileOf(),
        diagnosis: diagnosisOf(),
        ...more,
      });
      const step = remedy.propose(basis)[0]?.step;
      if (!step) throw new Error(`${remedy.name} proposes no step`);
      return asStep(remedy.name, step);
    },
    /** What operations and undoing leave behind is not compared: only what the account is set to. */
    account: (): unknown =>
      JSON.parse(
        JSON.stringify(box.sandbox.snapshot(), (name, value) =>
          ['operations', 'UpdatedAt', 'NetworkInterfaceId'].includes(name) ? undefined : value,
        ),
      ),
    over: (id: string | undefined) => follow(box, id),
    settled: async (look: () => Promise<Undone>) => {
      for (let looks = 0; looks < 2000; looks++) {
        const state = await look().catch((error: Error) => {
          if (error.name !== 'RetryLater') throw error;
          return 'going' as const;
        });
        if (state === 'settled') return;
        await box.sandbox.clock.sleep(5000);
      }
      throw new Error('the way back is not done');
    },
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

const asStep = (remedy: RemedyName, step: Pick<Step, 'target' | 'changes' | 'undo' | 'details'>): Step =>
  JSON.parse(
    JSON.stringify({ remedy, title: 'a step', ...step, fixes: [], monthlyCostUsd: 0, warnings: [], stage: 1 }),
  );

/** The one change of the run. */
export async function onlyEntry({ entries }: World): Promise<Entry> {
  const [entry, ...others] = await entries();
  if (!entry || others.length > 0) throw new Error('not exactly one change');
  return entry;
}
