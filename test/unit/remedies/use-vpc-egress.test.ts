import { describe, expect, it } from 'vitest';
import { useVpcEgress } from '../../../lib/remedies/use-vpc-egress.ts';
import { CONNECTOR, DATABASE, healthy, TWILIO, table } from '../egress/topology.ts';
import { CONFIGURATION, onlyProposal, serviceBasis, unmet } from './service-basis.ts';

const GOOD = { arn: 'arn:connector/b', ...CONNECTOR };
const basis = (more: Partial<Parameters<typeof serviceBasis>[0]> = {}) =>
  serviceBasis({
    configuration: { ...CONFIGURATION, egress: { type: 'DEFAULT' } },
    egress: [
      { subject: 'twilio', status: 'ok' },
      { subject: 'database', status: 'broken', cause: 'database-unreachable' },
    ],
    exposure: [
      { name: 'twilio', reachableFromInternet: 'yes', because: 'public' },
      { name: 'database', reachableFromInternet: 'no', because: 'private' },
    ],
    dependencies: [TWILIO, DATABASE],
    facts: healthy(),
    connectors: [GOOD],
    ...more,
  });

describe('going back to a VPC', () => {
  it('takes the connector that reaches everything', () => {
    const closed = { arn: 'arn:connector/a', subnetIds: ['subnet-db'], securityGroupIds: CONNECTOR.securityGroupIds };
    const proposal = onlyProposal(useVpcEgress, basis({ connectors: [closed, GOOD] }));
    expect(unmet(proposal)).toEqual([]);
    expect(proposal).toMatchObject({
      fixes: ['database'],
      step: {
        target: 'arn:shop',
        undo: 'put egress back to DEFAULT',
        details: { egress: { type: 'DEFAULT' }, connector: 'arn:connector/b' },
      },
    });
  });

  it('takes the first by its ARN between equals, in whatever order they are listed', () => {
    const first = { ...GOOD, arn: 'arn:connector/a' };
    const steps = [
      [GOOD, first],
      [first, GOOD],
    ].map((connectors) => onlyProposal(useVpcEgress, basis({ connectors })).step);
    expect(steps[0]?.details.connector).toBe('arn:connector/a');
    expect(steps[1]).toEqual(steps[0]);
  });

  it('is hindered where the connector would cut off what works now', () => {
    const facts = healthy();
    table(facts, 'rtb-private').Routes = table(facts, 'rtb-private').Routes?.slice(0, 1);
    const proposal = onlyProposal(useVpcEgress, basis({ facts }));
    expect(proposal.fixes).toEqual(['database']);
    expect(unmet(proposal).join()).toMatch(/^no: .*verify\.twilio\.com/);
  });

  it('does not count on a network that was not seen', () => {
    expect(unmet(onlyProposal(useVpcEgress, basis({ facts: {} }))).join()).toMatch(/^unknown: /);
  });

  it('is hindered where there is no connector, and proposes no step', () => {
    const proposal = onlyProposal(useVpcEgress, basis({ connectors: [] }));
    expect(unmet(proposal)).toEqual(['no: the region has no VPC connector that is ACTIVE']);
    expect(proposal.step).toBeUndefined();
  });

  it('says that the first use of a connector takes longer', () => {
    const neighbours = [{ name: 'other', connector: { ...CONNECTOR, subnetIds: [...CONNECTOR.subnetIds].reverse() } }];
    const first = onlyProposal(useVpcEgress, basis());
    const again = onlyProposal(useVpcEgress, basis({ neighbours }));
    expect(first.warnings.join()).toContain('2 to 5 minutes');
    expect([again.warnings, again.minutes < first.minutes]).toEqual([[], true]);
  });

  it('has nothing to do with a service in a VPC, or with what is public', () => {
    expect(useVpcEgress.propose(basis({ configuration: CONFIGURATION }))).toEqual([]);
    const exposure = basis().exposure.map((one) => ({ ...one, reachableFromInternet: 'yes' as const }));
    expect(useVpcEgress.propose(basis({ exposure }))).toEqual([]);
  });
});
