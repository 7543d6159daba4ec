import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../clock.ts';
import type { Expectation } from '../domain/profile.ts';
import type { ServiceRef } from '../domain/service.ts';
import { collectLines } from './logs.ts';

type Expected = NonNullable<Expectation['log']>;

/** What the log says of a request. `unsure`: it could not be read. */
export type Wrote = { readonly wrong?: string; readonly unsure?: boolean };

const PAUSE_MS = 5000;
/** The clock of the service may be a little behind this one. */
const SKEW_MS = 2000;

function wrongAt(
  { withinSeconds }: Expected,
  missing: string | undefined,
  bad: string | undefined,
): string | undefined {
  const said = bad === undefined ? undefined : `the log says ${JSON.stringify(bad)}`;
  const unsaid =
    missing === undefined ? undefined : `the log does not say ${JSON.stringify(missing)} within ${withinSeconds} s`;
  return [unsaid, said].filter(Boolean).join('; ') || undefined;
}

/** Looks for what the application writes on account of a request that was sent at `from`. Lines are not quoted. */
export const wroteToLog =
  (client: () => Pick<CloudWatchLogsClient, 'send'>, { name, id }: ServiceRef, clock: Clock) =>
  async (expected: Expected, from: string): Promise<Wrote> => {
    const since = new Date(Date.parse(from) - SKEW_MS);
    const deadline = clock.now().getTime() + expected.withinSeconds * 1000;
    const { present = [], absent = [] } = expected;
    try {
      for (;;) {
        const window = { from: since, to: clock.now() };
        const { lines } = await collectLines(client(), `/aws/apprunner/${name}/${id}/application`, window, [
          ...present,
          ...absent,
        ]);
        const seen = (term: string) => lines.some(({ message }) => message?.includes(term));
        const missing = present.find((term) => !seen(term));
        // Other people's requests of before may still fail while this one has worked.
        if (missing === undefined && present.length > 0) return {};
        if (clock.now().getTime() >= deadline) {
          const wrong = wrongAt(expected, missing, absent.find(seen));
          return wrong ? { wrong } : {};
        }
        await clock.sleep(PAUSE_MS);
      }
    } catch (error) {
      return { unsure: true, wrong: `the log could not be read (${error instanceof Error ? error.name : 'an error'})` };
    }
  };
