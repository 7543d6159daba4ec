import { type Slack, SlackRefused } from '../client.ts';

const GROUP = /^S(?=[A-Z0-9]*\d)[A-Z0-9]{6,20}$/;

/**
 * Which of the groups among the approvers this user is in; whoever is named needs none. `unsure`: groups that could not be looked into; nobody counts
 * as a member of those. https://docs.slack.dev/reference/methods/usergroups.users.list
 */
export async function groupsOf(
  slack: Slack,
  user: string,
  approvers: readonly string[],
): Promise<{ memberOf: string[]; unsure: string[] }> {
  const memberOf: string[] = [];
  const unsure: string[] = [];
  if (approvers.includes(user)) return { memberOf, unsure };
  for (const usergroup of approvers.filter((approver) => GROUP.test(approver))) {
    try {
      const { users } = await slack.call('usergroups.users.list', { usergroup });
      if (Array.isArray(users) && users.includes(user)) memberOf.push(usergroup);
    } catch (error) {
      if (!(error instanceof SlackRefused)) throw error;
      unsure.push(`${usergroup} (${error.code})`);
    }
  }
  return { memberOf, unsure };
}
