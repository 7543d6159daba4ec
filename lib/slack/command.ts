import { nearest } from '../nearest.ts';

/** What `/reconnect` understands, and what each verb takes. */
const USAGE = {
  help: { takes: '', does: 'this list' },
  list: { takes: '', does: 'the services that have a profile' },
  diagnose: { takes: '<service>', does: 'find out why it cannot reach what it depends on; changes nothing' },
  plan: { takes: '<service>', does: 'diagnose, and show what a repair would do and cost; changes nothing' },
  repair: { takes: '<service> [reason]', does: 'plan, have it approved by somebody else, repair, prove it' },
  status: { takes: '[service]', does: 'who works on it, and how the last run ended' },
  undo: { takes: '<run>', does: 'take a finished repair back' },
} as const;

export type Verb = keyof typeof USAGE;
const VERBS = Object.keys(USAGE) as Verb[];
const LONGEST_REASON = 500;

export type Command =
  | { readonly verb: 'help' | 'list' }
  | { readonly verb: 'diagnose' | 'plan'; readonly service: string }
  | { readonly verb: 'repair'; readonly service: string; readonly reason?: string }
  | { readonly verb: 'status'; readonly service?: string }
  | { readonly verb: 'undo'; readonly run: string };

export interface Mistake {
  /** In a sentence, with the nearest right command. */
  readonly mistake: string;
}

const usage = (verb: Verb): string => `/reconnect ${verb} ${USAGE[verb].takes}`.trim();

export const HELP = [
  '*reconnect* finds out why a service cannot reach what it depends on, and repairs it.',
  ...VERBS.map((verb) => `• \`${escaped(usage(verb))}\` – ${USAGE[verb].does}`),
].join('\n');

/** Reads what stands behind `/reconnect`. An empty text asks for help. */
export function parseCommand(text: string): Command | Mistake {
  const [typed = 'help', ...rest] = unescaped(text).trim().split(/\s+/).filter(Boolean).map(bare).filter(Boolean);
  const verb = VERBS.find((one) => one === typed.toLowerCase());
  if (!verb) return { mistake: unknownVerb(typed, rest) };
  const [first, ...others] = rest;
  if (verb === 'help') return { verb };
  if (verb === 'list') return first === undefined ? { verb } : { mistake: tooMuch(verb, first) };
  if (verb === 'status' && first === undefined) return { verb };
  if (first === undefined) {
    return { mistake: `Which ${verb === 'undo' ? 'run' : 'service'}? ${code(usage(verb))}` };
  }
  if (verb === 'repair') return repair(first, others.join(' '));
  if (others.length > 0) return { mistake: tooMuch(verb, first) };
  if (verb !== 'undo') return { verb, service: first };
  return /^[0-9A-Za-z_-]{1,80}$/.test(first)
    ? { verb, run: first }
    : { mistake: `${code(first)} is not the name of a run: it is in the message and in the report of the run.` };
}

function repair(service: string, reason: string): Command | Mistake {
  if (reason.length > LONGEST_REASON) return { mistake: `Give a reason of at most ${LONGEST_REASON} characters.` };
  return { verb: 'repair', service, ...(reason && { reason }) };
}

/** What to say of a service that nobody cares for; the nearest one is offered in the command that was meant. */
export function unknownService(command: { verb: Verb; service: string }, services: readonly string[]): string {
  const meant = nearest(command.service, services);
  const known = services.slice(0, 20).map(code).join(', ');
  const more = services.length > 20 ? ` and ${services.length - 20} more` : '';
  return [
    `No profile is stored for ${code(command.service)}.`,
    meant === undefined ? '' : `Did you mean ${code(`/reconnect ${command.verb} ${meant}`)}?`,
    services.length === 0 ? 'No service has a profile yet.' : `Services with a profile: ${known}${more}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function unknownVerb(typed: string, rest: readonly string[]): string {
  const meant = nearest(typed, VERBS);
  if (meant === undefined) return `I do not know ${code(typed)}.\n${HELP}`;
  const { takes } = USAGE[meant as Verb];
  const whole = rest.length > 0 && takes ? `/reconnect ${meant} ${rest.join(' ')}` : usage(meant as Verb);
  return `I do not know ${code(typed)}. Did you mean ${code(whole)}?`;
}

const tooMuch = (verb: Verb, first: string): string =>
  `That is more than ${code(verb)} takes. Did you mean ${code(USAGE[verb].takes ? `/reconnect ${verb} ${first}` : usage(verb))}?`;

/** Slack escapes three signs, and people copy names together with the marks around them. */
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const bare = (word: string) => word.replace(/^[`"'“”‘’]+|[`"'“”‘’]+$/g, '');

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const code = (text: string) => `\`${escaped(text.replaceAll('`', "'").slice(0, 200))}\``;
