import type { Clock } from '../clock.ts';
import type { ProbeResult } from '../domain/diagnosis.ts';
import type { Providers } from '../domain/profile.ts';
import { askMessagingHealth } from './providers/messaging-health.ts';

/**
 * After a repair: what the service itself says, through the user's door, of the providers it can send with. A primary
 * that is healthy and sends something proves that it does not fall back. Nothing where the profile declares none.
 */
export async function messagingProbe(
  providers: Providers | undefined,
  around: { readonly url: string; readonly clock: Clock },
): Promise<ProbeResult[]> {
  if (!providers?.messagingHealth) return [];
  const at = around.clock.now();
  const findings = await askMessagingHealth(providers.messagingHealth, around);
  const seconds = (around.clock.now().getTime() - at.getTime()) / 1000;
  return findings.map(({ subject, status, because }) => ({
    name: subject,
    label: `${subject.startsWith('sms') ? 'SMS' : 'e-mail'} goes out through the primary provider`,
    ok: status === 'ok',
    sent: true,
    ...(status === 'unknown' && { unsure: true }),
    seconds,
    because,
    at: at.toISOString(),
  }));
}
