import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../lib/domain/cause.ts';
import { manual } from '../../../lib/remedies/manual.ts';
import { CONNECTOR, healthy, TWILIO } from '../egress/topology.ts';
import { broken, CONFIGURATION, diagnosisOf, onlyProposal, profileOf, serviceBasis } from './service-basis.ts';

const twilio = {
  providers: { twilio: { accountSid: 'ACCOUNT', authToken: 'API_TOKEN', verifyServiceSid: 'VERIFY_SID' } },
};
const text = (basis: ReturnType<typeof serviceBasis>) => onlyProposal(manual, basis).byHand?.join('\n') ?? '';
const found = (cause: Cause, subject = 'twilio-account', check: 'providers' | 'egress' = 'providers') =>
  diagnosisOf([broken(check, subject, cause, 'Twilio says no')]);

describe('what a person has to do', () => {
  it.each([
    'credentials-rejected',
    'provider-resource-missing',
    'provider-suspended',
    'event-loop-blocked',
    'network-acl-denies',
    'public-access-blocked',
    'endpoint-closed',
    'dns-disabled',
    'internet-gateway-without-public-address',
    'database-unreachable',
    'deployment-failed',
  ] as const)('is told step by step for %s, and changes nothing itself', (cause) => {
    const proposal = onlyProposal(manual, serviceBasis({ diagnosis: found(cause) }));
    expect(proposal.byHand?.length).toBeGreaterThan(1);
    expect(proposal.step).toBeUndefined();
  });

  it('is nothing where nothing is wrong, or where a remedy does it', () => {
    expect(manual.propose(serviceBasis())).toEqual([]);
    expect(manual.propose(serviceBasis({ diagnosis: found('no-route') }))).toEqual([]);
  });

  it('tells of one cause once, with everything it was found in', () => {
    const both = diagnosisOf(
      ['b', 'a'].map((name) => broken('egress', name, 'network-acl-denies', `${name} is denied`)),
    );
    expect(onlyProposal(manual, serviceBasis({ diagnosis: both })).fixes).toEqual(['a', 'b']);
  });

  it('names the secret of the rejected token where it is known, and how to find it where it is not', () => {
    const basis = serviceBasis({ profile: profileOf(twilio), diagnosis: found('credentials-rejected') });
    expect(text(basis)).toContain('RuntimeEnvironmentSecrets.API_TOKEN');
    expect(text({ ...basis, wanted: { variables: {}, secrets: { API_TOKEN: 'arn:known' } } })).toContain(
      'into arn:known',
    );
  });

  it('never advises to put a token into a variable', () => {
    const configuration = { ...CONFIGURATION, secretNames: [], environmentNames: ['API_TOKEN'] };
    const steps = text(
      serviceBasis({ configuration, profile: profileOf(twilio), diagnosis: found('credentials-rejected') }),
    );
    expect(steps).toContain('stands in plain text');
    expect(steps).toContain('"environment":{"secrets":{"API_TOKEN":"<ARN of the secret>"}}');
  });

  it('does not send anybody to Twilio when another provider rejects the credentials', () => {
    const other = diagnosisOf([broken('logs', 'credentials', 'credentials-rejected', 'SendGrid answers 401')]);
    expect(text(serviceBasis({ profile: profileOf(twilio), diagnosis: other }))).not.toContain('twilio.com');
  });

  it('gives the request that sets the new Verify service', () => {
    const steps = text(serviceBasis({ profile: profileOf(twilio), diagnosis: found('provider-resource-missing') }));
    expect(steps).toContain('"environment":{"variables":{"VERIFY_SID":"<the new SID, VA…>"}}');
  });

  it('asks what a variable should be only where nobody said', () => {
    const diagnosis = diagnosisOf([
      broken('environment', 'MODE', 'stub-provider'),
      broken('logs', 'stub', 'stub-provider'),
    ]);
    const profile = profileOf({ environment: [{ name: 'MODE', oneOf: ['real', 'other'] }] });
    expect(text(serviceBasis({ profile, diagnosis }))).toMatch(
      /one of real, other[\s\S]*"variables":\{"MODE":"<value>"\}/,
    );
    const wanted = { variables: { MODE: 'real' }, secrets: {} };
    expect(manual.propose(serviceBasis({ profile, diagnosis, wanted }))).toEqual([]);
  });

  it('asks for a secret by its reference', () => {
    const diagnosis = diagnosisOf([broken('environment', 'AUTH_TOKEN', 'environment-missing')]);
    expect(text(serviceBasis({ diagnosis }))).toContain('"secrets":{"AUTH_TOKEN":"<ARN of the secret or parameter>"}');
  });

  it('weighs SES where a mail relay outside AWS is cut off, priced by zone', () => {
    const relay = { ...TWILIO, name: 'smtp', host: 'smtp-relay.example.com', port: 587 };
    const basis = serviceBasis({
      connector: CONNECTOR,
      dependencies: [relay],
      egress: [{ subject: 'smtp', status: 'broken', cause: 'no-route' }],
      facts: healthy(),
    });
    expect(onlyProposal(manual, basis)).toMatchObject({ monthlyCostUsd: 21.9, minutes: 30, fixes: ['smtp'] });
    expect(text(basis)).toContain('com.amazonaws.us-east-1.email-smtp');
    for (const other of [
      { ...basis, dependencies: [{ ...relay, host: 'email-smtp.us-east-1.amazonaws.com' }] },
      { ...basis, dependencies: [{ ...relay, port: 443 }] },
      { ...basis, connector: null },
      { ...basis, egress: [{ subject: 'smtp', status: 'ok' as const }] },
    ])
      expect(manual.propose(other)).toEqual([]);
  });
});
