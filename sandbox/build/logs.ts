import type { ServiceRecord } from '../account.ts';
import { MINUTE, type Site } from './site.ts';

type Line = readonly [minutesAgo: number, message: string];

/** What the application wrote before the sandbox started, oldest first. */
export const applicationWrote = (site: Site, service: ServiceRecord, lines: readonly Line[]): void =>
  wrote(site, service, 'application', `instance/${service.ServiceId.slice(0, 12)}`, lines);

/** What App Runner wrote about its operations before the sandbox started, oldest first. */
export const appRunnerWrote = (site: Site, service: ServiceRecord, lines: readonly Line[]): void =>
  wrote(
    site,
    service,
    'service',
    'events',
    lines.map(([minutes, text]) => [minutes, `[AppRunner] ${text}`]),
  );

function wrote(
  { account, now }: Site,
  { ServiceName, ServiceId }: ServiceRecord,
  kind: string,
  stream: string,
  lines: readonly Line[],
): void {
  const group = `/aws/apprunner/${ServiceName}/${ServiceId}/${kind}`;
  account.logs[group] ??= [];
  for (const [minutes, message] of lines) {
    account.logs[group].push({ timestamp: now.getTime() - minutes * MINUTE, message, stream });
  }
}
