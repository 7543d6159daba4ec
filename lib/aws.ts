import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';

/*
 * Every client of the product, made once per process and only when first used. A bundle carries the clients that
 * its function names: each is a separate pure constant, so the others are shaken out.
 * Adaptive retries slow down when AWS throttles: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const made = new Map<() => unknown, unknown>();

export const lazy =
  <T>(make: () => T): (() => T) =>
  () => {
    if (!made.has(make)) made.set(make, make());
    return made.get(make) as T;
  };

/** Makes every client anew at its next use: for a process that turns to another account. */
export const forgetClients = (): void => made.clear();

/** Retries slow down when AWS throttles. */
export const patient = { retryMode: 'adaptive', maxAttempts: 5 } as const;

export const appRunner = /* @__PURE__ */ lazy(() => new AppRunnerClient(patient));
/** For what must not be sent twice: UpdateService has no client token, so a lost answer is not simply asked for again. */
export const appRunnerSingleTry = /* @__PURE__ */ lazy(() => new AppRunnerClient({ maxAttempts: 1 }));
export const ec2 = /* @__PURE__ */ lazy(() => new EC2Client(patient));
/** For what has no client token: every try of AllocateAddress makes one more, and a second AuthorizeSecurityGroupEgress is a duplicate. */
export const ec2SingleTry = /* @__PURE__ */ lazy(() => new EC2Client({ maxAttempts: 1 }));
export const ecr = /* @__PURE__ */ lazy(() => new ECRClient(patient));
export const rds = /* @__PURE__ */ lazy(() => new RDSClient(patient));
export const logs = /* @__PURE__ */ lazy(() => new CloudWatchLogsClient(patient));
export const ssm = /* @__PURE__ */ lazy(() => new SSMClient(patient));
export const secretsManager = /* @__PURE__ */ lazy(() => new SecretsManagerClient(patient));
export const stepFunctions = /* @__PURE__ */ lazy(() => new SFNClient(patient));
export const sns = /* @__PURE__ */ lazy(() => new SNSClient(patient));
export const ses = /* @__PURE__ */ lazy(() => new SESv2Client(patient));
export const lambda = /* @__PURE__ */ lazy(() => new LambdaClient(patient));
export const eventBridge = /* @__PURE__ */ lazy(() => new EventBridgeClient(patient));
