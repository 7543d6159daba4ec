import { describe, expect, it } from 'vitest';
import { setEnvironment } from '../../../lib/remedies/set-environment.ts';
import {
  broken,
  CONFIGURATION,
  diagnosisOf,
  onlyProposal,
  probe,
  profileOf,
  serviceBasis,
  unmet,
} from './service-basis.ts';

const stub = broken('environment', 'MODE', 'stub-provider');
const missing = broken('environment', 'SERVICE_SID', 'environment-missing');
const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/sid';
const basis = (more: Parameters<typeof serviceBasis>[0] = {}) =>
  serviceBasis({
    wanted: { variables: { MODE: 'real' }, secrets: {} },
    profile: profileOf({ environment: [{ name: 'MODE', oneOf: ['real', 'other'], repairTo: { value: 'real' } }] }),
    diagnosis: diagnosisOf([stub]),
    ...more,
  });

describe('setting the environment', () => {
  it('sets what the profile wants of a variable that is found broken', () => {
    const proposal = onlyProposal(setEnvironment, basis());
    expect(unmet(proposal)).toEqual([]);
    expect(proposal).toMatchObject({
      fixes: ['MODE'],
      redeploys: true,
      reversible: true,
      step: {
        target: 'arn:shop',
        changes: ['set the variable MODE to "real" (now a variable)'],
        details: {
          variables: { MODE: 'real' },
          secrets: {},
          seen: { MODE: { as: 'variable', digest: 'digest-mode' } },
        },
      },
    });
  });

  it('shows nothing of a value that nobody else should read, and carries it out all the same', () => {
    const wanted = { variables: { MODE: '+15555550118' }, secrets: {} };
    const { step } = onlyProposal(setEnvironment, basis({ wanted, profile: profileOf() }));
    expect(step?.changes.join()).toBe('set the variable MODE to "…0118" (now a variable)');
    expect(step?.details).toMatchObject({ variables: { MODE: '+15555550118' } });
  });

  it('leaves alone what nobody complains of and nobody asks for', () => {
    expect(setEnvironment.propose(basis({ diagnosis: diagnosisOf() }))).toEqual([]);
    expect(setEnvironment.propose(basis({ wanted: { variables: {}, secrets: {} } }))).toEqual([]);
  });

  it('sets what the request asks for although nobody saw that it is the cause, and says so', () => {
    const asked = basis({
      wanted: { variables: { MODE: 'other' }, secrets: {} },
      diagnosis: diagnosisOf([], [probe('health', true), probe('otp', false)]),
    });
    const proposal = onlyProposal(setEnvironment, asked);
    expect(proposal.fixes).toEqual(['otp']);
    expect(proposal.warnings[0]).toContain('nobody saw that MODE is the cause');
  });

  it('sets both: what is found broken, and what the request asks for besides', () => {
    const both = basis({ wanted: { variables: { MODE: 'real', EXTRA: '1' }, secrets: {} } });
    const proposal = onlyProposal(setEnvironment, both);
    expect(proposal.fixes).toEqual(['MODE']);
    expect(proposal.step?.details).toMatchObject({
      variables: { EXTRA: '1', MODE: 'real' },
      seen: { EXTRA: { as: 'absent' } },
    });
  });

  it('moves a name from the variables to the secrets', () => {
    const proposal = onlyProposal(
      setEnvironment,
      basis({
        wanted: { variables: {}, secrets: { MODE: ARN } },
        references: [{ reference: ARN, state: 'there', because: 'it exists' }],
      }),
    );
    expect(unmet(proposal)).toEqual([]);
    expect(proposal.step?.changes).toEqual([`set the secret MODE to refer to ${ARN} (now a variable)`]);
  });

  it.each([
    ['gone', 'no'],
    ['unknown', 'unknown'],
  ] as const)('is hindered by a reference that is %s', (state, met) => {
    const proposal = onlyProposal(
      setEnvironment,
      basis({
        wanted: { variables: {}, secrets: { SERVICE_SID: ARN } },
        references: [{ reference: ARN, state, because: 'looked up' }],
        diagnosis: diagnosisOf([missing]),
      }),
    );
    expect(unmet(proposal)).toEqual([`${met}: ${ARN}: looked up`]);
  });

  it('does not count on a reference that nobody looked up', () => {
    const wanted = { variables: {}, secrets: { SERVICE_SID: ARN } };
    expect(unmet(onlyProposal(setEnvironment, basis({ wanted, diagnosis: diagnosisOf([missing]) })))).toEqual([
      `unknown: ${ARN}: it was not looked up`,
    ]);
  });

  it('is hindered where secrets are wanted and the instances have no role', () => {
    const { instanceRoleArn: _, ...configuration } = CONFIGURATION;
    const proposal = onlyProposal(
      setEnvironment,
      basis({
        configuration,
        wanted: { variables: {}, secrets: { MODE: ARN } },
        references: [{ reference: ARN, state: 'there', because: 'it exists' }],
      }),
    );
    expect(unmet(proposal).join()).toContain('no instance role');
  });

  it.each([
    ['apprunner.yaml', { environmentIsVisible: false }, /apprunner\.yaml/],
    ['a service that is PAUSED', { status: 'PAUSED' }, /PAUSED/],
  ])('is hindered by %s', (_, configuration, because) => {
    const proposal = onlyProposal(setEnvironment, basis({ configuration: { ...CONFIGURATION, ...configuration } }));
    expect(unmet(proposal).join()).toMatch(because);
  });

  it('is hindered by a value that breaks the rule of the profile', () => {
    const proposal = onlyProposal(setEnvironment, basis({ wanted: { variables: { MODE: 'wrong' }, secrets: {} } }));
    expect(unmet(proposal)).toEqual(['no: MODE is none of real, other']);
  });

  it('is hindered by what the new value makes necessary and nobody set', () => {
    const rules = [
      { name: 'MODE', repairTo: { value: 'real' } },
      { name: 'SERVICE_SID', requiredIf: { name: 'MODE', oneOf: ['real'] } },
    ];
    const proposal = (names: string[]) =>
      onlyProposal(
        setEnvironment,
        basis({
          profile: profileOf({ environment: rules }),
          configuration: {
            ...CONFIGURATION,
            environment: Object.fromEntries(names.map((name) => [name, 'digest'])),
          },
        }),
      );
    expect(unmet(proposal(['MODE'])).join()).toContain('SERVICE_SID is not set');
    expect(unmet(proposal(['MODE', 'SERVICE_SID']))).toEqual([]);
  });

  it('warns that the tag may name another image by now, unless the digest is pinned', () => {
    const pinned = { ...CONFIGURATION, source: 'repo/app@sha256:1' };
    expect(onlyProposal(setEnvironment, basis()).warnings.join()).toContain('app:v1');
    expect(onlyProposal(setEnvironment, basis({ configuration: pinned })).warnings).toEqual([]);
  });
});
