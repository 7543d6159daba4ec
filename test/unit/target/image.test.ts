import type { Service } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../lib/domain/service.ts';
import { isImageThere, readImage } from '../../../lib/target/image.ts';

const REPOSITORY = '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const service = (ImageIdentifier: string) =>
  ({
    ServiceArn: 'arn:aws:apprunner:us-east-1:123456789012:service/app/1',
    SourceConfiguration: { ImageRepository: { ImageIdentifier } },
  }) as Service;
const operation = (type: string, state: Operation['state'], startedAt: string): Operation => ({
  id: '1',
  type,
  status: '',
  state,
  startedAt: new Date(startedAt),
});

function registry(answer: unknown) {
  const asked: unknown[] = [];
  const send = async ({ input }: { input: unknown }) => {
    asked.push(input);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, ecr: { send } as unknown as Parameters<typeof readImage>[0] };
}
const found = { imageDetails: [{ imageDigest: DIGEST, imagePushedAt: new Date('2026-11-01T00:00:00Z') }] };
const refused = (name: string) => Object.assign(new Error('no'), { name });

describe('the image that a tag names now', () => {
  it('is asked for by registry, repository and tag', async () => {
    const { ecr, asked } = registry(found);
    expect(await readImage(ecr, service(`${REPOSITORY}:v1`), [])).toEqual({
      identifier: `${REPOSITORY}:v1`,
      digest: DIGEST,
      pushedAt: '2026-11-01T00:00:00.000Z',
    });
    expect(asked).toEqual([{ registryId: '123456789012', repositoryName: 'team/app', imageIds: [{ imageTag: 'v1' }] }]);
  });

  it('is the one tagged latest where no tag is given', async () => {
    const { ecr, asked } = registry(found);
    await readImage(ecr, service(REPOSITORY), []);
    expect(asked).toMatchObject([{ imageIds: [{ imageTag: 'latest' }] }]);
  });

  it('is not asked for where the digest is pinned', async () => {
    const { ecr, asked } = registry(found);
    expect(await readImage(ecr, service(`${REPOSITORY}@${DIGEST}`), [])).toMatchObject({ digest: DIGEST });
    expect(asked).toEqual([]);
  });

  it('was deployed when the last deployment that succeeded began', async () => {
    const operations = [
      operation('START_DEPLOYMENT', 'rolled-back', '2026-11-04T00:00:00Z'),
      operation('PAUSE_SERVICE', 'succeeded', '2026-11-03T00:00:00Z'),
      operation('UPDATE_SERVICE', 'succeeded', '2026-11-02T00:00:00Z'),
      operation('CREATE_SERVICE', 'succeeded', '2026-10-01T00:00:00Z'),
    ];
    expect(await readImage(registry(found).ecr, service(`${REPOSITORY}:v1`), operations)).toMatchObject({
      deployedAt: '2026-11-02T00:00:00.000Z',
    });
  });

  it.each([
    ['in a public registry', 'public.ecr.aws/team/app:v1', /not in a private ECR/],
    ['in another region', `${REPOSITORY.replace('us-east-1', 'eu-west-1')}:v1`, /another region/],
  ])('is not seen %s', async (_, identifier, unseen) => {
    const { ecr, asked } = registry(found);
    expect((await readImage(ecr, service(identifier), [])).unseen).toMatch(unseen);
    expect(asked).toEqual([]);
  });

  it('is none for a service that is built from code', async () => {
    const built = { SourceConfiguration: { CodeRepository: { RepositoryUrl: 'https://github.com/o/r' } } } as Service;
    expect((await readImage(registry(found).ecr, built, [])).unseen).toContain('source repository');
  });

  it.each([
    ['AccessDeniedException', /ecr:DescribeImages was not answered/],
    ['ImageNotFoundException', /would fail/],
    ['RepositoryNotFoundException', /would fail/],
  ])('is not seen when ECR answers %s', async (name, unseen) => {
    expect((await readImage(registry(refused(name)).ecr, service(`${REPOSITORY}:v1`), [])).unseen).toMatch(unseen);
  });

  it('is asked for again when ECR is busy', async () => {
    const { ecr } = registry(refused('ThrottlingException'));
    await expect(readImage(ecr, service(`${REPOSITORY}:v1`), [])).rejects.toThrow('no');
  });
});

describe('the image of the next deployment', () => {
  it('is asked for by its digest where that is pinned', async () => {
    const { ecr, asked } = registry(found);
    expect(await isImageThere(ecr, service(`${REPOSITORY}:v1@${DIGEST}`))).toMatchObject({ state: 'there' });
    expect(asked).toMatchObject([{ imageIds: [{ imageDigest: DIGEST }] }]);
  });
  it.each([
    ['ImageNotFoundException', 'gone'],
    ['RepositoryNotFoundException', 'gone'],
    ['AccessDeniedException', 'unknown'],
  ])('after %s it is %s', async (name, state) => {
    expect(await isImageThere(registry(refused(name)).ecr, service(`${REPOSITORY}:v1`))).toMatchObject({ state });
  });
  it('is not known of another registry', async () => {
    const { ecr, asked } = registry(found);
    expect(await isImageThere(ecr, service('public.ecr.aws/team/app:v1'))).toMatchObject({ state: 'unknown' });
    expect(asked).toEqual([]);
  });
  it('is not said to be gone when ECR was busy', async () => {
    const { ecr } = registry(refused('ThrottlingException'));
    await expect(isImageThere(ecr, service(`${REPOSITORY}:v1`))).rejects.toThrow('no');
  });
});
