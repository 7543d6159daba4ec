import type { Purpose } from '../domain/request.ts';

const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where the run can be read: below RECONNECT_REPORT_URL where that is set, otherwise its execution in the console. */
export function reportLink(run: string, mode: Purpose | undefined): string | undefined {
  const prefix = process.env.RECONNECT_REPORT_URL;
  if (prefix) return `${prefix.replace(/\/$/, '')}/${encodeURIComponent(run)}`;
  const machine =
    mode === 'undo' ? process.env.RECONNECT_UNDO_STATE_MACHINE_ARN : process.env.RECONNECT_STATE_MACHINE_ARN;
  const [, partition = '', , region] = machine?.split(':') ?? [];
  const console = CONSOLES[partition];
  if (!machine || !console) return undefined;
  const execution = `${machine.replace(':stateMachine:', ':execution:')}:${run}`;
  return `https://${region}.${console}/states/home?region=${region}#/v2/executions/details/${encodeURIComponent(execution)}`;
}
