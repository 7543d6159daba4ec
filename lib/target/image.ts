import type { Service } from '@aws-sdk/client-apprunner';
import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { lastDeployment } from '../checks/deployment.ts';
import type { Operation } from '../domain/service.ts';
import type { ImageFacts } from '../remedies/remedy.ts';
import { sourceOf } from './apprunner.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html; with a digest, a tag, or neither. */
const IN_ECR =
  /^(?<registry>\d{12})\.dkr[.-]ecr\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/(?<repository>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Where an image is, if it is in a private ECR registry. */
export const inEcr = (identifier: string): Readonly<Record<string, string | undefined>> | undefined =>
  IN_ECR.exec(identifier)?.groups;

/** Answers that stay the same however often one asks. */
const FINAL =
  /^(AccessDenied|ImageNotFound|RepositoryNotFound|InvalidParameter|RegistryPolicyNotFound|UnrecognizedClient)/;

const GONE = /^(Image|Repository)NotFound/;

/** Which image the tag of the service names now. A tag can be moved: what a new deployment ships is not what runs. */
export async function readImage(
  ecr: Pick<ECRClient, 'send'>,
  service: Service,
  operations: readonly Operation[],
): Promise<ImageFacts> {
  const identifier = sourceOf(service);
  const deployed = lastDeployment(operations.filter(({ state }) => state === 'succeeded'))?.startedAt;
  const known = { identifier, ...(deployed && { deployedAt: deployed.toISOString() }) };
  if (!service.SourceConfiguration?.ImageRepository) {
    return { ...known, unseen: 'the service is built from a source repository' };
  }
  const { registry, region, repository, tag = 'latest', digest } = inEcr(identifier) ?? {};
  if (digest) return { ...known, digest };
  if (!repository) return { ...known, unseen: `${identifier} is not in a private ECR registry` };
  if (region !== service.ServiceArn?.split(':')[3]) return { ...known, unseen: `${identifier} is in another region` };
  return { ...known, ...(await look(ecr, { registryId: registry, repositoryName: repository, tag })) };
}

/** Whether the image that the service is set to, by tag or digest, is still there for the next deployment. */
export async function isImageThere(
  ecr: Pick<ECRClient, 'send'>,
  service: Service,
): Promise<{ readonly state: 'there' | 'gone' | 'unknown'; readonly because: string }> {
  const identifier = sourceOf(service);
  const { registry, region, repository, tag = 'latest', digest } = IN_ECR.exec(identifier)?.groups ?? {};
  const isElsewhere = !service.SourceConfiguration?.ImageRepository || !repository;
  if (isElsewhere || region !== service.ServiceArn?.split(':')[3]) {
    return { state: 'unknown', because: `${identifier} is in no private registry of this region` };
  }
  try {
    const imageIds = [digest ? { imageDigest: digest } : { imageTag: tag }];
    await ecr.send(new DescribeImagesCommand({ registryId: registry, repositoryName: repository, imageIds }));
    return { state: 'there', because: `ECR has ${identifier}` };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (!FINAL.test(name)) throw error;
    return GONE.test(name)
      ? { state: 'gone', because: `ECR has no ${identifier}, so the next deployment fails (${name})` }
      : { state: 'unknown', because: `ecr:DescribeImages was not answered (${name})` };
  }
}

interface Sought {
  readonly registryId: string | undefined;
  readonly repositoryName: string;
  readonly tag: string;
}

async function look(
  ecr: Pick<ECRClient, 'send'>,
  { tag, ...where }: Sought,
): Promise<Pick<ImageFacts, 'digest' | 'pushedAt' | 'unseen'>> {
  try {
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ ...where, imageIds: [{ imageTag: tag }] }));
    const { imageDigest, imagePushedAt } = imageDetails?.[0] ?? {};
    if (!imageDigest) return { unseen: `ecr:DescribeImages said nothing about the tag ${tag}` };
    return { digest: imageDigest, ...(imagePushedAt && { pushedAt: imagePushedAt.toISOString() }) };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (!FINAL.test(name)) throw error;
    const isGone = GONE.test(name);
    return {
      unseen: isGone
        ? `ECR knows no image ${where.repositoryName}:${tag}, so a deployment of it would fail (${name})`
        : `ecr:DescribeImages was not answered (${name})`,
    };
  }
}
