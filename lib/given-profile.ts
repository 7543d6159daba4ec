import { canonicalJson } from './domain/canonical.ts';
import { InvalidRequest } from './domain/errors.ts';
import type { Profile } from './domain/profile.ts';
import { profileParameter } from './profile-names.ts';

/*
 * Whoever may start a run may bring a profile with it. What reconnect can read and they perhaps cannot (secrets of probes,
 * secrets of the service) goes nowhere but where the owner's stored profile, or App Runner, says the service is; and
 * nobody finds out letter by letter, with patterns of their own, what is in it.
 */

/** True when a profile has something read that is secret: then the owner's is needed beside it. */
export const readsSecrets = (profile: Profile): boolean =>
  referencesOf(profile).length > 0 || profile.environment.some(({ lookInside }) => lookInside);

/**
 * @param stored The owner's profile, undefined where there is none.
 * @param ownUrl The service's door by App Runner, empty where it has none.
 * Throws `InvalidRequest` that names the field.
 */
export function assertRevealsNoMore(given: Profile, stored: Profile | undefined, ownUrl: string): void {
  const references = referencesOf(given);
  const theOwners = `as its owner stored it in SSM parameter ${profileParameter(given.service)}`;
  const doors = [ownUrl, stored?.url].map((url) => url && originAndPath(url));
  if (references.length > 0 && given.url && !doors.includes(originAndPath(given.url))) {
    throw new InvalidRequest(
      `profile.url: ${references[0]} is to be sent there, but goes only to the service’s own door or to the one ${theOwners}: leave url out, or store it there`,
    );
  }
  const allowed = new Set(stored && referencesOf(stored));
  const foreign = references.find((reference) => !allowed.has(reference) && !isOwn(reference, given.service));
  if (foreign) {
    throw new InvalidRequest(
      `profile.probes: ${foreign} is neither in the profile ${theOwners}, nor below ${ownFolders(given.service).join(' or ')}`,
    );
  }
  const rules = new Set(stored?.environment.map(canonicalJson));
  const nosy = given.environment.find((rule) => rule.lookInside && !rules.has(canonicalJson(rule)));
  if (nosy) {
    throw new InvalidRequest(
      `profile.environment: a rule that looks inside a secret must be ${theOwners}, and the one for ${nosy.name} is not: leave lookInside out, or store the rule there`,
    );
  }
}

/** `parameter <name>`, `secret <name>` or the code of a person: everything that probes refer to. */
function referencesOf({ probes, delivery }: Profile): string[] {
  const bodies = [...probes, ...(delivery?.verify ? [delivery.verify] : [])].map(({ body }) => body ?? {});
  return bodies.flatMap(Object.values).flatMap((value: unknown) => {
    if (value === null || typeof value !== 'object') return [];
    if ('fromParameter' in value) return [`parameter ${value.fromParameter}`];
    return 'fromSecret' in value ? [`secret ${value.fromSecret}`] : [CODE];
  });
}

const CODE = 'the code of a person';

const ownFolders = (service: string) => [`parameter ${profileParameter(service)}/`, `secret reconnect/${service}/`];

const isOwn = (reference: string, service: string): boolean =>
  reference === CODE || ownFolders(service).some((folder) => reference.startsWith(folder));

function originAndPath(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}
