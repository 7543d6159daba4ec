/** A piece of a text; with `href` it is an address. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
}

/** What may stand in an address; anything else, such as a quote or a control character, ends it. */
const ADDRESS = /https:\/\/[\w\-.~:/?#[\]@!$&()*+,;=%]+/g;

/** Cuts the https addresses out of a text: no other scheme, and nobody's name before the host. */
export function pieces(text: string): Piece[] {
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
