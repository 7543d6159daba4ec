import type { Service } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { configurationOf } from '../../../lib/target/apprunner.ts';
import { compareConfiguration, isAsBefore } from '../../../lib/target/compare.ts';

const service = (change: (service: Service) => void = () => {}): Service => {
  const made = {
    Status: 'RUNNING',
    SourceConfiguration: {
      AutoDeploymentsEnabled: false,
      AuthenticationConfiguration: { AccessRoleArn: 'arn:access' },
      ImageRepository: {
        ImageIdentifier: 'app:v1',
        ImageRepositoryType: 'ECR',
        ImageConfiguration: {
          Port: '8000',
          RuntimeEnvironmentVariables: { MODE: 'stub', TWIN: 'stub' },
          RuntimeEnvironmentSecrets: { TOKEN: 'arn:token' },
        },
      },
    },
    InstanceConfiguration: { Cpu: '1024', InstanceRoleArn: 'arn:role' },
    NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC', VpcConnectorArn: 'arn:connector' } },
  } as unknown as Service;
  change(made);
  return made;
};
const image = ({ SourceConfiguration }: Service) => SourceConfiguration?.ImageRepository?.ImageConfiguration ?? {};
const set = (name: string, value: string) => (one: Service) =>
  Object.assign(image(one).RuntimeEnvironmentVariables ?? {}, { [name]: value });
const toDefault = (one: Service) =>
  Object.assign(one.NetworkConfiguration ?? {}, { EgressConfiguration: { EgressType: 'DEFAULT' } });
const read = (one: Service) => configurationOf(one, 'key');
const before = read(service());
const compared = (change: (service: Service) => void, ...effects: Parameters<typeof compareConfiguration>[2]) =>
  compareConfiguration(before, read(service(change)), effects);
const wrong = (items: ReturnType<typeof compareConfiguration>) => items.filter(({ ok }) => !ok).map(({ item }) => item);

describe('what a service is set to', () => {
  it('shows names and digests, and no value', () => {
    expect(before).toMatchObject({
      environmentNames: ['MODE', 'TWIN'],
      secretNames: ['TOKEN'],
      instanceRoleArn: 'arn:role',
      environmentIsVisible: true,
    });
    expect(JSON.stringify(before)).not.toMatch(/stub|arn:token/);
    expect(Object.values(before.environment).join()).toMatch(/^[0-9a-f]{16}(,[0-9a-f]{16}){2}$/);
  });

  it('has digests of its own under each key and for each name', () => {
    expect(before.environment.MODE).not.toBe(before.environment.TWIN);
    expect(configurationOf(service(), 'another').environment.MODE).not.toBe(before.environment.MODE);
  });

  it('tells a variable from a secret of the same text', () => {
    const moved = read(
      service((one) => {
        delete image(one).RuntimeEnvironmentSecrets?.TOKEN;
        set('TOKEN', 'arn:token')(one);
      }),
    );
    expect(moved.environment.TOKEN).not.toBe(before.environment.TOKEN);
  });

  it('has one fingerprint whatever stands in the environment, and another for anything else', () => {
    expect(read(service(set('MODE', 'real'))).fingerprint).toBe(before.fingerprint);
    expect(read(service(toDefault)).fingerprint).toBe(before.fingerprint);
    expect(read(service((one) => Object.assign(image(one), { Port: '80' }))).fingerprint).not.toBe(before.fingerprint);
  });
});

