import { placeOf } from '../../domain/start-command.ts';
import { parseReference } from '../../target/references.ts';
import type { Basis } from '../remedy.ts';
import { askFor, type Guide, list, proveIt, redeployBy } from './guide.ts';

/* What only the owner of an account at a provider can do. */

/** How a token is made and promoted in the console, and what that does to the old one. */
const AUTH_TOKENS = 'https://help.twilio.com/hc/en-us/articles/223136027-Auth-Tokens-and-How-to-Change-Them';
const API_KEYS = 'https://www.twilio.com/docs/iam/api-keys';
const UPDATE_SECRET = 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_update-secret-value.html';

/** How to see what a variable refers to without seeing a value. */
const lookUp = ({ service, configuration }: Basis, name: string): string => {
  const holder = /^https?:/.test(configuration.source)
    ? 'CodeRepository.CodeConfiguration.CodeConfigurationValues'
    : 'ImageRepository.ImageConfiguration';
  const { region } = placeOf(service.arn);
  return `aws apprunner describe-service --region ${region} --service-arn ${service.arn} --query Service.SourceConfiguration.${holder}.RuntimeEnvironmentSecrets.${name} --output text`;
};

/** The request goes before the service: that is what the run sets it to. */
const whereKept = ({ wanted, keptIn }: Basis, name: string): string | undefined =>
  wanted.secrets[name] ?? keptIn?.[name];

/** The commands that put a new value where the old one is kept. */
function overwrite(basis: Basis, name: string, reference: string): string[] {
  const { region } = placeOf(basis.service.arn);
  const kept = parseReference(reference);
  if (kept.kind === 'parameter') {
    return [
      `put the new value into the parameter that ${name} refers to: aws ssm put-parameter --region ${region} --name ${kept.name} --type SecureString --overwrite --value '<the new value>'`,
    ];
  }
  const { id, jsonKey, versionId, versionStage } = kept;
  const put = (value: string) =>
    `aws secretsmanager put-secret-value --region ${region} --secret-id ${id} --secret-string '${value}'`;
  const steps = jsonKey
    ? [
        `${name} refers to the key ${jsonKey} of a secret that holds JSON; read all of it, where nobody looks over your shoulder: aws secretsmanager get-secret-value --region ${region} --secret-id ${id} --query SecretString --output text`,
        `write the JSON back whole, with only ${jsonKey} changed, because what you leave out is lost: ${put(`{"${jsonKey}":"<the new value>", <every other key as it was>}`)}`,
      ]
    : [`put the new value into the secret that ${name} refers to: ${put('<the new value>')}`];
  const pinned = versionId ?? versionStage;
  const loose = jsonKey ? `${id}:${jsonKey}::` : id;
  return pinned && pinned !== 'AWSCURRENT'
    ? [
        ...steps,
        `${name} refers to the version ${pinned}, which stays as it is; let it refer to the current one. ${askFor(basis, { secrets: { [name]: loose } })}`,
      ]
    : steps;
}

function storeNewValue(basis: Basis, name: string): string[] {
  const { configuration } = basis;
  if (configuration.secretNames.includes(name)) {
    const reference = whereKept(basis, name);
    if (reference) return [...overwrite(basis, name, reference), ...redeployBy(basis)];
    return [
      `see which secret ${name} refers to: ${lookUp(basis, name)}`,
      `put the new value into it; if the answer ends in :<key>::, the secret holds JSON, which has to be written whole (${UPDATE_SECRET}): aws secretsmanager put-secret-value --region ${placeOf(basis.service.arn).region} --secret-id '<ARN of the secret>' --secret-string '<the new value>'`,
      ...redeployBy(basis),
    ];
  }
  const plain = configuration.environmentNames.includes(name) ? `; today ${name} stands in plain text` : '';
  return [
    `store the new value as a secret, never as a variable${plain}: aws secretsmanager create-secret --region ${placeOf(basis.service.arn).region} --name ${basis.service.name}/${name} --secret-string '<the new value>'`,
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
  const rotate = !twilio
    ? 'create new credentials in the console of the provider that rejects the old ones'
    : twilio.apiKeySid
      ? `in the Twilio Console, Account → API keys & tokens, create an API key, and note its SID and secret: ${API_KEYS}`
      : `in the Twilio Console, Account → API keys & tokens, see whether the primary auth token was changed: then that is the new value; otherwise request a secondary token, which works beside the primary: ${AUTH_TOKENS}`;
  const retire = !twilio
    ? 'when the service works with the new value, revoke the old credentials'
    : twilio.apiKeySid
      ? `when the service works with the new value, delete the old API key: ${API_KEYS}`
      : `when the service works with the new value, and only then: promote the secondary token, if you requested one; that deletes the old primary at once: ${AUTH_TOKENS}`;
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
            ...redeployBy(basis),
          ]),
      retire,
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

export const providerSuspended: Guide = (basis, subjects) => ({
  title: `Settle the suspended account with the provider (${list(subjects)})`,
  minutes: 60,
  redeploys: false,
  security: 'nothing changes in AWS',
  reversible: true,
  steps: [
    'look at balance, terms of service and parent account in the console of the provider; for Twilio: https://www.twilio.com/docs/api/errors/10001',
    'pay or settle it; Twilio takes 5 to 10 minutes to open the account again',
    `nothing needs to be deployed; ${proveIt(basis)}`,
  ],
});
