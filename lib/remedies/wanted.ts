import type { Profile } from '../domain/profile.ts';
import type { WantedEnvironment } from '../domain/request.ts';

/** What variables and secrets are to be: what the request asks for goes before what the profile says. */
export function wantedEnvironment({ environment }: Profile, request: WantedEnvironment | undefined): WantedEnvironment {
  const variables: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const { name, repairTo } of environment) {
    if (!repairTo || name in (request?.variables ?? {}) || name in (request?.secrets ?? {})) continue;
    if ('value' in repairTo) variables[name] = repairTo.value;
    else secrets[name] = repairTo.secret;
  }
  return { variables: { ...variables, ...request?.variables }, secrets: { ...secrets, ...request?.secrets } };
}