describe('the configuration read back', () => {
  it('is right when only what was to change has changed', () => {
    expect(wrong(compared(() => {}))).toEqual([]);
    expect(wrong(compared(toDefault, { egress: { type: 'DEFAULT' } }))).toEqual([]);
    expect(wrong(compared(set('MODE', 'real'), { environment: ['MODE'] }))).toEqual([]);
    expect(wrong(compared(set('NEW', '1'), { environment: ['NEW'] }))).toEqual([]);
  });

  it('has the names of today', () => {
    expect(compared(() => {}).map(({ item }) => item)).toEqual([
      'status',
      'egress',
      'source',
      'environment variables',
      'secrets',
      'ingress',
      'IP address type',
      'everything else',
    ]);
  });

  it.each([
    ['egress that nobody was to change', toDefault, [], ['egress']],
    ['egress that was to change and did not', () => {}, [{ egress: { type: 'DEFAULT' } }], ['egress']],
    ['a value that nobody was to set', set('TWIN', 'x'), [{ environment: ['MODE'] }], ['everything else']],
    ['a variable that came from nowhere', set('NEW', '1'), [], ['environment variables', 'everything else']],
    [
      'a variable that is lost',
      (one: Service) => delete image(one).RuntimeEnvironmentVariables?.TWIN,
      [],
      ['environment variables', 'everything else'],
    ],
    [
      'a secret that is lost',
      (one: Service) => delete image(one).RuntimeEnvironmentSecrets,
      [],
      ['secrets', 'everything else'],
    ],
    ['a name that was to be set and is not', () => {}, [{ environment: ['NEW'] }], ['everything else']],
    ['another port', (one: Service) => Object.assign(image(one), { Port: '80' }), [], ['everything else']],
    ['a service that is not RUNNING', (one: Service) => Object.assign(one, { Status: 'PAUSED' }), [], ['status']],
  ] as const)('is wrong with %s', (_, change, effects, items) => {
    expect(wrong(compared(change, ...(effects as Parameters<typeof compareConfiguration>[2])))).toEqual(items);
  });

  it('takes the last of several changes of egress', () => {
    const back = { egress: { type: 'VPC', vpcConnectorArn: 'arn:connector' } } as const;
    expect(wrong(compared(() => {}, { egress: { type: 'DEFAULT' } }, back))).toEqual([]);
  });

  it('lets a name move to the secrets when it was set', () => {
    const move = (one: Service) => {
      delete image(one).RuntimeEnvironmentVariables?.MODE;
      Object.assign(image(one).RuntimeEnvironmentSecrets ?? {}, { MODE: 'arn:mode' });
    };
    expect(wrong(compared(move, { environment: ['MODE'] }))).toEqual([]);
    expect(wrong(compared(move))).toContain('secrets');
  });

  it('names what it speaks of, and shows no value', () => {
    const items = compared(set('TWIN', 'secret-value'));
    expect(items.find(({ item }) => item === 'everything else')?.because).toContain('TWIN');
    expect(JSON.stringify(items)).not.toContain('secret-value');
  });
});

describe('many names', () => {
  const all = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [`A_RATHER_LONG_NAME_OF_A_VARIABLE_${at}`, '']),
  );
  const many = read(service((one) => Object.assign(image(one), { RuntimeEnvironmentVariables: { ...all } })));
  const told = (now: typeof many, ...effects: Parameters<typeof compareConfiguration>[2]) =>
    compareConfiguration(many, now, effects).find(({ item }) => item === 'environment variables')?.because;

  it('are counted where they are the same', () => {
    expect(told(many)).toBe('500 names, as before');
    expect(told(many, { environment: ['A_RATHER_LONG_NAME_OF_A_VARIABLE_7'] })).toBe(
      '499 names, as before; set: A_RATHER_LONG_NAME_OF_A_VARIABLE_7',
    );
  });

  it('are named where they differ, ten of them', () => {
    const items = compareConfiguration(many, before, []);
    expect(told(before)).toMatch(/^no longer there: A_\w+(, A_\w+){9} and 490 more; not there before: MODE, TWIN$/);
    expect(JSON.stringify(items).length).toBeLessThan(3000);
  });
});

describe('back as it was', () => {
  it.each([
    ['nothing changed', () => {}, true],
    ['egress is another', toDefault, false],
    ['a value is another', set('MODE', 'real'), false],
    ['a variable is new', set('NEW', '1'), false],
    ['the port is another', (one: Service) => Object.assign(image(one), { Port: '80' }), false],
  ] as const)('when %s: %#', (_, change, expected) => {
    expect(isAsBefore(before, read(service(change)))).toBe(expected);
  });

  it('misses a variable that was to be set, also one whose name every object knows', () => {
    expect(wrong(compared(() => {}, { environment: ['constructor'] }))).toEqual(['everything else']);
  });
});
