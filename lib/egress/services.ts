/*
 * Names of AWS services as VPC endpoints use them, and the hosts the SDKs use by default.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */

/** SES SMTP: STARTTLS 25, 587, 2587; TLS 465, 2465. https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html */
export const SMTP_PORTS: readonly number[] = [25, 465, 587, 2465, 2587];

const ALIASES: Record<string, string> = {
  ses: 'email',
  sesv2: 'email',
  cloudwatch: 'monitoring',
  stepfunctions: 'states',
};

/** `ses` is what people say, `email` is what AWS calls the SES API. */
export const canonicalService = (service: string): string => ALIASES[service.toLowerCase()] ?? service.toLowerCase();

const HOSTS: Record<string, string> = { 'ecr.api': 'api.ecr', 'sagemaker.runtime': 'runtime.sagemaker' };
const SERVICES = new Map(Object.entries(HOSTS).map(([service, host]) => [host, service]));
/** Their host names carry an account or an API, so that there is no default. */
const WITHOUT_DEFAULT_HOST = new Set(['ecr.dkr', 'execute-api']);
const GLOBAL = new Set(['iam', 'cloudfront', 'route53', 'organizations']);

const suffixOf = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** The host name an SDK uses for the service in the region; `undefined` where there is no such default. */
export function defaultHost(service: string, region: string): string | undefined {
  const name = canonicalService(service);
  if (WITHOUT_DEFAULT_HOST.has(name)) return undefined;
  if (GLOBAL.has(name)) return `${name}.${suffixOf(region)}`;
  return `${HOSTS[name] ?? name}.${region}.${suffixOf(region)}`;
}

const REGIONAL =
  /^(?:.+?\.)??((?:api\.ecr|dkr\.ecr|runtime\.sagemaker)|[a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;

/** The service behind a regional AWS host name, for example `bucket.s3.us-west-2.amazonaws.com`. */
export function serviceOfHost(host: string): { service: string; region?: string } | undefined {
  // Names for both families and for FIPS are names of the same service.
  const name = host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/(^|\.)dualstack\./, '$1')
    .replace(/-fips(?=\.)/, '');
  if (/^(?:.+\.)?s3\.amazonaws\.com$/.test(name)) return { service: 's3' };
  const match = REGIONAL.exec(name);
  if (!match?.[1] || !match[2]) return undefined;
  // Names of instances and clusters (`db.xyz.us-east-1.rds.amazonaws.com`) end otherwise and never come here.
  const service = match[1] === 'dkr.ecr' ? 'ecr.dkr' : (SERVICES.get(match[1]) ?? match[1]);
  return { service, region: match[2] };
}

const SERVICE_NAME = /^(?:[a-z]+\.)?com\.amazonaws\.([a-z]{2}(?:-[a-z]+)+-\d)\.(.+)$/;

/** Whether `com.amazonaws.<region>.<service>` (of an endpoint or a prefix list) is this service in this region, if that is known. */
export function isServiceName(serviceName: string | undefined, service: string, region: string | undefined): boolean {
  const match = SERVICE_NAME.exec(serviceName ?? '');
  return match !== null && match[2] === service && (region === undefined || match[1] === region);
}
