import { type Guide, list, reasonsOf } from './guide.ts';

/* What lies in the code and the image of the service. */

export const eventLoopBlocked: Guide = ({ service }, subjects) => ({
  title: 'Move the blocking call out of the event loop, and deploy the fixed image',
  minutes: 120,
  redeploys: true,
  security: 'nothing is opened',
  reversible: true,
  steps: [
    `find the call that blocks while ${list(subjects)} is answered: a synchronous client in an asynchronous handler`,
    'run it in a thread, and give it a time-out of its own that is shorter than the one of the request; in Python: https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread',
    `build the image under a tag of its own, set ${service.name} to it, and deploy`,
  ],
});

export const deploymentFailed: Guide = (basis, subjects) => ({
  title: 'Find out why the last deployment failed',
  minutes: 30,
  redeploys: true,
  security: 'nothing is opened',
  reversible: true,
  steps: [
    ...reasonsOf(basis, subjects, 'deployment'),
    `read the service log: aws logs tail /aws/apprunner/${basis.service.name}/${basis.service.id}/service --since 1d (https://docs.aws.amazon.com/apprunner/latest/dg/monitor-cwl.html)`,
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
