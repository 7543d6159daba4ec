import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Report, Verdict } from '../../../lib/domain/report.ts';
import { EXAMPLE } from './example.ts';
import { FIXTURES, REPORTS } from './fixtures.ts';

const docs = readFileSync(new URL('../../../docs/report.md', import.meta.url), 'utf8');
const [prose = '', example = ''] = docs.split('```json');

/** All names of keys in a schema, however deep. */
function keysOf(schema: unknown): string[] {
  const { def } = schema as { def: { shape?: Record<string, unknown>; element?: unknown; innerType?: unknown } };
  const own = Object.entries(def.shape ?? {}).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
  return [...own, ...[def.element, def.innerType].filter(Boolean).flatMap(keysOf)];
}

describe('docs/report.md', () => {
  it('names every key of the report', () => {
    for (const key of new Set(keysOf(Report))) expect(prose).toMatch(new RegExp(`\`[^\`]*\\b${key}\\b[^\`]*\``));
  });
  it('has a row for every key at the top, and for every verdict', () => {
    for (const key of [...Object.keys(Report.def.shape), ...Verdict.options]) expect(prose).toContain(`| \`${key}\` |`);
  });
  it('shows the example as the program prints it', () => {
    expect(example.split('```')[0]?.trim()).toBe(JSON.stringify(EXAMPLE, null, 2));
  });
});

describe('the fixtures', () => {
  it.each(REPORTS)('are reports: %s', (_name, report) => {
    expect(Report.parse(JSON.parse(JSON.stringify(report)))).toMatchObject({ run: report.run });
  });
  it('show every verdict', () => {
    for (const verdict of Verdict.options) expect(FIXTURES[verdict].verdict).toBe(verdict);
  });
});
