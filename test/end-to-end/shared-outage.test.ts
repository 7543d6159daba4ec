import { expect, it } from 'vitest';
import { approve, openWorld } from './world.ts';

const SERVICES = ['atlas-backend', 'atlas-reports'];

it('two runs for one outage repair it once, and each takes back what it made in vain', async () => {
  const world = await openWorld('shared-outage');
  const { ec2 } = world.sandbox.account;
  const runs = await Promise.all(
    SERVICES.map((service) => world.start({ service, mode: 'repair', requestedBy: 'requester' })),
  );
  const played = await Promise.all(runs.map((run) => world.watch(run, { onApproval: approve })));

  expect(played.map(({ execution }) => execution.status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(played.map(({ report }) => report.verdict).sort()).toEqual(['not-recovered', 'recovered']);
  const living = ec2.natGateways.filter(({ State }) => State === 'available');
  expect([living.length, ec2.addresses.length]).toEqual([1, 1]);
  const inVain = played.find(({ report }) => report.verdict === 'not-recovered');
  expect(inVain?.report.failure).toMatchObject({ error: 'StateDrifted' });
  for (const service of SERVICES) {
    const { report } = await world.play({ service, mode: 'diagnose' });
    expect([service, report.verdict]).toEqual([service, 'healthy']);
  }
});
