import { BASELINE } from '../domain/room.ts';
import type { Baseline } from '../domain/run.ts';
import { bytesOf } from '../domain/size.ts';

/** The baseline as the run carries it: without the names of the environment where they are too many. */
export function fitBaseline(baseline: Baseline): Baseline {
  const { configuration } = baseline;
  if (bytesOf(configuration) <= BASELINE) return baseline;
  const { environmentNames, secretNames } = configuration;
  return {
    ...baseline,
    configuration: { ...configuration, environmentNames: [], secretNames: [], environment: {} },
    cut: [`the names of ${environmentNames.length} variables and ${secretNames.length} secrets`],
  };
}
