/** The resources a Task may name: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html */
export type ResourceKind = 'function' | 'invoke' | 'invoke.waitForTaskToken' | 'startExecution.sync:2';

const INTEGRATIONS: Record<string, ResourceKind> = {
  'arn:aws:states:::lambda:invoke': 'invoke',
  'arn:aws:states:::lambda:invoke.waitForTaskToken': 'invoke.waitForTaskToken',
  'arn:aws:states:::states:startExecution.sync:2': 'startExecution.sync:2',
};

export function resourceKind(resource: string): ResourceKind | undefined {
  return /^arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(resource)
    ? 'function'
    : INTEGRATIONS[resource];
}
