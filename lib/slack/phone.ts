const START = /aws stepfunctions start-execution --region \S+ --state-machine-arn \S+ --input '(\{[^']*\})'/g;
const UNDO = /(?<![/\w])reconnect undo ([\w-]{1,80})/g;

/** Commands for a shell, as whoever reads them on a phone can give them. What Slack cannot ask for stays as it is. */
export const onPhone = (text: string): string =>
  text.replace(START, startInSlack).replace(UNDO, '`/reconnect undo $1`');

function startInSlack(command: string, input: string): string {
  try {
    const { service, mode, environment } = JSON.parse(input) as Readonly<Record<string, unknown>>;
    return environment === undefined ? `\`/reconnect ${mode} ${service}\`` : command;
  } catch {
    return command;
  }
}
