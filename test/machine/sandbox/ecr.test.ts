import { DescribeImagesCommand, type DescribeImagesCommandInput, ECRClient } from '@aws-sdk/client-ecr';
import { expect, it } from 'vitest';
import { ecrImage } from '../../../sandbox/build/apprunner.ts';
import { Random } from '../../../sandbox/random.ts';
import { type Box, sandboxOf } from './support.ts';

const NAME = 'weedgo-backend';

async function registryOf(scenario: string) {
  const box = await sandboxOf(scenario);
  const ecr = new ECRClient({ ...box.config, endpoint: box.sandbox.env.AWS_ENDPOINT_URL_ECR });
  const describe = (input: Partial<DescribeImagesCommandInput>) =>
    ecr.send(new DescribeImagesCommand({ repositoryName: NAME, ...input }));
  return { box, describe };
}

const deployedAt = ({ service }: Box) => Date.parse(service.operations[0]?.StartedAt ?? '');
const named = (name: string, message: RegExp) =>
  expect.objectContaining({ name, message: expect.stringMatching(message) });

it('says which image the tag of the service names, and when it was pushed', async () => {
  const { box, describe } = await registryOf('sms-fallback');
  expect(box.service.running.SourceConfiguration.ImageRepository?.ImageIdentifier).toBe(
    `123456789012.dkr.ecr.us-east-1.amazonaws.com/${NAME}:2.3.0`,
  );
  const { imageDetails: [image, ...more] = [] } = await describe({ imageIds: [{ imageTag: '2.3.0' }] });
  expect(more).toEqual([]);
  expect(image).toEqual({
    registryId: '123456789012',
    repositoryName: NAME,
    imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    imageTags: ['2.3.0'],
    imagePushedAt: expect.any(Date),
  });
  expect(image?.imagePushedAt?.getTime()).toBeLessThan(deployedAt(box));
});

it('shows the image that lost its tag, and the one that has it since the deployment', async () => {
  const { box, describe } = await registryOf('sms-fallback-tag-moved');
  const { imageDetails: [before, ...more] = [] } = await describe({ filter: { tagStatus: 'UNTAGGED' } });
  const { imageDetails: [now] = [] } = await describe({ imageIds: [{ imageTag: '2.3.0' }] });
  expect(more).toEqual([]);
  expect((await describe({ filter: { tagStatus: 'TAGGED' } })).imageDetails).toEqual([now]);
  expect(before?.imageTags).toBeUndefined();
  expect(before?.imageDigest).not.toBe(now?.imageDigest);
  expect(before?.imagePushedAt?.getTime()).toBeLessThan(deployedAt(box));
  expect(now?.imagePushedAt?.getTime()).toBeGreaterThan(deployedAt(box));
  expect((await describe({ imageIds: [{ imageDigest: before?.imageDigest }] })).imageDetails).toEqual([before]);
});

it('pages, each token for its own question', async () => {
  const { box, describe } = await registryOf('sms-fallback');
  const site = { account: box.sandbox.account, random: new Random(1), now: box.sandbox.clock.now() };
  for (const tag of ['2.3.1', '2.3.2']) ecrImage(site, `${NAME}:${tag}`);
  const first = await describe({ maxResults: 2 });
  const second = await describe({ maxResults: 2, nextToken: first.nextToken });
  const tags = [first, second].map(({ imageDetails = [] }) => imageDetails.flatMap(({ imageTags = [] }) => imageTags));
  expect(tags).toEqual([['2.3.0', '2.3.1'], ['2.3.2']]);
  expect(second.nextToken).toBeUndefined();
  await expect(describe({ maxResults: 1, nextToken: first.nextToken })).rejects.toThrow(
    named('InvalidParameterException', /token/i),
  );
});

it.each<[string, RegExp, Partial<DescribeImagesCommandInput>]>([
  ['RepositoryNotFoundException', /with name 'other' does not exist in the registry/, { repositoryName: 'other' }],
  ['RepositoryNotFoundException', /in the registry with id '999999999999'/, { registryId: '999999999999' }],
  ['ImageNotFoundException', /imageTag:'9\.9'} does not exist within/, { imageIds: [{ imageTag: '9.9' }] }],
  ['ImageNotFoundException', /sha256:00/, { imageIds: [{ imageDigest: 'sha256:00', imageTag: '2.3.0' }] }],
  ['InvalidParameterException', /digest or a tag/, { imageIds: [{}] }],
  ['InvalidParameterException', /is not a digest/, { imageIds: [{ imageDigest: '2.3.0' }] }],
  ['InvalidParameterException', /cannot be used/, { imageIds: [{ imageTag: '2.3.0' }], maxResults: 5 }],
  ['InvalidParameterException', /repositoryName/, { repositoryName: 'Not A Name' }],
  ['InvalidParameterException', /maxResults/, { maxResults: 1001 }],
])('refuses with %s: %s', async (name, message, input) => {
  const { describe } = await registryOf('sms-fallback');
  await expect(describe(input)).rejects.toThrow(named(name, message));
});
