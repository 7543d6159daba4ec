/** A piece of a text; with `href` it is an address, with `command` something to copy. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
  readonly command?: true;
}

/** What may stand in an address; anything else, such as a quote or a control character, ends it. */
const ADDRESS = /https:\/\/[\w\-.~:/?#[\]@!$&()*+,;=%]+/g;

/** A command stands at the end of its step. */
const COMMAND = /(?<=^|: )(?:aws [a-z0-9-]+ [a-z0-9-]+ --|aws logs tail |docker |reconnect )[^\n]+$/;

/** Cuts the https addresses and the command out of a text. */
export function pieces(text: string): Piece[] {
  const { 0: command, index } = COMMAND.exec(text) ?? { 0: '', index: text.length };
  return [...addresses(text.slice(0, index)), ...(command ? [{ text: command, command: true } as const] : [])];
}

/** No other scheme than https, and nobody's name before the host. */
function addresses(text: string): Piece[] {
  const cut: Piece[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = found.replace(/[.,;!?)\]]+$/, '');
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || url.username || url.password) continue;
    cut.push({ text: text.slice(end, index) }, { text: address, href: url.href });
    end = index + address.length;
  }
  return [...cut, { text: text.slice(end) }].filter((piece) => piece.text !== '');
}
