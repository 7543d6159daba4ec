import * as z from 'zod/mini';
import { stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { InvalidRequest } from '../lib/domain/errors.ts';
import { Profile } from '../lib/domain/profile.ts';
import { UndoRequest } from '../lib/domain/request.ts';
import type { RunDocument } from '../lib/domain/run.ts';
import { runTable } from '../lib/run/client.ts';
import { readDeadRun } from '../lib/run/dead.ts';
import { readDeath } from '../lib/run/death.ts';
import { keeperOf } from '../lib/run/keeper.ts';
import { isStanding, readLedger } from '../lib/run/ledger.ts';
import { storePlace } from '../lib/run/place.ts';
import { readReport, storeReplyTo } from '../lib/run/records.ts';
import { parse, step } from '../lib/step.ts';

const Input = z.strictObject({ run: z.string(), request: z.unknown() });

/** Finds what a finished run, or a dead one, changed and lays out the document of the run that takes it back. */
export const handler = step(Input, async ({ run, request: raw }): Promise<RunDocument> => {
  const request = parse(UndoRequest, raw);
  const ended =
    (await readReport(runTable(), request.run)) ??
    (await readDeath(runTable(), request.run)) ??
    (await readDeadRun({ table: runTable(), stepFunctions }, request.run));
  const standing = (await readLedger(runTable(), request.run)).filter(isStanding);
  if (standing.length === 0)
    throw new InvalidRequest(`run: nothing that run ${request.run} changed stands any more`, { runs: [request.run] });
  const { service: name, serviceArn: arn } = ended;
  // Before anything that may fail: whoever finds this run dead has to know what it was for.
  await storePlace(runTable(), {
    run,
    service: name,
    serviceArn: arn,
    changesOf: request.run,
    requestedBy: request.requestedBy,
  });
  const keptBy = await keeperOf(runTable(), arn, request.run);
  await storeReplyTo(runTable(), run, request.replyTo);
  return {
    run,
    undoes: request.run,
    keptBy: keptBy ?? run,
    startedAt: clock.now().toISOString(),
    request: {
      mode: 'undo',
      requestedBy: request.requestedBy,
      reason: request.reason ?? `takes back run ${request.run}`,
      environment: { variables: {}, secrets: {} },
    },
    service: { name, arn, id: arn.split('/').at(-1) ?? '', url: '' },
    profile: parse(Profile, { service: name, dependencies: [] }),
    patience: { approval: 0, untilReminder: 0, afterReminder: 0, delivery: 0 },
    proof: {},
  };
});
