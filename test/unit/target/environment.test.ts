import type { Service } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { settingsOf, sourceWith } from '../../../lib/target/environment.ts';

const maps = {
  RuntimeEnvironmentVariables: { MODE: 'stub', KEEP: '1' },
  RuntimeEnvironmentSecrets: { TOKEN: 'arn:token' },
};
const image = {
  AuthenticationConfiguration: { AccessRoleArn: 'arn:access' },
  AutoDeploymentsEnabled: false,
  ImageRepository: {
    ImageIdentifier: 'app:v1',
    ImageRepositoryType: 'ECR',
    ImageConfiguration: { Port: '8000', StartCommand: 'run', ...maps },
  },
};
const code = {
  AuthenticationConfiguration: { ConnectionArn: 'arn:connection' },
  CodeRepository: {
    RepositoryUrl: 'https://github.com/o/r',
    SourceCodeVersion: { Type: 'BRANCH', Value: 'main' },
    SourceDirectory: '/app',
    CodeConfiguration: {
      ConfigurationSource: 'API',
      CodeConfigurationValues: { Runtime: 'PYTHON_3', BuildCommand: 'make', Port: '8000', ...maps },
    },
  },
};
const of = (SourceConfiguration: object) => ({ SourceConfiguration: structuredClone(SourceConfiguration) }) as Service;

describe('the source configuration sent back', () => {
  it.each([
    ['an image', image],
    ['a code repository', code],
  ])('is the whole of %s, with the names set', (_, source) => {
    const service = of(source);
    const sent = sourceWith(service, { MODE: { value: 'real' }, NEW: { secret: 'arn:new' } });
    const expected = JSON.parse(
      JSON.stringify(source)
        .replace('"stub"', '"real"')
        .replace('{"TOKEN":"arn:token"}', '{"TOKEN":"arn:token","NEW":"arn:new"}'),
    );
    expect(sent).toEqual(expected);
    expect(service).toEqual(of(source));
  });

  it('moves a name between the maps and has it in one of them only', () => {
    const sent = sourceWith(of(image), { MODE: { secret: 'arn:mode' }, TOKEN: { value: 'plain' } });
    expect(sent.ImageRepository?.ImageConfiguration).toMatchObject({
      RuntimeEnvironmentVariables: { KEEP: '1', TOKEN: 'plain' },
      RuntimeEnvironmentSecrets: { MODE: 'arn:mode' },
    });
    expect(sent.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentVariables).not.toHaveProperty('MODE');
  });

  it('takes a name away, and with the last one the map', () => {
    const sent = sourceWith(of(image), { TOKEN: null, MODE: null });
    expect(sent.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentVariables).toEqual({ KEEP: '1' });
    expect(sent.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentSecrets).toBeUndefined();
  });

  it('takes an empty value for a value', () => {
    const sent = sourceWith(of(image), { MODE: { value: '' } });
    expect(settingsOf(of(sent), ['MODE', 'TOKEN', 'NONE'])).toEqual({
      MODE: { value: '' },
      TOKEN: { secret: 'arn:token' },
      NONE: null,
    });
  });
});
