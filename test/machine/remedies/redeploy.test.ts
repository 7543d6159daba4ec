import { describe, expect, it } from 'vitest';
import { undo } from '../../../lib/remedies/changes/deployment.ts';
import { apply, redeploy } from '../../../lib/remedies/redeploy.ts';
import { recentOperations } from '../../../lib/target/apprunner.ts';
import { readImage } from '../../../lib/target/image.ts';
import { broken, diagnosisOf } from '../../unit/remedies/service-basis.ts';
import { onlyEntry, openWorld } from './world.ts';

const stale = diagnosisOf([broken('deployment', 'SMS_PROVIDERS', 'stale-deployment')]);

async function opened(scenario = 'sms-fallback') {
  const world = await openWorld(scenario);
  const described = {
    ServiceArn: world.arn,
    SourceConfiguration: world.service.running.SourceConfiguration,
  } as Parameters<typeof readImage>[1];
  const image = await readImage(world.hands.ecr(), described, await recentOperations(world.appRunner, world.arn));
  const basis = { diagnosis: stale, image };
  const step = await world.stepOf(redeploy, basis);
  return {
    ...world,
    image,
    step,
    before: structuredClone(world.service.running),
    apply: () => apply(world.hands, world.place, step),
    goBack: async () => world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world))),
  };
}

const images = (world: Awaited<ReturnType<typeof opened>>) => world.sandbox.account.ecr.repositories[0]?.images ?? [];

describe('a redeployment', () => {
  it('starts one deployment, and its way back touches nothing', async () => {
    const world = await opened();
    expect(world.step.details.digest).toMatch(/^sha256:/);
    const { operationId, state } = await world.apply();
    expect([state, (await world.over(operationId)).at(-1)]).toEqual(['going', 'SUCCEEDED']);
    expect((await world.apply()).operationId).toBe(operationId);
    expect(await onlyEntry(world)).toMatchObject({ kind: 'deployment', state: 'made', operationId });
    expect(world.operations('START_DEPLOYMENT')).toBe(1);
    await world.goBack();
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'undone' });
    expect(world.service.running).toEqual(world.before);
    expect(world.operations('START_DEPLOYMENT')).toBe(1);
  });

  it('sees that the tag was moved after the deployment that runs', async () => {
    const { image } = await opened('sms-fallback-tag-moved');
    expect(String(image.pushedAt) > String(image.deployedAt)).toBe(true);
    const { image: still } = await opened();
    expect(String(still.pushedAt) > String(still.deployedAt)).toBe(false);
  });

  it('changes nothing when the tag names another image than the one that was approved', async () => {
    const world = await opened();
    for (const image of images(world)) image.digest = `sha256:${'0'.repeat(64)}`;
    await expect(world.apply()).rejects.toMatchObject({ name: 'StateDrifted' });
    expect([await world.entries(), world.operations('START_DEPLOYMENT')]).toEqual([[], 0]);
  });

  it('changes nothing when the service is set to another image', async () => {
    const world = await opened();
    const repository = world.service.running.SourceConfiguration.ImageRepository;
    if (repository) repository.ImageIdentifier = `${repository.ImageIdentifier}-other`;
    const unseen = { ...world.step, details: { ...world.step.details, digest: null } };
    await expect(apply(world.hands, world.place, unseen)).rejects.toMatchObject({ name: 'StateDrifted' });
    expect(await world.entries()).toEqual([]);
  });

  it('changes nothing when somebody else is at work on the service', async () => {
    const world = await opened();
    world.service.Status = 'OPERATION_IN_PROGRESS';
    await expect(world.apply()).rejects.toMatchObject({ name: 'StateDrifted' });
    expect(await onlyEntry(world)).toMatchObject({ state: 'not-made' });
  });

  it('does not take a service that is paused for busy', async () => {
    const world = await opened();
    world.service.Status = 'PAUSED';
    await expect(world.apply()).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it('finds the deployment whose answer was lost', async () => {
    const world = await opened();
    world.faults({ 'apprunner:StartDeployment': { error: 'InternalServiceErrorException', after: true } });
    await expect(world.apply()).rejects.toThrow();
    const found = await world.apply().catch(async (error: Error) => {
      expect(error.name).toBe('RetryLater');
      await world.sandbox.clock.sleep(15_000);
      return world.apply();
    });
    expect(found.operationId).toBe(world.service.operations[0]?.Id);
    expect(world.operations('START_DEPLOYMENT')).toBe(1);
  });

  it.each([
    [true, 'undone'],
    [false, 'not-made'],
  ])('knows on the way back whether it was made when its answer was lost (made: %s)', async (after, state) => {
    const world = await opened();
    world.faults({ 'apprunner:StartDeployment': { error: 'InternalServiceErrorException', after } });
    await expect(world.apply()).rejects.toThrow();
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state });
  });

  it('waits on the way back until App Runner has let go of the service', async () => {
    const world = await opened();
    await world.apply();
    expect(await undo(world.hands, world.ledger, await onlyEntry(world))).toBe('going');
  });
});
