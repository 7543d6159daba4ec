import { createHash } from 'node:crypto';
import type { Report } from '../domain/report.ts';
import { clockOf, sign, VERDICT_SIGNS, VERDICT_TITLES, word } from './format.ts';
import {
  causesSection,
  cutSection,
  findingsSection,
  followUpsSection,
  gapsSection,
  untoldSection,
} from './html/findings.ts';
import { html, trusted } from './html/markup.ts';
import { facts, type Section } from './html/parts.ts';
import { pathSection } from './html/path.ts';
import { planSection } from './html/plan.ts';
import { checklistSection, proofSection } from './html/proof.ts';
import { changesSection, timelineSection } from './html/story.ts';
import { STYLE } from './html/style.ts';
import { verdictHeader } from './html/verdict.ts';

/** The browser is told to load and run nothing but this style sheet, should a value ever escape its escaping. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The report as one page that needs nothing but itself. */
export function toHtml(report: Report): string {
  const clock = clockOf(report);
  const sections = [
    causesSection(report),
    pathSection(report),
    planSection(report, clock),
    changesSection(report, clock),
    proofSection(report, clock),
    checklistSection(report),
    timelineSection(report, clock),
    findingsSection(report),
    gapsSection(report),
    followUpsSection(report),
    untoldSection(report),
    cutSection(report),
  ].filter((section): section is Section => section !== undefined);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${sign(VERDICT_SIGNS, report.verdict)} ${word(VERDICT_TITLES, report.verdict)} – ${report.service}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
${verdictHeader(report, clock)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`,
)}</main>
<footer>${facts([
    ['Run', html`<code>${report.run}</code>`],
    ['Service', html`<code>${report.serviceArn}</code>`],
    ['Times', 'UTC'],
  ])}</footer>
</body>
</html>
`.toString();
}
