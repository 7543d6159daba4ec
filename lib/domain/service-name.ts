/*
 * What names a service: https://docs.aws.amazon.com/apprunner/latest/api/API_CreateService.html. Without imports: the
 * command line is read before anything else is.
 */

export const SERVICE =
  /^(?:[A-Za-z0-9][A-Za-z0-9_-]{3,39}|arn:aws[a-z-]*:apprunner:[a-z0-9-]+:\d{12}:service\/[A-Za-z0-9_-]+(?:\/[A-Za-z0-9]+)?)$/;
export const SERVICE_IS = 'must be the name (4 to 40 letters, digits, - and _) or the ARN of an App Runner service';
