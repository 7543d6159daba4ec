/** How many letters have to be changed, added, left out or swapped with their neighbour to make one word of the other. */
export function distance(a: string, b: string): number {
  const row = (i: number) => rows[i] as number[];
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row(i)[j] = Math.min(
        (row(i - 1)[j] as number) + 1,
        (row(i)[j - 1] as number) + 1,
        (row(i - 1)[j - 1] as number) + same,
        swapped ? (row(i - 2)[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return row(a.length)[b.length] as number;
}

const LONGEST = 64;

/** The one of `names` that was most likely meant; undefined when none is near: half of it would have to change. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const meant = word.slice(0, LONGEST).toLowerCase();
  const [best] = names
    .map((name) => ({ name, away: awayFrom(meant, name.toLowerCase()) }))
    .sort((a, b) => a.away - b.away || a.name.localeCompare(b.name));
  return best && best.away <= Math.max(2, Math.floor(best.name.length / 2)) ? best.name : undefined;
}

/** A beginning is as good as a slip of the finger. */
const awayFrom = (word: string, name: string): number =>
  word.length > 1 && name.startsWith(word) ? 1 : distance(word, name);
