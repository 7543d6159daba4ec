import type { Report } from '../../../lib/domain/report.ts';

/** What somebody could hide in a log line, a tag, a reason or a name. */
export const HOSTILE =
  '<script>alert("x")</script><img src=x onerror=alert(1)> \' & &lt; "q" | a `b` ```c``` **d** [e](javascript:f) <!here>\n# g\n\n| h | i |\n- j\u001b[31m\u202e ';

/** Values of a fixed set: they choose what is drawn. */
const FIXED = new Set(['status', 'check', 'verdict', 'mode', 'cause', 'remedy', 'met', 'state', 'decision']);
const MILESTONES = ['started', 'detected', 'planned', 'approved', 'declined', 'applied', 'proved', 'undone', 'ended'];

/** The same report with a prefix on every text; on every string whatsoever when `fixedToo`. */
export function prefixed(report: Report, prefix: string, fixedToo = false): Report {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      const fixed = FIXED.has(key) || (key === 'what' && MILESTONES.includes(value));
      return fixed && !fixedToo ? value : prefix + value;
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
    return value;
  };
  return walk(report, '') as Report;
}
