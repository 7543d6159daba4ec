import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../lib/domain/plan.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import type { EgressDependency, EgressFacts } from '../../../lib/egress/facts.ts';
import type { Exposure } from '../../../lib/egress/privacy.ts';
import { makePlan, plansUntil } from '../../../lib/remedies/planner.ts';
import type { Basis } from '../../../lib/remedies/remedy.ts';
import {
  CONNECTOR,
  DATABASE,
  type Facts,
  gatewayEndpoint,
  interfaceEndpoint,
  local,
  route,
  S3,
  SECRETS,
  TWILIO,
} from '../egress/topology.ts';
import { OFFERS } from './endpoint-basis.ts';
import { basisOf, roomy } from './network.ts';
import { broken, diagnosisOf, probe } from './service-basis.ts';

const AT = '2026-11-20T03:00:00.000Z';

const table = (facts: Facts, id: string) => facts.RouteTables.find(({ RouteTableId }) => RouteTableId === id);

/** Private subnets without a way out, in a VPC where there could be one. */
function cutOff(): Facts {
  const facts = roomy();
  facts.NatGateways = [];
  Object.assign(table(facts, 'rtb-private') ?? {}, { Routes: [local()] });
  return facts;
}

const exposed = (database: Exposure['reachableFromInternet'], ...more: string[]): Exposure[] => [
  ...more.map((name): Exposure => ({ name, reachableFromInternet: 'yes', because: 'public addresses only' })),
  { name: 'database', reachableFromInternet: database, because: `db is ${database}.` },
];

function basis(facts: EgressFacts, dependencies: EgressDependency[], more: Partial<Basis> = {}): Basis {
  const base = basisOf(facts, {
    dependencies: [...dependencies, DATABASE],
    endpointServices: OFFERS,
    exposure: exposed('no', ...dependencies.map(({ name }) => name)),
    ...more,
  });
  const findings = base.egress
    .filter(({ status }) => status === 'broken')
    .map(({ subject, cause }) => broken('egress', subject, cause));
  return { ...base, diagnosis: diagnosisOf(findings, [probe('health', true), probe('login', false)]), ...more };
}

const plan = (facts: Basis, earlier?: Plan) => makePlan(facts, AT, plansUntil(earlier));
const taken = ({ steps }: Plan) => steps.map(({ remedy, stage }) => `${stage} ${remedy}`);
const never = (...names: string[]) =>
  Profile.parse({ service: 'some-app', dependencies: [], repair: { never: names } });

describe('what AWS is still making', () => {
  it.each<[string, (facts: Facts) => void, EgressDependency]>([
    [
      'an endpoint',
      (facts) => {
        Object.assign(facts, cutOff());
        interfaceEndpoint(facts).State = 'pending';
      },
      SECRETS,
    ],
    ['a NAT gateway', (facts) => Object.assign(facts.NatGateways[0] ?? {}, { State: 'pending' }), TWILIO],
  ])('is waited for: %s leads to no step', (_, change, dependency) => {
    const facts = roomy();
    change(facts);
    const made = plan(basis(facts, [dependency]));
    expect(taken(made)).toEqual([]);
    expect(made.options).toEqual([]);
  });
});

