import { describe, expect, it } from 'vitest';
import { useDefaultEgress } from '../../../lib/remedies/use-default-egress.ts';
import { CONFIGURATION, onlyProposal, serviceBasis, unmet } from './service-basis.ts';

const broken = { subject: 'twilio', status: 'broken', cause: 'no-route' } as const;
const basis = (database: 'yes' | 'no' | 'unknown' = 'yes', configuration = CONFIGURATION) =>
  serviceBasis({
    configuration,
    egress: [broken, { subject: 'database', status: 'ok' }],
    exposure: [
      { name: 'twilio', reachableFromInternet: 'yes', because: 'public addresses only.' },
      { name: 'database', reachableFromInternet: database, because: 'db is what it is.' },
    ],
  });

describe('leaving the VPC', () => {
  it('brings back what is broken and public, for nothing', () => {
    const proposal = onlyProposal(useDefaultEgress, basis());
    expect(proposal).toMatchObject({ fixes: ['twilio'], monthlyCostUsd: 0, redeploys: true, reversible: true });
    expect(proposal.step).toEqual({
      target: 'arn:shop',
      changes: ['egress of shop: VPC through arn:connector → DEFAULT'],
      undo: 'put egress back to VPC through arn:connector',
      details: { egress: { type: 'VPC', vpcConnectorArn: 'arn:connector' } },
    });
    expect(unmet(proposal)).toEqual([]);
  });

  it.each([
    ['no', 'no: db is what it is'],
    ['unknown', 'unknown: db is what it is'],
  ] as const)('is hindered by a dependency whose exposure is %s', (exposure, because) => {
    expect(unmet(onlyProposal(useDefaultEgress, basis(exposure)))).toEqual([because]);
  });

  it('is hindered by a service that is not RUNNING', () => {
    const proposal = onlyProposal(useDefaultEgress, basis('yes', { ...CONFIGURATION, status: 'PAUSED' }));
    expect(unmet(proposal)).toEqual(['no: the service is PAUSED, not RUNNING']);
  });

  it('has nothing to do with a service that left already, or whose ways are open', () => {
    expect(useDefaultEgress.propose(basis('yes', { ...CONFIGURATION, egress: { type: 'DEFAULT' } }))).toEqual([]);
    expect(useDefaultEgress.propose({ ...basis(), egress: [{ subject: 'twilio', status: 'ok' }] })).toEqual([]);
  });
});
