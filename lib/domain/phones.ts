/** One capturing group: `split` keeps them at odd places. */
const DATE_OR_ADDRESS = /((?<!\d)\d{4}-\d{2}-\d{2}(?!\d)|(?<![\d+]|\d\.)\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d))/;

/** Digits with what may stand between the groups of a phone number. One run may hold several numbers. */
const RUN = /((?:%2B|\+)(?=[1-9]))?(\d[\d ().-]*)/gi;

/** With its country a number has 7 to 15 digits, without it is told from others from 10 on. */
const LONGEST = 15;

/** Leaves the last four digits of what counts like a phone number; also of longer rows, which are cards or ids. */
export const withoutPhones = (text: string): string =>
  text
    .split(DATE_OR_ADDRESS)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(RUN, cutRun)))
    .join('');

interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  readonly begins: boolean;
  readonly ends: boolean;
}

function cutRun(match: string, plus: string | undefined, run: string, offset: number, text: string): string {
  const groups = groupsOf(text, offset + match.length - run.length, run, plus !== undefined);
  let shown = '';
  let done = offset;
  for (let index = 0; index < groups.length; ) {
    const isInternational = plus !== undefined && index === 0;
    const phone = phoneAt(groups.slice(index, index + LONGEST + 2), isInternational);
    const [first, last] = [phone[0], phone.at(-1)];
    if (first && last) {
      shown += `${text.slice(done, isInternational ? offset : first.start)}…${digitsOf(phone).slice(-4)}`;
      done = last.end;
    }
    index += phone.length || 1;
  }
  return shown + text.slice(done, offset + match.length);
}

const digitsOf = (groups: readonly Group[]): string => groups.map(({ digits }) => digits).join('');

function groupsOf(text: string, offset: number, run: string, isInternational: boolean): Group[] {
  return [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => {
    const start = offset + index;
    const end = start + digits.length;
    return {
      digits,
      start,
      end,
      begins: (isInternational && index === 0) || !/[A-Za-z0-9.…-]/.test(text.charAt(start - 1)),
      ends: !/^(?:[\w-]|\.\d)/.test(text.slice(end, end + 2)),
    };
  });
}

/** The groups of the phone number that begins here: none if there is none. */
function phoneAt(groups: readonly Group[], isInternational: boolean): readonly Group[] {
  const least = isInternational ? 7 : 10;
  if (!groups[0]?.begins) return [];
  const card = groups.slice(0, 4);
  if (!isInternational && card.map(({ digits }) => digits.length).join() === '4,4,4,4') return card;
  let count = 0;
  for (let total = 0; count < groups.length; count++) {
    const next = groups[count]?.digits.length ?? 0;
    if (count > 0 && (total + next > LONGEST || isWhole(groups, count, total, isInternational))) break;
    total += next;
  }
  for (; count > 0; count--) {
    const phone = groups.slice(0, count);
    if (digitsOf(phone).length < least) return [];
    if (isInternational || phone.at(-1)?.ends) return phone;
  }
  return [];
}

/** Whether what follows is another number: a status, a size, a code. In doubt it is not: then less is shown. */
function isWhole(groups: readonly Group[], count: number, total: number, isInternational: boolean): boolean {
  const size = (index: number) => groups[index]?.digits.length ?? 0;
  if (isInternational && count === 1 && total >= 7) return true;
  if (total < 10) return false;
  if (groups[0]?.digits.startsWith('1')) return total >= 11;
  if (!isInternational) return size(count - 1) > 2 || size(count) > 2;
  return size(count - 1) > 4 || size(count) > 3 || (size(count) === 3 && size(count + 1) === 3);
}
