// Sees whether the values of a column of a plain CSV file grow from row to row, as keys often do: what stands in a strict
// order is different without being compared with all the rest. Two orders will do: of texts by their bytes, which is that
// of dates and of codes of one length, and of shorter before longer texts, which is that of whole numbers.

/** What is known of one column. */
interface Watched {
  /** From 0. */
  readonly column: number;
  byText: boolean;
  byLength: boolean;
  /** The value before; its bytes are the first of these. */
  last: Buffer;
  length: number;
}

export interface GrowthWatch {
  /** Takes the lines from `begin` to before `end`, which follows a line end, of a file without quotes. */
  lines(bytes: Buffer, begin: number, end: number): void;
  /** The columns in which every value stands after the one before; empty values do not count. */
  growing(): readonly number[];
}

const LF = 0x0a;

/** @param columns from 0 @param delimiter one ASCII character */
export function watchGrowth(columns: readonly number[], delimiter: string): GrowthWatch {
  const mark = delimiter.charCodeAt(0);
  let watched: readonly Watched[] = columns
    .toSorted((a, b) => a - b)
    .map(column => ({ column, byText: true, byLength: true, last: Buffer.alloc(64), length: 0 }));
  return {
    lines: (bytes, begin, end) => {
      let at = begin;
      while (at < end && watched.length > 0) {
        let [column, isStill] = [0, true];
        for (const one of watched) {
          for (; column < one.column; at++) {
            const byte = bytes[at];
            if (byte === mark) column++;
            // A line with too few fields: the closer look that it gets will say so.
            else if (byte === LF) break;
          }
          const from = at;
          for (let byte = bytes[at]; byte !== mark && byte !== LF; byte = bytes[at]) at++;
          isStill = take(one, bytes, from, at) && isStill;
        }
        at = bytes.indexOf(LF, at) + 1;
        if (!isStill) watched = watched.filter(one => one.byText || one.byLength);
      }
    },
    growing: () => watched.map(({ column }) => column),
  };
}

/** @returns false when the column does not grow any more */
function take(one: Watched, bytes: Buffer, from: number, to: number): boolean {
  const length = to - from;
  if (length === 0) return true;
  const { last } = one;
  const common = Math.min(length, one.length);
  let i = 0;
  while (i < common && bytes[from + i] === last[i]) i++;
  const isLonger = length > one.length;
  const isAfter = i === common ? isLonger : (bytes[from + i] ?? 0) > (last[i] ?? 0);
  if (!isAfter) one.byText = false;
  if (!(isLonger || (length === one.length && isAfter))) one.byLength = false;
  if (length > last.length) {
    one.last = Buffer.alloc(2 * length);
    i = 0;
  }
  for (; i < length; i++) one.last[i] = bytes[from + i] ?? 0;
  one.length = length;
  return one.byText || one.byLength;
}
