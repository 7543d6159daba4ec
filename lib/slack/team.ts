/** Whose workspace an interaction says it comes from. https://docs.slack.dev/reference/interaction-payloads */
interface Whence {
  readonly user?: { readonly team_id?: string };
  /** Null where the app is installed to a whole organisation. */
  readonly team?: { readonly id?: string } | null;
  readonly enterprise?: { readonly id?: string } | null;
  readonly view?: { readonly app_installed_team_id?: string };
}

/**
 * Whether a request comes from a person of another workspace: in a channel that is shared (Slack Connect) its people see
 * the buttons too. `own`: the workspace as the deployment was told. People of an Enterprise Grid may have the id of the
 * organisation instead. What a request does not say is not compared.
 */
export function isStranger(form: URLSearchParams, own?: string): boolean {
  const payload = form.get('payload');
  const { user, team, enterprise, view } = payload === null ? ofCommand(form) : ofInteraction(payload);
  const home = own ?? view?.app_installed_team_id ?? team?.id;
  if (home === undefined) return false;
  const isElsewhere = (id: string | undefined, ...homes: readonly (string | undefined)[]) =>
    id !== undefined && !homes.includes(id);
  return isElsewhere(team?.id, home) || isElsewhere(user?.team_id, home, enterprise?.id);
}

const ofCommand = (form: URLSearchParams): Whence => ({ team: { id: form.get('team_id') ?? undefined } });

/** What is no interaction says nothing: it is refused by whoever has to read the rest of it. */
function ofInteraction(payload: string): Whence {
  try {
    return (JSON.parse(payload) as Whence | null) ?? {};
  } catch {
    return {};
  }
}
