import { placeOf } from '../../domain/start-command.ts';
import { inEcr } from '../../target/image.ts';
import type { Basis } from '../remedy.ts';
import { type Guide, list, proveIt, reasonsOf } from './guide.ts';

/* What lies in the code and the image of the service. */

export const eventLoopBlocked: Guide = (basis, subjects) => {
  const probes = basis.profile.probes.filter(({ name }) => subjects.includes(name));
  const doors = probes.map(({ method, path }) => `${method} ${path}`);
  const most = Math.min(
    ...probes.map(({ acceptUnderSeconds, timeoutSeconds }) => acceptUnderSeconds ?? timeoutSeconds),
  );
  const below = Number.isFinite(most) ? ` of less than ${most} s, which is what the probe waits` : '';
  return {
    title: 'Move the blocking call out of the event loop, and deploy the fixed image',
    minutes: 120,
    redeploys: true,
    security: 'nothing is opened',
    reversible: true,
    steps: [
      `in the handler of ${list(doors) || list(subjects)}, find the client that is synchronous although the handler is asynchronous, for example requests or the Twilio client in an async def`,
      'run that call in a thread, such as await asyncio.to_thread(client.send, …): https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread',
      `give it an explicit time-out${below}, such as requests.post(…, timeout=10) or Client(…, http_client=TwilioHttpClient(timeout=10))`,
      ...deployFixed(basis),
    ],
  };
};

/** What runs keeps a tag of its own, or there would be no way back to it. */
function deployFixed(basis: Basis): string[] {
  const { service, configuration } = basis;
  const { region } = placeOf(service.arn);
  const deploy = `aws apprunner start-deployment --region ${region} --service-arn ${service.arn}`;
  const { registry, region: home, repository, tag = 'latest', digest } = inEcr(configuration.source) ?? {};
  if (!repository || digest) {
    const built = repository ? 'build and push the fixed image' : `put the fix where ${configuration.source} is built`;
    const moved = digest ? `, and set ${service.name} to its digest in the App Runner console` : '';
    return [`${built}${moved}`, `deploy, unless that did it by itself: ${deploy}`, proveIt(basis)];
  }
  const ecr = `--registry-id ${registry} --region ${home} --repository-name ${repository}`;
  const host = configuration.source.split('/')[0];
  return [
    `keep a way back to the image that ${tag} names now: aws ecr put-image ${ecr} --image-tag before-the-fix --image-manifest "$(aws ecr batch-get-image ${ecr} --image-ids imageTag=${tag} --query 'images[0].imageManifest' --output text)"`,
    `log in to the registry: aws ecr get-login-password --region ${home} | docker login --username AWS --password-stdin ${host}`,
    `build and push the fixed image under the same tag: docker build -t ${configuration.source} . && docker push ${configuration.source}`,
    `deploy it: ${deploy}`,
    proveIt(basis),
  ];
}

export const deploymentFailed: Guide = (basis, subjects) => ({
  title: 'Find out why the last deployment failed',
  minutes: 30,
  redeploys: true,
  security: 'nothing is opened',
  reversible: true,
  steps: [
    ...reasonsOf(basis, subjects, 'deployment'),
    `read the service log: aws logs tail --region ${placeOf(basis.service.arn).region} /aws/apprunner/${basis.service.name}/${basis.service.id}/service --since 1d`,
    'correct what it names; the same deployment again would fail again',
    'deploy what worked last, if it must be quick',
  ],
});

/** Only where it is set to another image: the same image again is for a remedy. */
export const otherImage: Guide = (basis) => {
  const { service, configuration, profile, diagnosis } = basis;
  const expected = profile.deployment?.image;
  const isOther = diagnosis.findings.some(({ id, status }) => id === 'deployment:image' && status === 'broken');
  if (!expected || !isOther) return undefined;
  return {
    title: `Deploy ${expected}`,
    minutes: 15,
    redeploys: true,
    security: 'other code runs afterwards',
    reversible: true,
    steps: [
      `${service.name} is set to ${configuration.source}, the profile expects ${expected}: find out which of them is right`,
      'change the image in the App Runner console under Configuration, Source and deployment; a call of UpdateService must send the whole source configuration back, or the environment is lost: https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html',
    ],
  };
};
