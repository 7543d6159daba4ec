import { expect, it, vi } from 'vitest';
import { RetryLater } from '../../../lib/domain/errors.ts';
import { type Slack, SlackRefused } from '../../../lib/slack/client.ts';
import { groupsOf } from '../../../lib/slack/worker/groups.ts';
import { tellAsker } from '../../../lib/slack/worker/tell.ts';
import { logger } from '../../../lib/step.ts';

const slackThat = (error: Error): Slack => ({
  call: async () => {
    throw error;
  },
});
const away = slackThat(new RetryLater('Slack cannot be reached'));
const refusing = slackThat(new SlackRefused('a method', 'not_in_channel'));
const asker = { user: 'U1', channel: 'C1' };

it('does not take somebody for no member of a group because Slack did not answer', async () => {
  await expect(groupsOf(away, 'U1', ['S0ONCALL'])).rejects.toMatchObject({ name: 'RetryLater' });
  expect(await groupsOf(refusing, 'U1', ['S0ONCALL'])).toEqual({ memberOf: [], unsure: ['S0ONCALL (not_in_channel)'] });
});

it('tells the asker later what Slack would not take now, and never what it refuses', async () => {
  const log = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  await expect(tellAsker(away, asker, 'done')).rejects.toMatchObject({ name: 'RetryLater' });
  await tellAsker(refusing, asker, 'done');
  expect(log).toHaveBeenCalledTimes(1);
  log.mockRestore();
});
