import { GetParametersByPathCommand, type GetParametersByPathCommandOutput, type SSMClient } from '@aws-sdk/client-ssm';

/*
 * Where profiles are, without what is in them: reading one takes its whole schema, which the door for Slack has no time to
 * load (bench/slack-door.ts).
 */

const FOLDER = '/reconnect/services/';

export const profileParameter = (service: string): string => `${FOLDER}${service}`;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
const PAGE = 10;

/** Names of the services that have a profile, sorted. What lies below a profile is none: nothing is decrypted. */
export async function listServices(ssm: Pick<SSMClient, 'send'>): Promise<string[]> {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page: GetParametersByPathCommandOutput = await ssm.send(
      new GetParametersByPathCommand({ Path: FOLDER, Recursive: false, MaxResults: PAGE, NextToken }),
    );
    names.push(...(page.Parameters ?? []).flatMap(({ Name = '' }) => Name.slice(FOLDER.length) || []));
    NextToken = page.NextToken;
  } while (NextToken);
  return names.sort();
}
