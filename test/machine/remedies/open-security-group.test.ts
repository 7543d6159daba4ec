import {
  AuthorizeSecurityGroupEgressCommand,
  DescribeSecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/domain/plan.ts';
import { apply, openSecurityGroup } from '../../../lib/remedies/open-security-group.ts';
import { writeUndo } from '../../../lib/run/ledger.ts';
import { fault, reaches, stepFor, takeBack, undoOnce } from './endpoints.ts';
import { entriesOf, finish, must, networkOf, PLACE, type Site, siteOf, statesOf } from './network.ts';

const named = (name: string) => expect.objectContaining({ name });
const TWILIO_HOST = 'verify.twilio.com';
const DECLARED = [
  { name: 'twilio', host: TWILIO_HOST },
  { name: 'partner', address: '203.0.113.9', port: 8443 },
];

const closed = () => siteOf('otp-firewall');
const planned = (site: Site) => stepFor(site, openSecurityGroup, DECLARED);
const done = (site: Site, step: Step) => finish(site, () => apply(site.hands, PLACE, step));
const groupOf = (site: Site) => site.connector.securityGroupIds[0] ?? '';
const rulesOut = async (site: Site) => {
  const Filters = [{ Name: 'group-id', Values: [groupOf(site)] }];
  const { SecurityGroupRules = [] } = await site.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress);
};
const count = async (site: Site) => (await rulesOut(site)).length;

describe('rules out in an account', () => {
  it('open what is missing, and are tagged', async () => {
    const site = await closed();
    const before = await count(site);
    expect(reaches(site, TWILIO_HOST)).toBe(false);
    const step = await planned(site);
    expect(step.fixes).toEqual(['twilio', 'partner']);
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    expect(reaches(site, TWILIO_HOST)).toBe(true);
    expect(await count(site)).toBe(before + 2);
    const made = (await rulesOut(site)).filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'reconnect:change'));
    expect((await entriesOf(site.ledger)).map(({ id, state, target }) => [id, state, target])).toEqual(
      expect.arrayContaining([
        ['1.1.001', 'made', expect.stringMatching(/^sgr-/)],
        ['1.1.002', 'made', expect.stringMatching(/^sgr-/)],
      ]),
    );
    expect(made.map(({ CidrIpv4, FromPort }) => `${CidrIpv4} ${FromPort}`).sort()).toEqual([
      '0.0.0.0/0 443',
      '203.0.113.9/32 8443',
    ]);
  });

  it('are added once, however often they are asked for', async () => {
    const site = await closed();
    const before = await count(site);
    const step = await planned(site);
    await done(site, step);
    await done(site, step);
    expect(await count(site)).toBe(before + 2);
  });

  it('go back without a trace, also when asked twice', async () => {
    const site = await closed();
    const before = networkOf(site.sandbox);
    await done(site, await planned(site));
    const entries = await entriesOf(site.ledger);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    await site.sandbox.clock.sleep(4 * 60_000);
    for (const entry of entries) expect(await undoOnce(site, entry)).toBe('settled');
    expect(await statesOf(site.ledger)).toEqual(['security-group-rule undone', 'security-group-rule undone']);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  describe.each([
    ['before it took effect', false],
    ['after it took effect', true],
  ])('when adding one fails %s', (_, after) => {
    it.each([0, 1])('the next try adds each once (%i went well before)', async (skip) => {
      const site = await closed();
      const before = await count(site);
      const step = await planned(site);
      site.sandbox.account.faults.calls = fault('ec2:AuthorizeSecurityGroupEgress', after, skip);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await done(site, step);
      expect(await count(site)).toBe(before + 2);
    });

    it.each([0, 1])('all goes back (%i went well before)', async (skip) => {
      const site = await closed();
      const before = networkOf(site.sandbox);
      const step = await planned(site);
      site.sandbox.account.faults.calls = fault('ec2:AuthorizeSecurityGroupEgress', after, skip);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
      expect((await statesOf(site.ledger)).at(-1)).toBe(`security-group-rule ${after ? 'undone' : 'not-made'}`);
    });

    it('and when taking one back fails, all goes back', async () => {
      const site = await closed();
      const before = networkOf(site.sandbox);
      await done(site, await planned(site));
      site.sandbox.account.faults.calls = fault('ec2:RevokeSecurityGroupEgress', after);
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
    });
  });

  it('were not added when the run was cut short before', async () => {
    const site = await closed();
    const { entry } = await writeUndo(site.ledger, {
      ...{ id: '1.1.001', kind: 'security-group-rule', service: PLACE.service, remedy: 'open-security-group' },
      ...{ target: groupOf(site), what: 'add it', undo: 'take it back', undoData: {} },
    });
    const before = networkOf(site.sandbox);
    expect(await undoOnce(site, entry)).toBe('going');
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group-rule not-made']);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('were taken away by somebody: nothing is left to take back', async () => {
    const site = await closed();
    const before = networkOf(site.sandbox);
    await done(site, await planned(site));
    const ids = (await entriesOf(site.ledger)).flatMap(({ resource }) => resource ?? []);
    await site.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupOf(site), SecurityGroupRuleIds: ids }));
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group-rule undone', 'security-group-rule undone']);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('are left where somebody made another rule of one', async () => {
    const site = await closed();
    await done(site, await planned(site));
    const [entry] = await entriesOf(site.ledger);
    const now = await count(site);
    // What ModifySecurityGroupRules does: the same id, another rule.
    const elsewhere = { ...must(entry), undoData: { ...(must(entry).undoData as object), port: 1 } };
    expect(await undoOnce(site, elsewhere)).toBe('settled');
    expect((await entriesOf(site.ledger))[0]).toMatchObject({
      state: 'left',
      left: expect.stringMatching(/^sgr-\w+ of sg-\w+ stays: somebody changed it to tcp\/443 to 0\.0\.0\.0\/0$/),
    });
    expect(await count(site)).toBe(now);
  });

  it('are not added to a group whose rules are others by now', async () => {
    const site = await closed();
    const step = await planned(site);
    const { rules } = step.details as { rules: { protocol: string; port: number; to: string }[] };
    const { protocol, port, to } = must(rules[0]);
    await site.ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: groupOf(site),
        IpPermissions: [{ IpProtocol: protocol, FromPort: port, ToPort: port, IpRanges: [{ CidrIp: to }] }],
      }),
    );
    const before = networkOf(site.sandbox);
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('StateDrifted'));
    expect(await entriesOf(site.ledger)).toEqual([]);
    // The same where it is found out only by AWS, after the first look: what somebody else made is never ours to undo.
    const unseen = { ...step, details: { ...step.details, groups: [] } };
    await expect(apply(site.hands, PLACE, unseen)).rejects.toThrow(named('StateDrifted'));
    expect(await statesOf(site.ledger)).toEqual(['security-group-rule not-made']);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });
});
