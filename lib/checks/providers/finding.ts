import type { Cause } from '../../domain/cause.ts';
import type { Finding } from '../../domain/finding.ts';

export interface Verdict {
  readonly status: Finding['status'];
  readonly cause?: Cause;
  readonly because: string;
}

export const ok = (because: string): Verdict => ({ status: 'ok', because });
export const broken = (cause: Cause, because: string): Verdict => ({ status: 'broken', cause, because });
export const unknown = (because: string): Verdict => ({ status: 'unknown', because });

export const finding = (subject: string, verdict: Verdict): Finding => ({
  id: `providers:${subject}`,
  check: 'providers',
  subject,
  ...verdict,
  evidence: [],
});
