import * as z from 'zod/mini';
import { Profile } from './profile.ts';

/**
 * The profile as JSON Schema (draft 2020-12), for editors. What a schema cannot say (one of host, address, aws, rds; no
 * phone numbers) is checked when the profile is read.
 */
export const profileJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(Profile, { io: 'input' }),
  title: 'reconnect profile',
  description:
    'What the owner of an App Runner service declares about it. Stored as SSM parameter /reconnect/services/<name>.',
});
