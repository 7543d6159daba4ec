/** The code of AWS's answer. */
export const codeOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** What was asked about is not there (any more). https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export const isGone = (error: unknown): boolean => /^Invalid\w+\.NotFound$/.test(codeOf(error));

const THROTTLED = /Throttl|RequestLimitExceeded|TooManyRequests/;
const PASSING = /RequestTimeout|RequestExpired/;

/** AWS did not even begin with what it was asked. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html */
export const isThrottled = (error: unknown): boolean => THROTTLED.test(codeOf(error));

/** AWS understood and said no: asking again does not help. The SDK calls every error of EC2 one of the client's. */
export function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || isThrottled(error) || PASSING.test(error.name) || !('$metadata' in error))
    return false;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode !== undefined && httpStatusCode >= 400 && httpStatusCode < 500;
}
