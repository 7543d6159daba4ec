const START = /aws stepfunctions start-execution --region \S+ --state-machine-arn \S+ --input '(\{[^']*\})'/g;
const IN_THE_REPORT = 'the command in the report, which carries the environment that was asked for';
const UNDO = /(?<![/\w])reconnect undo ([\w-]{1,80})/g;

/** Commands for a shell, as whoever reads them on a phone can give them. What Slack cannot ask for is told where it stands. */
export const onPhone = (text: string): string =>
  text.replace(START, startInSlack).replace(UNDO, '`/reconnect undo $1`');

function startInSlack(command: string, input: string): string {
  try {
    const { service, mode, environment } = JSON.parse(input) as Readonly<Record<string, unknown>>;
    return environment === undefined ? `\`/reconnect ${mode} ${service}\`` : IN_THE_REPORT;
  } catch {
    return command;
  }
}
