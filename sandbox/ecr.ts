import type { DescribeImagesRequest, ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Account, Repository } from './account.ts';
import type { Api } from './http/api.ts';
import { AwsError } from './http/errors.ts';
import type { Model } from './http/model.ts';
import { invalidToken, page, questionOf } from './http/paging.ts';
import model from './models/ecr.json' with { type: 'json' };

const PAGE = 100;
const DIGEST = /^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/;

type Image = Repository['images'][number];

const invalid = (message: string) => new AwsError('InvalidParameterException', message);

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
export function ecrApi(account: Account): Api {
  return {
    model: model as unknown as Model,
    codes: {
      type: 'SerializationException',
      missing: 'InvalidParameterException',
      constraint: 'InvalidParameterException',
    },
    operations: {
      DescribeImages: (input: DescribeImagesRequest) => {
        const { registryId = account.id, repositoryName = '', imageIds, maxResults, nextToken, filter } = input;
        const inRegistry = `in the registry with id '${registryId}'`;
        const repository = account.ecr.repositories.find(({ name }) => name === repositoryName);
        if (!repository || registryId !== account.id) {
          const message = `The repository with name '${repositoryName}' does not exist ${inRegistry}`;
          throw new AwsError('RepositoryNotFoundException', message);
        }
        if (imageIds && (maxResults !== undefined || nextToken !== undefined))
          throw invalid('maxResults and nextToken cannot be used when imageIds are specified');
        const named = imageIds?.map((id) => {
          const image = imageOf(repository, id);
          if (image) return image;
          const { imageDigest = 'null', imageTag = 'null' } = id;
          const which = `imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'}`;
          const where = `within the repository with name '${repositoryName}' ${inRegistry}`;
          throw new AwsError('ImageNotFoundException', `The image with ${which} does not exist ${where}`);
        });
        const tagged = { TAGGED: true, UNTAGGED: false, ANY: undefined }[filter?.tagStatus ?? 'ANY'];
        const wanted = [...new Set(named ?? repository.images)].filter(
          ({ tags }) => tagged === undefined || tags.length > 0 === tagged,
        );
        const { items, next } = page(wanted, {
          size: named ? undefined : (maxResults ?? PAGE),
          token: nextToken,
          question: questionOf('DescribeImages', { ...input }),
          invalid: invalidToken('InvalidParameterException', 'Invalid token: the next token is not valid'),
        });
        const imageDetails = items.map(({ digest, tags, pushedAt }) => ({
          registryId,
          repositoryName,
          imageDigest: digest,
          ...(tags.length > 0 && { imageTags: tags }),
          imagePushedAt: pushedAt,
        }));
        return { imageDetails, nextToken: next };
      },
    },
  };
}

/** Given both, the tag must stand on the image of that digest. */
function imageOf({ images }: Repository, { imageDigest, imageTag }: ImageIdentifier): Image | undefined {
  if (imageDigest === undefined && imageTag === undefined)
    throw invalid("Invalid parameter at 'imageIds': an image identifier needs a digest or a tag");
  if (imageDigest !== undefined && !DIGEST.test(imageDigest))
    throw invalid(`Invalid parameter at 'imageDigest': '${imageDigest}' is not a digest`);
  return images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) && (imageTag === undefined || tags.includes(imageTag)),
  );
}
