import type { Service } from '@aws-sdk/client-apprunner';
import { appRunner, ec2, rds } from '../lib/aws.ts';
import { type Case, writeCase } from '../lib/discover/case.ts';
import type { Dependency } from '../lib/domain/profile.ts';
import { collectScene } from '../lib/egress/scene.ts';

/**
 * Collects what the trace of egress looked at, to be shared: the trace itself keeps it inside its function. The same
 * calls once more, so that a deployed function need not be able to give facts away.
 */
export async function collectCase(service: Service, declared: readonly Dependency[]): Promise<Case> {
  const scene = await collectScene({ appRunner: appRunner(), ec2, rds }, service, declared);
  const { ServiceName: name = '', ServiceArn: arn = '', ServiceId: id = '' } = service;
  return writeCase({ service: { name, arn, id }, ...scene });
}
