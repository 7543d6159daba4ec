import { describe, expect, it } from 'vitest';
import { forgetValues, undo } from '../../../lib/remedies/changes/environment.ts';
import { apply, setEnvironment } from '../../../lib/remedies/set-environment.ts';
import { compareConfiguration } from '../../../lib/target/compare.ts';
import { changeSource, setVariables } from '../sandbox/support.ts';
import { onlyEntry, openWorld, type World } from './world.ts';

const PARAMETER = '/reconnect-runs/r1/environment-1.1.001';
const imageOf = ({ service }: Pick<World, 'service'>) =>
  service.running.SourceConfiguration.ImageRepository?.ImageConfiguration ?? {};
const kept = ({ sandbox }: Pick<World, 'sandbox'>) => sandbox.account.ssm.parameters[PARAMETER];

/** A variable is overwritten, another is made a secret, a third is new, and a secret refers to something else. */
async function opened(scenario = 'otp-stub-provider') {
  const world = await openWorld(scenario);
  const SECRET = Object.values(imageOf(world).RuntimeEnvironmentSecrets ?? {})[0] ?? '';
  const secretName = Object.keys(imageOf(world).RuntimeEnvironmentSecrets ?? {})[0] ?? '';
  await setVariables(world, { MOVES: 'canary-plain-value', EMPTY: '' });
  const other = `${SECRET}:other::`;
  const wanted = {
    variables: { OTP_PROVIDER: 'twilio_verify', FRESH: 'new', EMPTY: 'full' },
    secrets: { MOVES: SECRET },
  };
  const step = await world.stepOf(setEnvironment, { wanted });
  return {
    ...world,
    step,
    SECRET,
    secretName,
    other,
    baseline: await world.configuration(),
    before: world.account(),
    apply: () => apply(world.hands, world.place, step),
    undo: async () => undo(world.hands, world.ledger, await onlyEntry(world)),
    goBack: async () => world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world))),
    /** The account without the values that are kept for the way back. */
    rest: () => {
      const account = world.account() as { ssm: { parameters: Record<string, unknown> } };
      delete account.ssm.parameters[PARAMETER];
      return account;
    },
  };
}

