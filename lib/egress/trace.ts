import type { Service } from '@aws-sdk/client-apprunner';
import type { Finding } from '../domain/finding.ts';
import type { Dependency } from '../domain/profile.ts';
import type { Exposure } from './privacy.ts';
import { collectScene, type Eyes, exposureOf, judgeScene } from './scene.ts';

export type { Eyes } from './scene.ts';

export interface Trace {
  /** One per dependency, and one per call that was not answered. */
  readonly findings: Finding[];
  /** Which dependencies could be reached from the internet, where egress DEFAULT starts. */
  readonly exposure: Exposure[];
}

/** Follows the way from the service, as it is set now, to each of its dependencies. Read-only. */
export async function traceEgress(eyes: Eyes, service: Service, declared: readonly Dependency[]): Promise<Trace> {
  const scene = await collectScene(eyes, service, declared);
  return { findings: judgeScene(scene), exposure: exposureOf(scene) };
}
