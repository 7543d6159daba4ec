import { describe, expect, it } from 'vitest';
import { undo } from '../../../lib/remedies/changes/egress.ts';
import { apply, useDefaultEgress } from '../../../lib/remedies/use-default-egress.ts';
import { apply as applyVpc, useVpcEgress } from '../../../lib/remedies/use-vpc-egress.ts';
import { writeUndo } from '../../../lib/run/ledger.ts';
import { updateService } from '../sandbox/support.ts';
import { onlyEntry, openWorld, type World } from './world.ts';

const egressOf = ({ service }: World) => service.running.NetworkConfiguration.EgressConfiguration;
const cut = { egress: [{ subject: 'twilio', status: 'broken', cause: 'no-route' }] } as const;

async function opened(scenario = 'otp-egress', speed = 1500) {
  const world = await openWorld(scenario, { speed });
  const step = await world.stepOf(useDefaultEgress, cut);
  return {
    ...world,
    step,
    before: world.account(),
    apply: () => apply(world.hands, world.place, step),
    goBack: async () => world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world))),
  };
}

describe('switching egress to DEFAULT', () => {
  it('changes egress and nothing else, and back', async () => {
    const world = await opened('otp-egress-dual-stack');
    const { operationId, state } = await world.apply();
    expect([state, await world.over(operationId)]).toEqual(['going', ['IN_PROGRESS', 'SUCCEEDED']]);
    expect(world.service.running.NetworkConfiguration).toMatchObject({
      EgressConfiguration: { EgressType: 'DEFAULT' },
      IpAddressType: 'DUAL_STACK',
    });
    expect(await onlyEntry(world)).toMatchObject({
      id: '1.1.001',
      kind: 'egress',
      state: 'made',
      what: 'egress VPC → DEFAULT',
      effect: { egress: { type: 'DEFAULT' } },
      operationId,
    });
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'undone' });
    expect(world.account()).toEqual(world.before);
    await world.goBack();
    expect(world.operations('UPDATE_SERVICE')).toBe(2);
  });

  it('is begun once, however often it is called', async () => {
    const world = await opened();
    const first = await world.apply();
    expect((await world.apply()).operationId).toBe(first.operationId);
    await world.over(first.operationId);
    expect((await world.apply()).operationId).toBe(first.operationId);
    expect(world.operations('UPDATE_SERVICE')).toBe(1);
  });

  it('finds the update whose answer was lost', async () => {
    const world = await opened();
    world.faults({ 'apprunner:UpdateService': { error: 'InternalServiceErrorException', after: true } });
    await expect(world.apply()).rejects.toThrow();
    // App Runner lists an operation a little after it began: until then the machine is told to try again.
    const found = await world.apply().catch(async (error: Error) => {
      expect(error.name).toBe('RetryLater');
      await world.sandbox.clock.sleep(15_000);
      return world.apply();
    });
    expect(found.operationId).toBe(world.service.operations[0]?.Id);
    expect(world.operations('UPDATE_SERVICE')).toBe(1);
  });

  it('is not given up while its own update is not listed yet', async () => {
    const world = await opened('otp-egress', 1);
    world.faults({ 'apprunner:UpdateService': { error: 'InternalServiceErrorException', after: true } });
    await expect(world.apply()).rejects.toThrow();
    await expect(world.apply()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(await onlyEntry(world)).toMatchObject({ state: 'pending' });
  });

  it('is made at the second try when the first failed, and takes no older update for its own', async () => {
    const world = await opened();
    await updateService(world, {});
    world.faults({ 'apprunner:UpdateService': { error: 'InternalServiceErrorException' } });
    await expect(world.apply()).rejects.toThrow();
    await world.over((await world.apply()).operationId);
    expect(egressOf(world)?.EgressType).toBe('DEFAULT');
    expect(world.operations('UPDATE_SERVICE')).toBe(2);
  });

  it('is taken back although its answer was lost', async () => {
    const world = await opened();
    world.faults({ 'apprunner:UpdateService': { error: 'InternalServiceErrorException', after: true } });
    await expect(world.apply()).rejects.toThrow();
    await world.goBack();
    expect(world.account()).toEqual(world.before);
    expect(egressOf(world)?.EgressType).toBe('VPC');
  });

  it('was never made when the call failed', async () => {
    const world = await opened();
    world.faults({ 'apprunner:UpdateService': { error: 'InternalServiceErrorException' } });
    await expect(world.apply()).rejects.toThrow();
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'not-made' });
    expect(world.account()).toEqual(world.before);
  });

  it('was never made when it died right after writing the undo', async () => {
    const world = await opened();
    await writeUndo(world.ledger, {
      id: '1.1.001',
      service: world.place.service,
      remedy: 'use-default-egress',
      kind: 'egress',
      target: world.arn,
      what: 'egress VPC → DEFAULT',
      undo: world.step.undo,
      undoData: world.service.running.NetworkConfiguration,
      effect: { egress: { type: 'DEFAULT' } },
    });
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'not-made' });
    expect(world.operations('UPDATE_SERVICE')).toBe(0);
  });

  it('changes nothing when somebody else is at work on the service', async () => {
    const world = await opened();
    world.service.Status = 'OPERATION_IN_PROGRESS';
    await expect(world.apply()).rejects.toMatchObject({ name: 'StateDrifted' });
    expect(await onlyEntry(world)).toMatchObject({ state: 'not-made' });
  });

  it('changes nothing when egress is not what the plan saw', async () => {
    const world = await opened();
    await updateService(world, { NetworkConfiguration: { EgressConfiguration: { EgressType: 'DEFAULT' } } });
    await expect(world.apply()).rejects.toMatchObject({ name: 'StateDrifted' });
    expect(await world.entries()).toEqual([]);
  });

  it('is not there any more after a rollback, and that is a way back too', async () => {
    const world = await opened('otp-egress-rollback');
    const { operationId } = await world.apply();
    expect((await world.over(operationId)).at(-1)).toBe('ROLLBACK_SUCCEEDED');
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'undone' });
    expect(world.operations('UPDATE_SERVICE')).toBe(1);
  });

  it('says so when App Runner does not take the old egress back', async () => {
    const world = await opened();
    await world.over((await world.apply()).operationId);
    world.sandbox.account.faults.failNextUpdate = 'Health check failed.';
    await expect(world.goBack()).rejects.toMatchObject({ name: 'UndoFailed' });
  });

  it('waits while the service is busy', async () => {
    const world = await opened();
    await world.apply();
    expect(await undo(world.hands, world.ledger, await onlyEntry(world))).toBe('going');
  });
});