describe('the smallest remedy that suffices', () => {
  it('takes a free endpoint before anything else', () => {
    expect(taken(plan(basis(cutOff(), [S3])))).toEqual(['1 add-gateway-endpoint']);
  });

  it('tries the free endpoint alone, and keeps the paid one for when it is needed', () => {
    const made = plan(basis(cutOff(), [S3, SECRETS]));
    expect(taken(made)).toEqual(['1 add-gateway-endpoint', '2 add-interface-endpoints']);
    expect(made.now).toBe(1);
    expect(made.because).toContain('only if that is not enough');
  });

  it('leaves the VPC for a third party only where nothing private is needed', () => {
    expect(taken(plan(basis(cutOff(), [TWILIO], { exposure: exposed('yes', 'twilio') })))).toEqual([
      '1 use-default-egress',
    ]);
    expect(taken(plan(basis(cutOff(), [TWILIO])))).toEqual(['1 add-nat-gateway']);
    const unsure = plan(basis(cutOff(), [TWILIO], { exposure: exposed('unknown', 'twilio') }));
    expect(taken(unsure)).toEqual(['1 add-nat-gateway']);
    expect(unsure.options.find(({ remedy }) => remedy === 'use-default-egress')?.because).toMatch(
      /^it could cut off what may be private: /,
    );
  });

  it('combines the free endpoint with a NAT gateway, and leaves out a paid one that the gateway makes needless', () => {
    expect(taken(plan(basis(cutOff(), [S3, TWILIO])))).toEqual(['1 add-gateway-endpoint', '2 add-nat-gateway']);
    expect(taken(plan(basis(cutOff(), [SECRETS, TWILIO])))).toEqual(['1 add-nat-gateway']);
  });

  it('makes no endpoint in a network that the service leaves anyway', () => {
    const all = basis(cutOff(), [S3, TWILIO], { exposure: exposed('yes', 'files', 'twilio') });
    expect(taken(plan(all))).toEqual(['1 use-default-egress']);
  });

  it('puts a route right before it makes anything', () => {
    const facts = roomy();
    Object.assign(table(facts, 'rtb-private') ?? {}, {
      Routes: [local(), route('0.0.0.0/0', { NatGatewayId: 'nat-gone' }, 'blackhole')],
    });
    expect(taken(plan(basis(facts, [S3, TWILIO])))).toEqual(['1 repair-route']);
  });

  it('does together what only together helps: a rule and a route', () => {
    const facts = cutOff();
    const group = facts.SecurityGroups.find(({ GroupId }) => GroupId === CONNECTOR.securityGroupIds[0]);
    if (group)
      group.IpPermissionsEgress = [
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ];
    const made = plan(basis(facts, [TWILIO]));
    expect(taken(made).sort()).toEqual(['1 add-nat-gateway', '1 open-security-group']);
    expect(made.now).toBe(2);
  });

  it('prefers two free changes to one that redeploys and leaves the VPC, and opens only the way it has just made', () => {
    const facts = cutOff();
    const [group] = facts.SecurityGroups.filter(({ GroupId }) => GroupId === CONNECTOR.securityGroupIds[0]);
    Object.assign(group ?? {}, {
      IpPermissionsEgress: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    const made = plan(basis(facts, [S3], { exposure: exposed('yes', S3.name) }));
    expect(taken(made)).toEqual(['1 add-gateway-endpoint', '1 open-security-group']);
    expect(made.steps[1]?.changes.join()).toMatch(/pl-/);
    expect(made.options.find(({ remedy }) => remedy === 'use-default-egress')?.blocked).toBe(false);
  });

  it('does not take what the profile forbids', () => {
    const owned = { exposure: exposed('yes', 'twilio'), profile: never('use-default-egress') };
    const made = plan(basis(cutOff(), [TWILIO], owned));
    expect(taken(made)).toEqual(['1 add-nat-gateway']);
    expect(made.options.find(({ remedy }) => remedy === 'use-default-egress')).toMatchObject({
      blocked: true,
      because: 'the profile says never',
    });
  });
});

describe('a plan', () => {
  it('is empty for a healthy service, and where a repair could not be proved', () => {
    const facts = basis(cutOff(), [TWILIO]);
    expect(plan({ ...facts, diagnosis: { ...facts.diagnosis, healthy: true } })).toMatchObject({
      hash: null,
      steps: [],
    });
    const unsent = { ...probe('login', false), sent: false };
    const blind = plan({ ...facts, diagnosis: { ...facts.diagnosis, probes: [unsent] } });
    expect(blind).toMatchObject({ hash: null, because: expect.stringContaining('could not be proved') });
  });

  it.each([
    ['PAUSED', /Resume it first \(aws apprunner resume-service --service-arn \S+ --region /],
    ['CREATE_FAILED', /Delete it and create it again/],
  ])('is empty for a service that is %s: no door would prove it', (status, because) => {
    const facts = basis(cutOff(), [TWILIO]);
    const unfit = plan({ ...facts, configuration: { ...facts.configuration, status } });
    expect(unfit).toMatchObject({ hash: null, steps: [], because: expect.stringMatching(because) });
    const busy = plan({ ...facts, configuration: { ...facts.configuration, status: 'OPERATION_IN_PROGRESS' } });
    expect(busy.steps).not.toEqual([]);
  });

  it('says what it does not mend: a person has to come first', () => {
    const network = cutOff();
    for (const group of network.SecurityGroups) if (group.GroupId === 'sg-db') group.IpPermissions = [];
    const facts = basis(network, [TWILIO]);
    const account = { ...broken('providers', 'twilio-account', 'provider-suspended'), because: 'suspended' };
    const { findings, probes } = facts.diagnosis;
    const mixed = plan({ ...facts, diagnosis: diagnosisOf([...findings, account], probes) });
    expect(taken(mixed)).toEqual(['1 add-nat-gateway']);
    expect(mixed.because).toContain(
      'brings back twilio; stays broken, a person first: database (security-group-denies), twilio-account (provider-suspended)',
    );
    expect(plan(basis(cutOff(), [TWILIO])).because).not.toContain('stays broken');
  });

  it('has another hash for each fact under it, and the same for equal facts', () => {
    const facts = basis(cutOff(), [TWILIO]);
    const { hash } = plan(facts);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(plan(JSON.parse(JSON.stringify(facts))).hash).toBe(hash);
    const other = (more: Partial<Basis>) => plan({ ...facts, ...more }).hash;
    expect(other({ configuration: { ...facts.configuration, fingerprint: 'f2' } })).not.toBe(hash);
    expect(other({ exposure: exposed('unknown', 'twilio') })).not.toBe(hash);
    expect(other({ egress: facts.egress.map((item) => ({ ...item, status: 'broken' })) })).not.toBe(hash);
    expect(other({ prices: { ...facts.prices, natGatewayHour: 1 } })).not.toBe(hash);
    const reports = { name: 'reports', connector: CONNECTOR };
    expect(other({ neighbours: [reports] })).not.toBe(hash);
    const sentence = facts.exposure.map((item) => ({ ...item, because: 'it resolves to 203.0.113.9 today' }));
    expect(other({ exposure: sentence })).toBe(hash);
  });
});

describe('another round', () => {
  const withEndpoint = (): EgressFacts => {
    const facts = cutOff();
    gatewayEndpoint(facts);
    return facts;
  };
  const seen = (facts: Basis): Basis => ({
    ...facts,
    diagnosis: {
      ...facts.diagnosis,
      findings: facts.egress.map(({ subject, status, cause }) => ({
        ...broken('egress', subject, cause),
        status,
      })),
    },
  });

  it('takes the next step without asking again, where it stands in the plan that was approved', () => {
    const first = plan(basis(cutOff(), [S3, SECRETS]));
    const second = plan(seen(basis(withEndpoint(), [S3, SECRETS])), first);
    expect(second).toMatchObject({ round: 2, approvedBefore: true, earlier: [{ round: 1, hash: first.hash }] });
    expect(taken(second)).toEqual(['1 add-interface-endpoints']);
  });

  it('asks again for a step that was not in it', () => {
    const first = plan(basis(cutOff(), [S3]));
    const second = plan(seen(basis(withEndpoint(), [S3, SECRETS])), first);
    expect(second).toMatchObject({ round: 2, approvedBefore: false });
    expect(taken(second)).toEqual(['1 add-interface-endpoints']);
    const dearer = seen(basis(withEndpoint(), [S3, SECRETS]));
    const other = plan(
      { ...dearer, prices: { ...dearer.prices, interfaceEndpointHour: 1 } },
      plan(basis(cutOff(), [S3, SECRETS])),
    );
    expect(other.approvedBefore).toBe(false);
  });

  it('asks for a step that came into a plan which nobody was asked about', () => {
    const first = plan(basis(cutOff(), [S3, SECRETS]));
    const stale = (facts: Basis): Basis => {
      const old = broken('deployment', 'TOKEN', 'stale-deployment');
      const { findings } = facts.diagnosis;
      return { ...facts, diagnosis: diagnosisOf([...findings, old], facts.diagnosis.probes) };
    };
    const second = plan(stale(seen(basis(withEndpoint(), [S3, SECRETS]))), first);
    expect(taken(second)).toEqual(['1 add-interface-endpoints', '2 redeploy']);
    expect(second.approvedBefore).toBe(true);
    const third = plan(stale(seen(basis(roomy(), [S3, SECRETS]))), second);
    expect(taken(third)).toEqual(['1 redeploy']);
    expect(third).toMatchObject({ round: 3, approvedBefore: false });
  });

  it('asks before it does the same thing a second time', () => {
    const first = plan(basis(cutOff(), [S3, SECRETS]));
    const helped = seen(basis(cutOff(), [S3, SECRETS]));
    const findings = helped.diagnosis.findings.map((finding) =>
      finding.subject === S3.name ? { ...finding, status: 'ok' as const } : finding,
    );
    const again = plan({ ...helped, diagnosis: { ...helped.diagnosis, findings } }, first);
    expect(taken(again)[0]).toBe('1 add-gateway-endpoint');
    expect(again.approvedBefore).toBe(false);
  });

  it('goes no further when what was done did not help', () => {
    const first = plan(basis(cutOff(), [S3, SECRETS]));
    const second = plan(seen(basis(cutOff(), [S3, SECRETS])), first);
    expect(second).toMatchObject({
      hash: null,
      steps: [],
      because: 'what was done did not help: files is broken as before',
    });
  });
});
