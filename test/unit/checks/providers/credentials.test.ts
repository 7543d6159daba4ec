import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { readVariable } from '../../../../lib/checks/providers/credentials.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:twilio-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-east-1:123456789012:parameter/twilio/token';

/** Vaults that remember what they were asked for. */
function vaults(answer: unknown) {
  const asked: object[] = [];
  const send = async (command: { input: object }) => {
    asked.push({ [command.constructor.name]: command.input });
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  return { asked, ssm: () => ({ send }), secretsManager: () => ({ send }) };
}
const refers = (secretReference: string) => [{ name: 'TOKEN', secretReference }];
const failure = (name: string) => Object.assign(new Error('canary in a message'), { name });

describe('a variable', () => {
  it('is read as it stands', async () => {
    expect(await readVariable('TOKEN', [{ name: 'TOKEN', value: 'x' }], vaults({}))).toEqual({ value: 'x' });
  });

  it.each([
    ['a whole secret', SECRET, { SecretString: 'x' }, { SecretId: SECRET }],
    ['a key of a secret', `${SECRET}:token::`, { SecretString: '{"token":"x"}' }, { SecretId: SECRET }],
    [
      'a version of a secret',
      `${SECRET}:token:AWSPREVIOUS:`,
      { SecretString: '{"token":"x"}' },
      { SecretId: SECRET, VersionStage: 'AWSPREVIOUS' },
    ],
    ['an id of a version', `${SECRET}:::v-1`, { SecretString: 'x' }, { SecretId: SECRET, VersionId: 'v-1' }],
  ])('is read from %s', async (_, reference, answer, input) => {
    const box = vaults(answer);
    expect(await readVariable('TOKEN', refers(reference), box)).toEqual({ value: 'x' });
    expect(box.asked).toEqual([{ [GetSecretValueCommand.name]: input }]);
  });

  it.each([PARAMETER, 'twilio-token', '/twilio/token'])('is read from the parameter %s, decrypted', async (Name) => {
    const box = vaults({ Parameter: { Value: 'x' } });
    expect(await readVariable('TOKEN', refers(Name), box)).toEqual({ value: 'x' });
    expect(box.asked).toEqual([{ [GetParameterCommand.name]: { Name, WithDecryption: true } }]);
  });

  it.each([
    ['is not set', [], {}, 'TOKEN is not set in the environment of the service'],
    ['is empty', [{ name: 'TOKEN', value: '' }], {}, 'TOKEN is empty'],
    ['refers to an empty secret', refers(SECRET), { SecretString: '' }, 'TOKEN is empty'],
    ['refers to nothing', refers(SECRET), failure('ResourceNotFoundException'), 'what TOKEN refers to does not exist'],
    ['refers to no parameter', refers('x'), failure('ParameterNotFound'), 'what TOKEN refers to does not exist'],
    [
      'refers to a key that is not there',
      refers(`${SECRET}:other::`),
      { SecretString: '{"token":"canary"}' },
      'the secret that TOKEN refers to has no such key',
    ],
    [
      'refers to a key of what is no JSON',
      refers(`${SECRET}:token::`),
      { SecretString: 'canary' },
      'the secret that TOKEN refers to is no JSON, but the reference names a key in it',
    ],
    [
      'may not be read',
      refers(SECRET),
      failure('AccessDeniedException'),
      'TOKEN could not be read: secretsmanager:GetSecretValue is not allowed (AccessDeniedException)',
    ],
    [
      'may not be decrypted',
      refers(PARAMETER),
      failure('AccessDeniedException'),
      'TOKEN could not be read: ssm:GetParameter (and kms:Decrypt for its key) is not allowed (AccessDeniedException)',
    ],
    [
      'cannot be read now',
      refers(SECRET),
      failure('not a name: canary'),
      'TOKEN could not be read: secretsmanager:GetSecretValue was not answered (unknown error)',
    ],
  ])('that %s says so without a value', async (_, environment, answer, unanswered) => {
    expect(await readVariable('TOKEN', environment, vaults(answer))).toEqual({ unanswered });
  });
});