describe('switching egress to a connector', () => {
  const back = async () => {
    const world = await openWorld('otp-egress');
    const arn = egressOf(world)?.VpcConnectorArn ?? '';
    await updateService(world, { NetworkConfiguration: { EgressConfiguration: { EgressType: 'DEFAULT' } } });
    const step = await world.stepOf(useVpcEgress, {
      egress: [{ subject: 'database', status: 'broken' }],
      exposure: [{ name: 'database', reachableFromInternet: 'no', because: 'private' }],
      connectors: [{ arn, subnetIds: [], securityGroupIds: [] }],
    });
    return { ...world, step, connectorArn: arn };
  };

  it('changes egress and nothing else, and back', async () => {
    const world = await back();
    const before = world.account();
    const { operationId } = await applyVpc(world.hands, world.place, world.step);
    expect((await world.over(operationId)).at(-1)).toBe('SUCCEEDED');
    expect(egressOf(world)).toEqual({ EgressType: 'VPC', VpcConnectorArn: world.connectorArn });
    expect(await onlyEntry(world)).toMatchObject({
      effect: { egress: { type: 'VPC', vpcConnectorArn: world.connectorArn } },
    });
    await world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world)));
    expect(egressOf(world)).toEqual({ EgressType: 'DEFAULT' });
    expect(world.account()).toEqual(before);
  });

  it('leaves egress that somebody else switched since, and names it', async () => {
    const world = await back();
    const other = structuredClone(world.sandbox.account.apprunner.connectors[0]);
    if (!other) throw new Error('no connector');
    other.VpcConnectorArn = `${other.VpcConnectorArn}-other`;
    world.sandbox.account.apprunner.connectors.push(other);
    await world.over((await applyVpc(world.hands, world.place, world.step)).operationId);
    const EgressConfiguration = { EgressType: 'VPC' as const, VpcConnectorArn: other.VpcConnectorArn };
    await updateService(world, { NetworkConfiguration: { EgressConfiguration } });
    await world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world)));
    expect(await onlyEntry(world)).toMatchObject({ state: 'left', left: expect.stringContaining('-other') });
    expect(egressOf(world)).toEqual(EgressConfiguration);
  });
});
