import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { InvalidRequest, ProfileNotFound } from './domain/errors.ts';
import { Profile } from './domain/profile.ts';
import type { Mode } from './domain/request.ts';
import { assertRevealsNoMore, readsSecrets } from './given-profile.ts';
import { profileParameter } from './profile-names.ts';
import { parse } from './step.ts';

export { profileParameter };

/**
 * The profile that the owner stored for a service. Throws `ProfileNotFound` that says where it should be, and
 * `InvalidRequest` that names the wrong field.
 */
export async function readProfile(ssm: Pick<SSMClient, 'send'>, service: string): Promise<Profile> {
  const name = profileParameter(service);
  const text = await readParameter(ssm, name);
  try {
    return parse(Profile, JSON.parse(text));
  } catch (error) {
    const why = error instanceof InvalidRequest ? error.message : 'it is not JSON';
    throw new InvalidRequest(`profile ${name}: ${why}`, { cause: error });
  }
}

/**
 * The profile of a request, or else the stored one. A request may bring a profile, but not say in it who may approve a
 * repair, nor have more read that is secret than the owner does: both are the owner's word wherever there is one.
 */
export async function profileFor(
  ssm: Pick<SSMClient, 'send'>,
  service: { readonly name: string; readonly ownUrl: string },
  { profile: given, mode }: { readonly profile?: Profile | undefined; readonly mode: Mode },
): Promise<Profile> {
  if (!given) return readProfile(ssm, service.name);
  if (mode !== 'repair' && !readsSecrets(given)) return given;
  const stored = await readProfile(ssm, service.name).catch((error: unknown) => {
    if (error instanceof ProfileNotFound) return undefined;
    throw error;
  });
  assertRevealsNoMore(given, stored, service.ownUrl);
  return stored && mode === 'repair' ? { ...given, approval: stored.approval } : given;
}

async function readParameter(ssm: Pick<SSMClient, 'send'>, name: string): Promise<string> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value ?? '';
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') {
      throw new ProfileNotFound(
        `there is no profile: store one as SSM parameter ${name}, or give it as "profile" in the request`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
