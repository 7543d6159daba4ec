import { ListServicesCommand, type Service } from '@aws-sdk/client-apprunner';
import { appRunner, forgetClients } from '../lib/aws.ts';
import { InvalidRequest, ServiceNotFound } from '../lib/domain/errors.ts';
import { redact } from '../lib/domain/redact.ts';
import { findService } from '../lib/target/apprunner.ts';

export interface Operator {
  readonly region?: string;
  /** Of `~/.aws/config`, as in the AWS CLI. */
  readonly profile?: string;
}

const MOST_NAMES = 20;

/**
 * Finds the service with the operator's own credentials. Throws `InvalidRequest` with what to do when that is not
 * possible: then no run is started.
 */
export async function findWithCredentials(nameOrArn: string, operator: Operator): Promise<Service> {
  await turnTo(operator, nameOrArn);
  try {
    return await findService(appRunner(), nameOrArn);
  } catch (error) {
    if (error instanceof InvalidRequest) throw error;
    if (error instanceof ServiceNotFound) throw new InvalidRequest(`${error.message}${await known()}`);
    throw new InvalidRequest(whyNot(error), { cause: error });
  }
}

/**
 * Region and credentials for this process: those asked for, else the ones the AWS CLI would take. Throws
 * `InvalidRequest` where there is no region, or where it is not the one of the ARN.
 */
export async function turnTo({ region, profile }: Operator, nameOrArn = ''): Promise<void> {
  const ofArn = /^arn:aws[a-z-]*:apprunner:([a-z0-9-]+):/.exec(nameOrArn)?.[1];
  if (region && ofArn && region !== ofArn) {
    throw new InvalidRequest(`--region: the service is in ${ofArn}, which its ARN says, not in ${region}`);
  }
  const { env } = process;
  refuseEndpoints(env);
  if (profile) env.AWS_PROFILE = profile;
  // The SDK for JavaScript does not know AWS_DEFAULT_REGION, which the AWS CLI reads.
  const wanted = ofArn ?? region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (wanted) env.AWS_REGION = wanted;
  forgetClients();
  try {
    await appRunner().config.region();
  } catch (error) {
    throw new InvalidRequest('no region is set: give --region, or set AWS_REGION or a region in the AWS profile', {
      cause: error,
    });
  }
}

/** The SDK takes any text for the address of a service, and fails at the first call without a word of where it stood. */
function refuseEndpoints(env: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(env)) {
    if (!/^AWS_ENDPOINT_URL(?:_|$)/.test(name) || value === '') continue;
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? ''))
      throw new InvalidRequest(`${name}: must be a URL such as http://127.0.0.1:4566, or not be set`);
  }
}

function whyNot(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (/Credentials|Token/.test(name)) {
    return `AWS credentials: ${redact(message)}; log in as for the AWS CLI, or give --profile`;
  }
  if (/AccessDenied|NotAuthorized|Unauthorized/.test(name)) {
    return 'these credentials may not look at the service: apprunner:ListServices and apprunner:DescribeService are needed (docs/diagnose.md has the whole policy)';
  }
  return `App Runner was not reached (${name}): ${redact(message)}`;
}

/** The names one can ask for; nothing when they may not be listed. */
async function known(): Promise<string> {
  try {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page: { ServiceSummaryList?: { ServiceName?: string }[]; NextToken?: string } = await appRunner().send(
        new ListServicesCommand({ MaxResults: 20, NextToken }),
      );
      names.push(...(page.ServiceSummaryList ?? []).flatMap(({ ServiceName }) => ServiceName ?? []));
      NextToken = page.NextToken;
    } while (NextToken && names.length <= MOST_NAMES);
    if (names.length === 0) return '; there is none at all: is it the right region?';
    const shown = names.sort().slice(0, MOST_NAMES).join(', ');
    return `; there are ${shown}${names.length > MOST_NAMES || NextToken ? ' and more' : ''}`;
  } catch {
    return '';
  }
}
