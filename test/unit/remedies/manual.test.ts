import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../lib/domain/cause.ts';
import { manual } from '../../../lib/remedies/manual.ts';
import {
  acl,
  CONNECTOR,
  DATABASE,
  defaultRoute,
  type Facts,
  group,
  healthy,
  interfaceEndpoint,
  rule,
  SECRETS,
  TWILIO,
} from '../egress/topology.ts';
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

  describe('a rejected token', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/token-AbCdEf';
    const basis = serviceBasis({
      service: { name: "shop's", arn: 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/1', id: '1', url: '' },
      profile: profileOf(twilio),
      diagnosis: found('credentials-rejected'),
    });
    const kept = (reference: string) => text({ ...basis, keptIn: { API_TOKEN: reference } });

    it('goes where the old one is kept, and then the whole command that starts the run is given', () => {
      expect(kept(arn)).toContain(
        `: aws secretsmanager put-secret-value --region eu-west-1 --secret-id ${arn} --secret-string '<the new value>'`,
      );
      expect(kept(arn)).toContain(
        `: aws stepfunctions start-execution --region eu-west-1 --state-machine-arn arn:aws:states:eu-west-1:123456789012:stateMachine:reconnect --input '{"service":"shop\\u0027s","mode":"repair","requestedBy":"<you>"}'`,
      );
      expect(kept(arn)).toContain('https://help.twilio.com/');
      expect(text({ ...basis, keptIn: {}, wanted: { variables: {}, secrets: { API_TOKEN: arn } } })).toContain(arn);
      expect(text(basis)).toContain('RuntimeEnvironmentSecrets.API_TOKEN');
    });

    it('is one key of many where the secret holds JSON, which is written whole', () => {
      expect(kept(`${arn}:authToken::`)).toMatch(
        /read all of it.*get-secret-value .*--secret-id [^:]+(:[^:]+){6} --query/,
      );
      expect(kept(`${arn}:authToken::`)).toContain(
        `--secret-id ${arn} --secret-string '{"authToken":"<the new value>", <every other key as it was>}'`,
      );
    });

    it('may lie in a parameter, or at a version that does not move', () => {
      expect(kept('/shop/token')).toContain('put-parameter --region eu-west-1 --name /shop/token --type SecureString');
      expect(kept(`${arn}:::v-1`)).toContain(`"secrets":{"API_TOKEN":"${arn}"}`);
    });
  });

  describe('a network ACL', () => {
    const denied = (entries: ReturnType<typeof rule>[], host: string | undefined = TWILIO.host) => {
      const facts = healthy();
      acl(facts, 'acl-1').Entries = entries;
      const dependency = { ...TWILIO, host };
      const diagnosis = diagnosisOf([broken('egress', TWILIO.name, 'network-acl-denies')]);
      const basis = serviceBasis({
        service: { name: 'shop', arn: 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/1', id: '1', url: '' },
        facts,
        connector: CONNECTOR,
        dependencies: [dependency],
        diagnosis,
      });
      return (onlyProposal(manual, basis).byHand ?? []).flatMap(
        (step) => /create-network-acl-entry .*/.exec(step) ?? [],
      );
    };
    const create = (direction: string, number: number, ports: string, cidr: string) =>
      `create-network-acl-entry --region eu-west-1 --network-acl-id acl-1 --${direction} --rule-number ${number} --protocol tcp --port-range ${ports} --cidr-block ${cidr} --rule-action allow`;

    it('lacks the rule for the answers only: that one is given, with a number that is free', () => {
      expect(denied([rule(100, 'out', 'allow'), rule(100, 'in', 'allow', '10.0.0.0/16')])).toEqual([
        create('ingress', 110, 'From=1024,To=65535', '0.0.0.0/0'),
      ]);
    });

    it('lacks both where nothing is let through; an address without a name is all that is opened', () => {
      const [address = ''] = TWILIO.addresses ?? [];
      expect(denied([])).toEqual([
        create('egress', 100, 'From=443,To=443', '0.0.0.0/0'),
        create('ingress', 100, 'From=1024,To=65535', '0.0.0.0/0'),
      ]);
      expect(denied([], '')[0]).toContain(`--cidr-block ${address}/32`);
    });

    it('denies on purpose: the rule goes before that', () => {
      const entries = [rule(50, 'out', 'deny'), rule(100, 'out', 'allow'), rule(100, 'in', 'allow')];
      expect(denied(entries)).toEqual([create('egress', 49, 'From=443,To=443', '0.0.0.0/0')]);
    });
  });

  describe('an interface endpoint', () => {
    const closed = (cause: Cause, change: (facts: Facts) => void) => {
      const facts = healthy();
      defaultRoute(facts);
      interfaceEndpoint(facts);
      change(facts);
      return serviceBasis({
        service: { name: 'shop', arn: 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/1', id: '1', url: '' },
        facts,
        connector: CONNECTOR,
        dependencies: [SECRETS],
        diagnosis: diagnosisOf([broken('egress', SECRETS.name, cause)]),
      });
    };
    const endpoint = (change: object) => (facts: Facts) => Object.assign(facts.VpcEndpoints[0] ?? {}, change);
    const shut = (facts: Facts) => {
      group(facts, 'sg-vpce').IpPermissions = [];
    };

    it('is opened by one rule of its own group, which is named, and has a way back', () => {
      const basis = closed('endpoint-closed', shut);
      const rule = '--region eu-west-1 --group-id sg-vpce --protocol tcp --port 443 --source-group sg-app';
      expect(onlyProposal(manual, basis).title).toBe('Open the group sg-vpce of the VPC endpoint vpce-secretsmanager');
      expect(text(basis)).toContain(`: aws ec2 authorize-security-group-ingress ${rule}\n`);
      expect(text(basis)).toContain(`the way back, if you need one: aws ec2 revoke-security-group-ingress ${rule}`);
    });

    it('is opened for the port of each service by its own group', () => {
      const basis = closed('endpoint-closed', (facts) => {
        shut(facts);
        const mail = interfaceEndpoint(facts, 'email-smtp');
        facts.SecurityGroups.push({ ...group(facts, 'sg-vpce'), GroupId: 'sg-mail' });
        Object.assign(mail, { Groups: [{ GroupId: 'sg-mail' }] });
      });
      const mail = { name: 'mail', aws: 'email-smtp', port: 587, protocol: 'tcp' as const };
      const diagnosis = diagnosisOf([SECRETS, mail].map(({ name }) => broken('egress', name, 'endpoint-closed')));
      const rules = text({ ...basis, dependencies: [SECRETS, mail], diagnosis }).match(/authorize.*/g);
      expect(rules).toEqual([
        expect.stringContaining('--group-id sg-vpce --protocol tcp --port 443'),
        expect.stringContaining('--group-id sg-mail --protocol tcp --port 587'),
      ]);
    });

    it.each([
      ['failed', /vpce-secretsmanager is failed.*: aws ec2 delete-vpc-endpoints --region eu-west-1 --vpc-endpoint-ids/],
      ['Rejected', /is rejected.*: aws ec2 delete-vpc-endpoints/],
      ['pendingAcceptance', /waits until the owner of com\.amazonaws\.us-east-1\.secretsmanager accepts it/],
      ['deleting', /wait until vpce-secretsmanager is gone/],
    ])('that is %s is not opened', (State, says) => {
      const steps = text(closed('endpoint-closed', endpoint({ State })));
      expect(steps).toMatch(says);
      expect(steps).not.toContain('security-group');
    });

    it('without private DNS gets it, where the attributes of the VPC are on', () => {
      const basis = closed('dns-disabled', endpoint({ PrivateDnsEnabled: false }));
      expect(onlyProposal(manual, basis).title).toBe('Switch on private DNS of vpce-secretsmanager');
      expect(text(basis)).toContain(
        ': aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id vpce-secretsmanager --private-dns-enabled',
      );
      expect(text(basis)).not.toContain('modify-vpc-attribute');
    });

    it('without private DNS gets it after the attribute that is off', () => {
      const basis = closed('dns-disabled', (facts) => {
        endpoint({ PrivateDnsEnabled: false })(facts);
        facts.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: true, EnableDnsHostnames: false }];
      });
      expect(text(basis)).toMatch(/--enable-dns-hostnames\n.*--private-dns-enabled/);
      expect(text(basis)).not.toContain('--enable-dns-support');
    });

    it('with private DNS needs the attribute that is off, and no other', () => {
      const basis = closed('dns-disabled', (facts) => {
        facts.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: true, EnableDnsHostnames: false }];
      });
      expect(text(basis)).toContain('--enable-dns-hostnames');
      expect(text(basis)).not.toMatch(/modify-vpc-endpoint|--enable-dns-support/);
    });

    it('that answers resolvers outside the VPC only is made to answer inside', () => {
      const DnsOptions = { PrivateDnsOnlyForInboundResolverEndpoint: true };
      expect(text(closed('dns-disabled', endpoint({ DnsOptions })))).toContain(
        '--vpc-endpoint-id vpce-secretsmanager --dns-options PrivateDnsOnlyForInboundResolverEndpoint=false',
      );
    });
  });

  describe('a database', () => {
    const unreachable = (change: object, more: object = {}) =>
      serviceBasis({
        dependencies: [DATABASE],
        diagnosis: diagnosisOf([broken('egress', DATABASE.name, 'database-unreachable')]),
        ...more,
        facts: { DBInstances: healthy().DBInstances.map((one) => ({ ...one, ...change })) },
      });
    const byDefault = { connector: null, configuration: { ...CONFIGURATION, egress: { type: 'DEFAULT' as const } } };

    it('that is private and available takes another way out, and is not started', () => {
      const steps = text(unreachable({ PubliclyAccessible: false }, byDefault));
      expect(steps).not.toContain('start-db-instance');
      expect(steps).toMatch(/orders-db is private.*egress DEFAULT.*\n.*connector.*vpc-1.*NAT gateway/);
      expect(steps).toContain('stateMachine:reconnect');
    });

    it('that is available is not started', () => {
      expect(text(unreachable({}, { connector: CONNECTOR }))).not.toMatch(/start-db-instance|is it available/);
    });

    it('that is stopped is started', () => {
      expect(text(unreachable({ DBInstanceStatus: 'stopped' }))).toMatch(/is stopped: .*start-db-instance .*orders-db/);
    });

    it('that nobody saw is looked at', () => {
      const basis = unreachable({});
      expect(text({ ...basis, facts: {} })).toMatch(/is it available[\s\S]*if it was stopped, start it/);
    });
  });

  it('says what to change where the event loop is blocked, and how to deploy it with a way back', () => {
    const probes = [{ name: 'otp', method: 'POST', path: '/otp', timeoutSeconds: 45, acceptUnderSeconds: 30 }];
    const basis = serviceBasis({
      profile: profileOf({ probes }),
      diagnosis: diagnosisOf([broken('probes', 'otp', 'event-loop-blocked')]),
    });
    expect(text(basis)).toMatch(/POST \/otp[\s\S]*in a thread[\s\S]*less than 30 s[\s\S]*--image-tag before-the-fix/);
    expect(text(basis)).toMatch(/docker push .*\/app:v1\n.*aws apprunner start-deployment .*--service-arn arn:shop/);
    const pinned = { ...CONFIGURATION, source: `${CONFIGURATION.source}@sha256:${'a'.repeat(64)}` };
    expect(text({ ...basis, configuration: pinned })).toMatch(/set shop to its digest/);
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