describe('setting the environment', () => {
  it('sets what was planned, loses nothing else, and goes back', async () => {
    const world = await opened();
    const image = structuredClone(imageOf(world));
    const source = structuredClone(world.service.running.SourceConfiguration);
    const { operationId, state } = await world.apply();
    expect(state).toBe('going');
    expect((await world.over(operationId)).at(-1)).toBe('SUCCEEDED');

    const { MOVES: _, ...stay } = image.RuntimeEnvironmentVariables ?? {};
    expect(imageOf(world)).toEqual({
      ...image,
      RuntimeEnvironmentVariables: { ...stay, OTP_PROVIDER: 'twilio_verify', FRESH: 'new', EMPTY: 'full' },
      RuntimeEnvironmentSecrets: { ...image.RuntimeEnvironmentSecrets, MOVES: world.SECRET },
    });
    expect({ ...world.service.running.SourceConfiguration, ImageRepository: 0 }).toEqual({
      ...source,
      ImageRepository: 0,
    });
    const entry = await onlyEntry(world);
    expect(entry).toMatchObject({
      kind: 'environment',
      state: 'made',
      effect: { environment: ['EMPTY', 'FRESH', 'MOVES', 'OTP_PROVIDER'] },
    });
    const items = compareConfiguration(world.baseline, await world.configuration(), [entry.effect ?? {}]);
    expect(items.filter(({ ok }) => !ok)).toEqual([]);

    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'undone' });
    expect(world.rest()).toEqual(world.before);
    await world.goBack();
    expect(world.rest()).toEqual(world.before);
  });

  it('keeps old values apart and encrypted, and none in the ledger', async () => {
    const world = await opened();
    await world.apply();
    expect(kept(world)).toMatchObject({ Type: 'SecureString', Version: 1 });
    expect(JSON.parse(kept(world)?.Value ?? '{}')).toEqual({
      EMPTY: '',
      MOVES: 'canary-plain-value',
      OTP_PROVIDER: 'stub',
    });
    expect(JSON.stringify(await world.entries())).not.toMatch(/canary|"stub"/);
  });

  it('keeps nothing where nothing plain is overwritten', async () => {
    const world = await openWorld('otp-stub-provider');
    const step = await world.stepOf(setEnvironment, { wanted: { variables: { FRESH: 'new' }, secrets: {} } });
    const before = world.account();
    await world.over((await apply(world.hands, world.place, step)).operationId);
    expect(kept(world)).toBeUndefined();
    await world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world)));
    expect(world.account()).toEqual(before);
  });

  it('puts a secret back to what it referred to', async () => {
    const world = await openWorld('otp-stub-provider');
    const [name = '', reference = ''] = Object.entries(imageOf(world).RuntimeEnvironmentSecrets ?? {})[0] ?? [];
    const secrets = Object.values(imageOf(world).RuntimeEnvironmentSecrets ?? {});
    const other = Object.values(world.sandbox.account.secretsManager.secrets).find(({ ARN }) => !secrets.includes(ARN));
    const wanted = { variables: {}, secrets: { [name]: other?.ARN ?? secrets.at(-1) ?? '' } };
    const step = await world.stepOf(setEnvironment, { wanted });
    await world.over((await apply(world.hands, world.place, step)).operationId);
    await world.settled(async () => undo(world.hands, world.ledger, await onlyEntry(world)));
    expect(imageOf(world).RuntimeEnvironmentSecrets?.[name]).toBe(reference);
  });

  it('is begun once, however often it is called, and keeps the true old values', async () => {
    const world = await opened();
    const first = await world.apply();
    await world.over(first.operationId);
    expect((await world.apply()).operationId).toBe(first.operationId);
    expect(world.operations('UPDATE_SERVICE')).toBe(2);
    expect(kept(world)?.Value).toContain('canary-plain-value');
  });

  it.each([
    ['UpdateService', true],
    ['UpdateService', false],
  ])('finds or makes it again when the answer of %s was lost (after: %s)', async (call, after) => {
    const world = await opened();
    world.faults({ [`apprunner:${call}`]: { error: 'InternalServiceErrorException', after } });
    await expect(world.apply()).rejects.toThrow();
    const again = await world.apply().catch(async (error: Error) => {
      expect(error.name).toBe('RetryLater');
      await world.sandbox.clock.sleep(15_000);
      return world.apply();
    });
    await world.over(again.operationId);
    expect(world.operations('UPDATE_SERVICE')).toBe(2);
    await world.goBack();
    expect(world.rest()).toEqual(world.before);
  });

  it.each([
    ['ssm:PutParameter', false],
    ['ssm:PutParameter', true],
    ['apprunner:UpdateService', false],
    ['apprunner:UpdateService', true],
  ])('goes back after a failure of %s (after: %s)', async (call, after) => {
    const world = await opened();
    world.faults({ [call]: { error: 'InternalServiceErrorException', after } });
    await expect(world.apply()).rejects.toThrow();
    await world.goBack();
    expect(world.rest()).toEqual(world.before);
    const isMade = call.startsWith('apprunner') && after;
    expect((await onlyEntry(world)).state).toBe(isMade ? 'undone' : 'not-made');
  });

  it('keeps the true old values while its own update, whose answer was lost, is not listed yet', async () => {
    const world = await openWorld('otp-stub-provider', { speed: 1 });
    const step = await world.stepOf(setEnvironment, {
      wanted: { variables: { OTP_PROVIDER: 'twilio_sms' }, secrets: {} },
    });
    world.faults({ 'apprunner:UpdateService': { error: 'InternalServiceErrorException', after: true } });
    await expect(apply(world.hands, world.place, step)).rejects.toThrow();
    await expect(apply(world.hands, world.place, step)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(JSON.parse(kept(world)?.Value ?? '{}')).toEqual({ OTP_PROVIDER: 'stub' });
  });

  it('makes it again after the values were kept and nothing else was done', async () => {
    const world = await opened();
    world.faults({ 'ssm:PutParameter': { error: 'InternalServerError', after: true } });
    await expect(world.apply()).rejects.toThrow();
    await world.over((await world.apply()).operationId);
    expect(imageOf(world).RuntimeEnvironmentVariables?.OTP_PROVIDER).toBe('twilio_verify');
  });

  it.each([
    ['another value', { OTP_PROVIDER: 'twilio_sms' }],
    ['a variable that was not there', { FRESH: 'theirs' }],
  ])('changes nothing when it meets %s', async (_, theirs) => {
    const world = await opened();
    await setVariables(world, theirs);
    const before = world.account();
    await expect(world.apply()).rejects.toMatchObject({ name: 'StateDrifted' });
    expect(world.account()).toEqual(before);
    expect(await world.entries()).toEqual([]);
  });

  it('changes nothing when somebody else is at work on the service', async () => {
    const world = await opened();
    world.service.Status = 'OPERATION_IN_PROGRESS';
    await expect(world.apply()).rejects.toMatchObject({ name: 'StateDrifted' });
    expect(await onlyEntry(world)).toMatchObject({ state: 'not-made' });
  });

  it('leaves what somebody else set since, names it, and puts back the rest', async () => {
    const world = await opened();
    await world.over((await world.apply()).operationId);
    await changeSource(world, ({ ImageRepository }) =>
      Object.assign(ImageRepository?.ImageConfiguration?.RuntimeEnvironmentVariables ?? {}, {
        OTP_PROVIDER: 'twilio_sms',
        UNRELATED: 'theirs',
      }),
    );
    await world.goBack();
    expect(await onlyEntry(world)).toMatchObject({ state: 'left', left: 'somebody else set OTP_PROVIDER since' });
    const now = imageOf(world).RuntimeEnvironmentVariables;
    expect(now).toMatchObject({ OTP_PROVIDER: 'twilio_sms', UNRELATED: 'theirs', MOVES: 'canary-plain-value' });
    expect(now).not.toHaveProperty('FRESH');
  });

  it('leaves what it cannot put back when the old values were forgotten, and names it', async () => {
    const world = await opened();
    await world.over((await world.apply()).operationId);
    await forgetValues(world.ssm, await world.entries());
    await forgetValues(world.ssm, await world.entries());
    expect(kept(world)).toBeUndefined();
    expect(await world.undo()).toBe('settled');
    expect(await world.entries()).toMatchObject([
      { state: 'left', left: expect.stringMatching(/EMPTY, MOVES, OTP_PROVIDER/) },
    ]);
  });

  it('says so when App Runner does not take the old values back', async () => {
    const world = await opened();
    await world.over((await world.apply()).operationId);
    world.sandbox.account.faults.failNextUpdate = 'Health check failed.';
    await expect(world.goBack()).rejects.toMatchObject({ name: 'UndoFailed' });
  });
});
