import type { Service, SourceConfiguration } from '@aws-sdk/client-apprunner';
import { environmentMaps } from './apprunner.ts';

/** What one name of the environment is set to; null: nothing. */
export type Setting = { readonly value: string } | { readonly secret: string } | null;

export type Settings = Readonly<Record<string, Setting>>;

/** Holds values in plain text: never returned from a handler. */
export function settingsOf(service: Service, names: readonly string[]): Settings {
  const { variables, secrets } = environmentMaps(service);
  return Object.fromEntries(
    names.map((name) => {
      const [value, secret] = [variables[name], secrets[name]];
      return [name, value !== undefined ? { value } : secret !== undefined ? { secret } : null];
    }),
  );
}

export const isSameSetting = (a: Setting | undefined, b: Setting | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * The whole source configuration as it is now, with these names set otherwise. A member of UpdateService replaces the
 * whole member, so everything goes back: role, automatic deployments, image, port, start command and both maps.
 * https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html
 */
export function sourceWith(service: Service, settings: Settings): SourceConfiguration {
  const source = structuredClone(service.SourceConfiguration ?? {});
  const holder = holderOf(source);
  const { variables, secrets } = structuredClone(environmentMaps(service));
  for (const [name, setting] of Object.entries(settings)) {
    delete variables[name];
    delete secrets[name];
    if (setting && 'value' in setting) variables[name] = setting.value;
    else if (setting) secrets[name] = setting.secret;
  }
  holder.RuntimeEnvironmentVariables = unlessEmpty(variables);
  holder.RuntimeEnvironmentSecrets = unlessEmpty(secrets);
  return source;
}

const unlessEmpty = <T extends object>(map: T): T | undefined => (Object.keys(map).length > 0 ? map : undefined);

/** Where a service keeps its two maps: each is in one of them only. */
function holderOf({ ImageRepository, CodeRepository }: SourceConfiguration) {
  if (ImageRepository) {
    ImageRepository.ImageConfiguration ??= {};
    return ImageRepository.ImageConfiguration;
  }
  const values = CodeRepository?.CodeConfiguration?.CodeConfigurationValues;
  if (!values) throw new Error('the environment of this service stands in apprunner.yaml');
  return values;
}
