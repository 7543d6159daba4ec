/** As Step Functions and DynamoDB count: bytes of JSON in UTF-8. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** A text of at most so many characters; one that was cut ends with an ellipsis. */
export const shorten = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;

/** The first of many names, and how many there are besides. */
export function fewOf(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => shorten(name, 60));
  const left = names.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

/** The first that fit together into so many bytes; one that is too large alone is left out. */
export function fill<T>(items: readonly T[], room: number): T[] {
  let left = room - 2;
  return items.filter((item) => {
    const size = bytesOf(item) + 1;
    if (size > left) return false;
    left -= size;
    return true;
  });
}
