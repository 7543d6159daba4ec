import { AwsError } from './errors.ts';

/** What is wrong with a request's signature, in words that each protocol puts under a code of its own. */
export interface SignatureProblem {
  readonly kind: 'missing' | 'incomplete' | 'scope';
  readonly message: string;
}

const CREDENTIAL =
  /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=\S+, ?Signature=[0-9a-f]{64}$/;

/**
 * The Authorization header must be a Signature Version 4 for this service and region. The signature itself is not
 * recomputed: the sandbox knows no secret keys.
 */
export function signatureProblem(
  header: string | undefined,
  expected: { service: string; region: string },
): SignatureProblem | undefined {
  if (!header) return { kind: 'missing', message: 'Missing Authentication Token' };
  const [, , region, service] = CREDENTIAL.exec(header) ?? [];
  if (!region)
    return {
      kind: 'incomplete',
      message: 'Authorization header requires Credential, SignedHeaders and Signature parameters.',
    };
  if (region !== expected.region) {
    return { kind: 'scope', message: `Credential should be scoped to a valid region, not '${region}'.` };
  }
  if (service !== expected.service) {
    return { kind: 'scope', message: `Credential should be scoped to correct service: '${expected.service}'.` };
  }
  return undefined;
}

/** Whose key the request is signed with. */
export const accessKeyOf = (header = ''): string | undefined => CREDENTIAL.exec(header)?.[1];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and each service's "Common Errors" page. */
const CODES: Record<'json' | 'query' | 'ec2', Record<SignatureProblem['kind'], string>> = {
  json: {
    missing: 'MissingAuthenticationTokenException',
    incomplete: 'IncompleteSignatureException',
    scope: 'InvalidSignatureException',
  },
  query: { missing: 'MissingAuthenticationToken', incomplete: 'IncompleteSignature', scope: 'SignatureDoesNotMatch' },
  ec2: { missing: 'MissingAuthenticationToken', incomplete: 'IncompleteSignature', scope: 'AuthFailure' },
};

export function requireSignature(
  header: string | undefined,
  expected: { service: string; region: string },
  protocol: keyof typeof CODES,
): void {
  const problem = signatureProblem(header, expected);
  if (problem) throw new AwsError(CODES[protocol][problem.kind], problem.message, { status: 403 });
}
