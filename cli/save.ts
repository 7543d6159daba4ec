import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../lib/domain/report.ts';
import { toHtml } from '../lib/report/html.ts';
import { toMarkdown } from '../lib/report/markdown.ts';

/** Writes the report in its three forms; returns where. */
export async function saveReport(report: Report, directory: string): Promise<string> {
  const folder = join(directory, report.run);
  await mkdir(folder, { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`),
    writeFile(join(folder, 'report.md'), toMarkdown(report)),
    writeFile(join(folder, 'report.html'), toHtml(report)),
  ]);
  return folder;
}
