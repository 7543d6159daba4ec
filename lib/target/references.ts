/** What a secret of a service refers to. https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html */
export type SecretReference =
  | {
      readonly kind: 'secret';
      readonly id: string;
      readonly jsonKey?: string;
      readonly versionStage?: string;
      readonly versionId?: string;
    }
  | { readonly kind: 'parameter'; readonly name: string };

const SECRET =
  /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/;
const PARAMETER = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/.+$/;

/** A Secrets Manager ARN with its optional `:json-key:version-stage:version-id`, an SSM parameter ARN, or a bare parameter name. */
export function parseReference(reference: string): SecretReference {
  const [, id, jsonKey, versionStage, versionId] = SECRET.exec(reference) ?? [];
  if (id) {
    return {
      kind: 'secret',
      id,
      ...(jsonKey && { jsonKey }),
      ...(versionStage && { versionStage }),
      ...(versionId && { versionId }),
    };
  }
  // GetParameter takes ARNs as well as names. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
  return {
    kind: 'parameter',
    name: PARAMETER.test(reference) ? reference : reference.replace(/^arn:[^/]*parameter\//, ''),
  };
}
