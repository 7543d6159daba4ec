/** The one key there is. */
export const ACCESS_KEY = 'AKIASANDBOXSANDBOX00';

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const SERVICE_IDS = [
  'APPRUNNER',
  'EC2',
  'ECR',
  'EVENTBRIDGE',
  'RDS',
  'CLOUDWATCH_LOGS',
  'SSM',
  'SECRETS_MANAGER',
  'SFN',
  'SNS',
  'SESV2',
  'LAMBDA',
  'STS',
];

/** What the SDK and the CLI need to talk to the sandbox and to nobody else. */
export const environment = (region: string, endpoint: string, dynamoDb: string): Record<string, string> => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: ACCESS_KEY,
  AWS_SECRET_ACCESS_KEY: 'sandbox-sandbox-sandbox-sandbox-sandbox0',
  AWS_SESSION_TOKEN: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  ...Object.fromEntries(SERVICE_IDS.map((id) => [`AWS_ENDPOINT_URL_${id}`, endpoint])),
});
