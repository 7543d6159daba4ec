import { eventBridge, sns, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Announcement } from '../lib/domain/announcement.ts';
import { runTable } from '../lib/run/client.ts';
import { amendReport, readTold } from '../lib/run/records.ts';
import { step } from '../lib/step.ts';
import { channelsOf } from '../lib/tell/channels.ts';
import { tellPeople } from '../lib/tell/people.ts';

/** Tells people, off the path of the run. What throws here is tried again by Lambda, twice. */
export const handler = step(Announcement, async (announcement) => {
  const table = runTable();
  const now = () => clock.now();
  try {
    return { told: await tellPeople(announcement, channelsOf({ table, ssm, sns, eventBridge, now }), { table, now }) };
  } finally {
    if (announcement.kind === 'finished') {
      await amendReport(table, announcement.run, await readTold(table, announcement.run));
    }
  }
});
