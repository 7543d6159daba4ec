import { defineConfig } from 'vitest/config';

/** Functions log through the console of this process, where a test can keep their lines apart. */
const LOGS = { POWERTOOLS_DEV: 'true' };

const project = (name: string, testTimeout: number, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, pool: 'forks' as const, env: LOGS, ...more },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // Unit tests keep nothing behind, so they share what they import: the clients of AWS alone take a second each time.
      project('unit', 10_000, { isolate: false }),
      project('machine', 30_000),
      project('end-to-end', 60_000),
      project('package', 120_000),
    ],
  },
});
