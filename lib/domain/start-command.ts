import type { Mode, WantedEnvironment } from './request.ts';
import type { ServiceRef } from './service.ts';

export interface Wish {
  readonly mode?: Mode;
  readonly environment?: Partial<WantedEnvironment> | undefined;
}

/** Partition, region and account of an ARN. Where it is no ARN, what has to be filled in. */
export function placeOf(arn: string): {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
} {
  const [, partition = 'aws', , region = '<region>', account = '<account>'] = arn.split(':');
  return { partition: /^aws/.test(partition) ? partition : 'aws', region, account };
}

/** The whole command that starts a run for a service, to be copied as it stands. */
export function startCommand({ name, arn }: Pick<ServiceRef, 'name' | 'arn'>, wish: Wish = {}): string {
  const { mode = 'repair', environment = {} } = wish;
  const { partition, region, account } = placeOf(arn);
  const asked = Object.entries(environment).filter(([, map]) => Object.keys(map).length > 0);
  const input = JSON.stringify({
    service: name,
    mode,
    ...(mode === 'repair' && { requestedBy: '<you>' }),
    ...(asked.length > 0 && { environment: Object.fromEntries(asked) }),
  });
  return `aws stepfunctions start-execution --region ${region} --state-machine-arn arn:${partition}:states:${region}:${account}:stateMachine:reconnect --input ${quoted(input.replaceAll("'", '\\u0027'))}`;
}

/** One word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
