import { describe, expect, it } from 'vitest';
import { blocks, button, says, told } from './slack-eyes.ts';
import { openWorld, PHONE } from './world.ts';

describe('an incident, through Slack alone', () => {
  it('is found, approved by somebody else, repaired, confirmed with the code and reported', async () => {
    const world = await openWorld('otp-egress');
    const { slack, phone, clock } = world.sandbox;
    const { requester, approver } = slack.people;

    const started = await slack.command('repair nerava-backend no SMS');
    expect(started).toMatchObject({ status: 200, body: expect.stringContaining('Starting a repair') });
    const plan = await button(world, 'approve');
    expect(blocks(plan)).toContain('no-route (twilio)');
    await slack.command('status nerava-backend');
    expect(await told(world, requester.id, 'works on it')).toContain('People are asked to approve its plan');
    await slack.click(plan, 'approve', { user: requester.id });
    expect(await told(world, requester.id, 'Not taken')).toContain('may not approve it');
    await slack.click(plan, 'approve', { user: approver.id });
    const ask = await button(world, 'confirm-yes');
    expect(blocks(ask)).not.toContain('"action_id":"approve"');
    expect(blocks(ask)).toContain(`approved by <@${approver.id}>`);

    await slack.click(ask, 'confirm-yes', { user: approver.id });
    const view = await slack.seen(({ views }) => views.at(-1));
    expect(JSON.stringify(view.view.blocks)).toMatch(/nerava-backend: .*\?/);
    await clock.sleep(20_000);
    const code = phone.inbox(PHONE).at(-1)?.code ?? 'none';
    await slack.submit(view, { arrived: 'yes', code: 'not a code!' });
    expect(view.errors).toEqual({ code: expect.any(String) });
    await slack.submit(view, { arrived: 'yes', code });
    expect(view.open).toBe(false);

    const end = await says(world, 'Recovered');
    await world.product.idle();
    expect(blocks(end)).toContain('|Report>');
    expect(slack.messages.filter(({ threadTs }) => !threadTs)).toEqual([end]);
    expect(
      world.sandbox.requests.filter(({ path }) => path === '/otp/verify' || path.endsWith('/otp/verify')),
    ).not.toEqual([]);
    const everything = JSON.stringify([slack.workspace.messages, slack.workspace.responses, world.product.logs]);
    expect(everything).not.toContain(code);
    expect(JSON.stringify(await world.wholeHistory())).not.toContain(code);
  });

  it('shows what a repair would do and cost, and asks nobody', async () => {
    const world = await openWorld('otp-egress');
    const { slack } = world.sandbox;
    const before = world.sandbox.snapshot();
    await slack.command('plan nerava-backend');
    const end = blocks(await says(world, 'Plan ready'));
    await world.product.idle();
    expect(end).toMatch(/\*1\. .*\*Cost\*.*\*Risk\*.*\*Way back\*/);
    expect(end).not.toContain('"button"');
    expect(world.sandbox.snapshot()).toEqual(before);
  });

  it('has one decision: a second click and a button that is no more are told so', async () => {
    const world = await openWorld('otp-egress');
    const { slack } = world.sandbox;
    const { approver, stranger } = slack.people;
    const before = world.sandbox.snapshot();
    await slack.command('repair nerava-backend');
    const plan = await button(world, 'approve');
    const asItWas = structuredClone(plan);
    await slack.click(plan, 'approve', { user: stranger.id, value: 'forged' });
    expect(await told(world, stranger.id, 'Not taken')).toContain('no question that is known');
    await slack.click(plan, 'decline', { user: approver.id });
    await says(world, 'Declined');
    await slack.click(asItWas, 'approve', { user: stranger.id });
    expect(await told(world, stranger.id, 'already answered')).toContain(`declined by <@${approver.id}>`);
    await world.product.idle();
    expect(world.sandbox.snapshot()).toEqual(before);
  });
});
