import { createHash } from 'node:crypto';
import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { CHANGE_TAG, RUN_TAG, SERVICE_TAG } from '../../domain/marks.ts';

export interface Mark {
  readonly run: string;
  readonly service: string;
  /** The id of the change. */
  readonly id: string;
}

export const tagsOf = ({ run, service, id }: Mark): Tag[] => [
  { Key: RUN_TAG, Value: run },
  { Key: SERVICE_TAG, Value: service },
  { Key: CHANGE_TAG, Value: id },
];

export const tagged = (type: ResourceType, mark: Mark): TagSpecification[] => [
  { ResourceType: type, Tags: tagsOf(mark) },
];

/** Finds what a change made, by its tags. */
export const filtersFor = ({ run, id }: Pick<Mark, 'run' | 'id'>) => [
  { Name: `tag:${RUN_TAG}`, Values: [run] },
  { Name: `tag:${CHANGE_TAG}`, Values: [id] },
];

/** The same for each try of the same change, 64 characters, the most EC2 takes: AWS makes nothing twice under it. */
export const clientToken = (run: string, id: string): string =>
  createHash('sha256').update(`${run} ${id}`).digest('hex');
