import type { Change } from '../../../lib/domain/change.ts';
import type { Finding, Hop, Path } from '../../../lib/domain/finding.ts';
import type { Option, Plan, Step } from '../../../lib/domain/plan.ts';
import { type Report, VERDICTS } from '../../../lib/domain/report.ts';
import { at, milestones, option, probe } from './incident.ts';

/*
 * A run of two rounds: the service could reach neither S3 nor Secrets Manager. One plan for both was approved; the second
 * step was needed too.
 */
const VPC = 'vpc-0at1as0000000001';
const TABLE = 'rtb-0at1as0000000001';
const SUBNET = 'subnet-0at1as000000001';
const HASHES = ['4f'.repeat(32), 'c7'.repeat(32)] as const;

const path = (destination: string, target: Hop): Path => ({
  subnetId: SUBNET,
  status: target.status === 'ok' ? 'ok' : 'broken',
  ...(target.status !== 'ok' && { cause: 'no-route' }),
  hops: [
    target,
    {
      kind: 'destination',
      id: destination,
      status: target.status === 'ok' ? 'ok' : 'unknown',
      because: 'an address of AWS',
    },
  ],
});
const shut: Hop = {
  kind: 'route-table',
  id: TABLE,
  status: 'broken',
  because: 'its only route is 10.30.0.0/16 → local',
};
const through = (id: string): Hop => ({ kind: 'endpoint', id, status: 'ok', because: 'available' });

const uploads = 's3.us-east-1.amazonaws.com:443';
const vault = 'secretsmanager.us-east-1.amazonaws.com:443';
const cutOff = (subject: string, destination: string): Finding => ({
  id: `egress:${subject}`,
  check: 'egress',
  subject,
  status: 'broken',
  cause: 'no-route',
  because: `no route leads to ${destination}`,
  evidence: [],
  paths: [path(destination, shut)],
});

const gateway: Step = {
  remedy: 'add-gateway-endpoint',
  title: 'Add a gateway endpoint for S3',
  target: VPC,
  changes: [`make a gateway endpoint for S3 in ${VPC}, with a route to it in ${TABLE}`],
  undo: 'delete the endpoints that were made here; their routes go with them',
  fixes: ['uploads'],
  monthlyCostUsd: 0,
  minutes: 1,
  redeploys: false,
  security: 'nothing is opened',
  affects: [],
  warnings: [`connections to S3 that are open through ${TABLE} are cut once, when the route changes`],
  stage: 1,
  details: { vpcId: VPC },
};
const endpoint: Step = {
  remedy: 'add-interface-endpoints',
  title: 'Add an interface endpoint for Secrets Manager',
  target: VPC,
  changes: [
    `make a security group in ${VPC} that lets 10.30.0.0/16 in on 443`,
    `make an interface endpoint for Secrets Manager in ${SUBNET}`,
  ],
  undo: 'delete the endpoint and its security group',
  fixes: ['vault'],
  monthlyCostUsd: 7.3,
  minutes: 1,
  redeploys: false,
  security: 'nothing is opened',
  affects: [],
  warnings: [`its names resolve to private addresses in the whole of ${VPC}`],
  stage: 2,
  details: { vpcId: VPC, subnetIds: [SUBNET] },
};

const asOption = ({ remedy, title, fixes, monthlyCostUsd, warnings }: Step): Option => ({
  ...option,
  remedy,
  title,
  because: `brings back ${fixes.join(', ')}`,
  fixes,
  monthlyCostUsd,
  minutes: 3,
  redeploys: false,
  security: 'traffic stays inside AWS',
  preconditions: [],
  affects: [`atlas-worker leaves by ${TABLE} too`],
  warnings,
});

const first = {
  round: 1,
  hash: HASHES[0],
  steps: [gateway, endpoint],
  now: 1,
  approvedBefore: false,
  because: `${gateway.title}: brings back uploads; and only if that is not enough: ${endpoint.title}: brings back vault`,
  at: at(40),
};
/** As it was put to whoever approved. */
export const planOfTwoStages: Plan = {
  ...first,
  options: [asOption(gateway), asOption(endpoint)],
  approvedBefore: false,
  earlier: [],
};
const plan: Plan = {
  round: 2,
  hash: HASHES[1],
  options: [asOption(endpoint)],
  steps: [{ ...endpoint, stage: 1 }],
  now: 1,
  approvedBefore: true,
  because: `${endpoint.title}: brings back vault`,
  at: at(190),
  earlier: [first],
};

const changes: Change[] = [
  { ...gateway, kind: 'endpoint', target: 'vpce-0at1as00000000s3', what: 'gateway endpoint for S3', at: at(101) },
  { ...endpoint, kind: 'security-group', target: 'sg-0at1as0000000001', what: 'group for the endpoint', at: at(195) },
  { ...endpoint, kind: 'endpoint', target: 'vpce-0at1as00000000sm', what: 'interface endpoint', at: at(196) },
].map(({ remedy, kind, target, what, undo, at: when }, index) => ({
  number: index + 1,
  remedy,
  kind: kind as Change['kind'],
  target,
  what,
  undo,
  state: 'made',
  at: when,
}));

export const twoRounds: Report = {
  run: 'atlas-20251120-030405',
  service: 'atlas-api',
  serviceArn: 'arn:aws:apprunner:us-east-1:123456789012:service/atlas-api/fedcba9876543210fedcba9876543210',
  mode: 'repair',
  requestedBy: 'maria',
  reason: 'uploads fail',
  verdict: 'recovered',
  summary: `atlas-api: ${VERDICTS.recovered}. Repaired by: ${gateway.title}; ${endpoint.title}.`,
  nextSteps: [],
  causes: ['uploads', 'vault'].map((subject) => ({
    cause: 'no-route',
    subject,
    because: 'no route leads out of the VPC',
    supportedBy: [`egress:${subject}`],
    contradictedBy: [],
  })),
  findings: [cutOff('uploads', uploads), cutOff('vault', vault)],
  plan,
  approval: { decision: 'approved', by: 'jonas', planHash: HASHES[0], because: 'both are small', at: at(100) },
  changes,
  proof: {
    before: [
      probe('upload', 'upload accepted', 30, 6, { ok: false, because: 'no answer within 30 s' }),
      probe('sign', 'upload signed', 0.6, 36, {
        ok: false,
        unsure: true,
        status: 200,
        because: 'answered 200 as expected, but the log could not be read',
      }),
    ],
    after: [
      probe('upload', 'upload accepted', 0.8, 330, { status: 201 }),
      probe('sign', 'upload signed', 0.4, 331, { status: 200 }),
    ],
    configuration: [],
    delivery: { status: 'not-asked' },
    pathsBefore: [
      { dependency: 'uploads', status: 'broken', paths: [path(uploads, shut)] },
      { dependency: 'vault', status: 'broken', paths: [path(vault, shut)] },
    ],
    pathsAfter: [
      { dependency: 'uploads', status: 'ok', paths: [path(uploads, through('vpce-0at1as00000000s3'))] },
      { dependency: 'vault', status: 'ok', paths: [path(vault, through('vpce-0at1as00000000sm'))] },
    ],
  },
  checklist: [gateway, endpoint].map(({ title }) => ({ item: title, ok: true })),
  timeline: milestones(
    ['started', 0],
    ['detected', 38],
    ['planned', 40],
    ['approved', 100],
    ['applied', 325],
    ['proved', 332],
    ['ended', 333],
  ),
  recoverySeconds: 332,
  gaps: [],
  followUps: [],
  notifications: [],
  failure: null,
};
