import { type Command, InvalidArgumentError } from 'commander';
import { SERVICE, SERVICE_IS } from '../lib/domain/service-name.ts';

/* What may stand on the command line, and the sentence that says so. */

const MAX_SPEED = 1000;

export function speed(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 1 && value <= MAX_SPEED) return value;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_SPEED}.`);
}

export function service(text: string): string {
  if (SERVICE.test(text)) return text;
  throw new InvalidArgumentError(`It ${SERVICE_IS}.`);
}

export function stateMachine(text: string): string {
  if (/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[^:\s]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the ARN of a state machine.');
}

export function region(text: string): string {
  if (/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of a region, such as us-east-1.');
}

export function minutes(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1440) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1440.');
}

export function moment(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time such as 2026-11-20T03:30:00Z.');
  return new Date(at).toISOString();
}

export const ids = (text: string): string[] => text.split(',').filter(Boolean);
export const oneMore = (text: string, before: readonly string[] = []): string[] => [...before, text];

export const asOperator = (command: Command): Command =>
  command
    .option('--region <region>', 'as in the AWS CLI; of an ARN, its own', region)
    .option('--profile <name>', 'credentials, as in the AWS CLI');

/** The functions log as they do in Lambda; here they are told to use this process's console, which keeps their lines apart. */
export const prepare = (): void => {
  process.env.POWERTOOLS_DEV = 'true';
};
