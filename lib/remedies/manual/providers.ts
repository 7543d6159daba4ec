import type { Basis } from '../remedy.ts';
import { askFor, type Guide, list, redeployBy } from './guide.ts';

/* What only the owner of an account at a provider can do. */

const UPDATE_SECRET = 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_update-secret-value.html';

/** How to see what a variable refers to without seeing a value. */
const lookUp = ({ service, configuration }: Basis, name: string): string => {
  const holder = /^https?:/.test(configuration.source)
    ? 'CodeRepository.CodeConfiguration.CodeConfigurationValues'
    : 'ImageRepository.ImageConfiguration';
  return `aws apprunner describe-service --service-arn ${service.arn} --query Service.SourceConfiguration.${holder}.RuntimeEnvironmentSecrets.${name} --output text`;
};

function storeNewValue(basis: Basis, name: string): string[] {
  const { configuration, wanted } = basis;
  if (configuration.secretNames.includes(name)) {
    const known = wanted.secrets[name];
    const where = known ?? `the secret that ${name} refers to (${lookUp(basis, name)})`;
    return [`put the new value into ${where}: ${UPDATE_SECRET}`, redeployBy(basis)];
  }
  const plain = configuration.environmentNames.includes(name) ? `; today ${name} stands in plain text` : '';
  return [
    `store the new value as a secret in Secrets Manager, never as a variable${plain}: ${UPDATE_SECRET}`,
    askFor(basis, { secrets: { [name]: '<ARN of the secret>' } }),
  ];
}

/** Another provider may be the one that rejects them. */
const isTwilio = ({ diagnosis: { causes } }: Basis): boolean =>
  causes.some(
    ({ cause, subject, because }) => cause === 'credentials-rejected' && /twilio/i.test(`${subject} ${because}`),
  );

export const credentialsRejected: Guide = (basis) => {
  const twilio = isTwilio(basis) ? basis.profile.providers?.twilio : undefined;
  const rotate = twilio
    ? `in the Twilio Console, Account → API keys & tokens, create a new ${twilio.apiKeySid ? 'API key' : 'auth token'}: https://www.twilio.com/docs/api/errors/20003`
    : 'create new credentials in the console of the provider that rejects the old ones';
  return {
    title: `Rotate the rejected credentials${twilio ? ` (${twilio.authToken})` : ''}`,
    minutes: 20,
    redeploys: true,
    security: 'the old credentials should be revoked once the new ones work',
    reversible: false,
    steps: [
      rotate,
      ...(twilio?.apiKeySid ? [askFor(basis, { variables: { [twilio.apiKeySid]: '<SID of the new API key>' } })] : []),
      ...(twilio
        ? storeNewValue(basis, twilio.authToken)
        : [
            `put them into the secret or variable that ${basis.service.name} reads them from: ${UPDATE_SECRET}`,
            redeployBy(basis),
          ]),
      'revoke the old credentials',
    ],
  };
};

export const providerResourceMissing: Guide = (basis, subjects) => {
  const name = basis.profile.providers?.twilio?.verifyServiceSid;
  if (!name) {
    return {
      title: `Create what is missing at the provider (${list(subjects)})`,
      minutes: 20,
      redeploys: true,
      security: 'nothing changes in AWS',
      reversible: true,
      steps: [
        'create the resource at the provider again',
        askFor(basis, { variables: { '<name of the variable with its id>': '<the new id>' } }),
      ],
    };
  }
  const kind: Record<string, Record<string, string>> = basis.configuration.secretNames.includes(name)
    ? { secrets: { [name]: '<ARN of the secret with the new SID>' } }
    : { variables: { [name]: '<the new SID, VA…>' } };
  return {
    title: `Create a Verify service, and set ${name} to its SID`,
    minutes: 20,
    redeploys: true,
    security: 'nothing changes in AWS but one variable',
    reversible: true,
    steps: ['create a Verify service and note its SID: https://www.twilio.com/docs/verify/api', askFor(basis, kind)],
  };
};

export const providerSuspended: Guide = (_, subjects) => ({
  title: `Settle the suspended account with the provider (${list(subjects)})`,
  minutes: 60,
  redeploys: false,
  security: 'nothing changes in AWS',
  reversible: true,
  steps: [
    'look at balance, terms of service and parent account in the console of the provider; for Twilio: https://www.twilio.com/docs/api/errors/10001',
    'pay or settle it; Twilio takes 5 to 10 minutes to open the account again',
    'diagnose again: nothing needs to be deployed',
  ],
});
