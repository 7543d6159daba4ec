import { expect, it } from 'vitest';
import { answerDelivery } from '../../cli/doors.ts';
import { runTable } from '../../lib/run/client.ts';
import { readReport } from '../../lib/run/records.ts';
import { approve, openWorld, wayBackFails } from './world.ts';

/** The account without the record of what was tried. App Runner makes its interfaces anew when it comes back to a VPC. */
const TRIED = ['operations', 'UpdatedAt', 'NetworkInterfaceId'];
const configuration = (snapshot: unknown): unknown =>
  JSON.parse(JSON.stringify(snapshot, (key, value) => (TRIED.includes(key) ? undefined : value)));

it('is not fooled by a service that is RUNNING again after a rollback', async () => {
  const world = await openWorld('otp-egress-rollback');
  const before = configuration(world.sandbox.snapshot());
  const { report } = await world.repair();
  expect(world.service.Status).toBe('RUNNING');
  expect(report.verdict).toBe('not-recovered');
  expect(report.summary).toContain('ROLLBACK_SUCCEEDED');
  expect(report.changes).toMatchObject([{ state: 'undone' }]);
  expect(configuration(world.sandbox.snapshot())).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('takes the repair back when the SMS did not come', async () => {
  const world = await openWorld('otp-egress');
  const before = configuration(world.sandbox.snapshot());
  const { report } = await world.repair({
    onApproval: approve,
    onDelivery: (_, { run }) => answerDelivery(world.lambda, { run, delivered: false, by: 'colleague' }),
  });
  expect(report).toMatchObject({ verdict: 'not-recovered', changes: [{ state: 'undone' }] });
  expect(report.proof?.delivery.status).toBe('denied');
  expect(report.summary).toContain('a person said that it did not arrive');
  expect(report.nextSteps[0]).toContain('a person said that it did not arrive');
  expect(configuration(world.sandbox.snapshot())).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('leaves a repair that works when nobody confirms it, and asks for a person', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({ onApproval: approve });
  expect(report).toMatchObject({ verdict: 'needs-human', changes: [{ state: 'made' }] });
  expect(report.proof?.delivery.status).toBe('no-answer');
  expect(report.summary).toContain(
    'repaired and the door answers again, but not proved: nobody said whether it arrived.',
  );
  expect(report.summary).not.toContain('Cause:');
  expect(report.recoverySeconds).toBeNull();
  expect(report.nextSteps.join()).toContain(`reconnect undo ${report.run}`);
});

it('does not call it recovered when the code is rejected', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({
    onApproval: approve,
    onDelivery: (_, { run }) => answerDelivery(world.lambda, { run, delivered: true, by: 'colleague', code: '000000' }),
  });
  expect(report.verdict).toBe('needs-human');
  expect(report.proof?.delivery).toMatchObject({ status: 'confirmed', verification: { ok: false } });
});

it('is stuck when the way back fails: it keeps the lock, fails the execution, and pages', async () => {
  const world = await openWorld('otp-egress');
  const { execution } = await world.repair(wayBackFails);
  expect([execution.status, execution.error]).toEqual(['FAILED', 'Stuck']);
  expect(await world.lockHolder()).toBe(execution.name);
  const report = await readReport(runTable(), execution.name ?? '');
  expect(report).toMatchObject({ verdict: 'stuck', changes: [{ state: 'made' }], failure: { error: 'UndoFailed' } });
  expect(report?.nextSteps.join()).toContain('Still to take back');
  await world.product.idle();
  expect(JSON.stringify(world.sandbox.account.sns)).toContain('ACT NOW');
});
