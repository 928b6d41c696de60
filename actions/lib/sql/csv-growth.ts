// Goes through the lines of a plain CSV file and sees whether the values of some columns grow from row to row, as keys often
// do: what stands in a strict order is different without being compared with all the rest. Two orders will do: of texts by
// their bytes, which is that of dates and of codes of one length, and of shorter before longer texts, which is that of whole
// numbers.

/** What is known of one column. */
interface Watched {
  /** From 0. */
  readonly column: number;
  byText: boolean;
  byLength: boolean;
  /** Where the value before stands. */
  last: Bytes;
  from: number;
  length: number;
}

/** Bytes, and how four of them are read at once. */
interface Bytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export interface LineWatch {
  /**
   * Takes the lines from `begin` to before `end`, which follows a line end, of a file without quotes.
   * @returns false where a line is empty or ends with an empty field; nothing is known of its columns then
   */
  take(bytes: Buffer, begin: number, end: number): boolean;
  /** The columns in which every value stands after the one before; empty values do not count. */
  growing(): readonly number[];
}

const LF = 0x0a;

/** @param columns from 0 @param delimiter one ASCII character */
export function watchLines(columns: readonly number[], delimiter: string): LineWatch {
  const mark = delimiter.charCodeAt(0);
  let watched: readonly Watched[] = columns
    .toSorted((a, b) => a - b)
    .map(column => ({
      ...{ column, byText: true, byLength: true, last: bytesOf(Buffer.alloc(0)), from: 0, length: 0 },
    }));
  return {
    take: (buffer, begin, end) => {
      const here = bytesOf(buffer);
      const { bytes } = here;
      let at = begin;
      while (at < end) {
        const start = at;
        let [column, isStill] = [0, true];
        for (const one of watched) {
          for (; column < one.column; at++) {
            const byte = bytes[at];
            if (byte === mark) column++;
            // A line with too few fields: the closer look that it gets will say so.
            else if (byte === LF) break;
          }
          at = compare(one, here, at, mark);
          isStill &&= one.byText || one.byLength;
        }
        at = bytes.indexOf(LF, at);
        if (at === start || bytes[at - 1] === mark) return false;
        at++;
        if (!isStill) watched = watched.filter(one => one.byText || one.byLength);
      }
      for (const one of watched) keep(one);
      return true;
    },
    growing: () => watched.map(({ column }) => column),
  };
}

function bytesOf(bytes: Uint8Array): Bytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** @returns where the value ends */
function compare(one: Watched, here: Bytes, from: number, mark: number): number {
  const { bytes, view } = here;
  const { last, from: before, length: common } = one;
  // What is as in the value before holds no end of a value.
  let i = 0;
  const most = Math.min(common, bytes.length - from) - 4;
  while (i <= most && view.getUint32(from + i) === last.view.getUint32(before + i)) i += 4;
  while (i < common && bytes[from + i] === last.bytes[before + i]) i++;
  let at = from + i;
  for (let byte = bytes[at]; byte !== mark && byte !== LF; byte = bytes[at]) at++;
  const length = at - from;
  if (length === 0) return at;
  const isAfter =
    i === common ? length > common : i < length && (bytes[from + i] ?? 0) > (last.bytes[before + i] ?? 0);
  if (!isAfter) one.byText = false;
  if (!(length > common || (length === common && isAfter))) one.byLength = false;
  if (one.last !== here) one.last = here;
  one.from = from;
  one.length = length;
  return at;
}

/** The bytes that a value stands in are about to become others. */
function keep(one: Watched): void {
  const { bytes } = one.last;
  one.last = bytesOf(Buffer.from(bytes.subarray(one.from, one.from + one.length)));
  one.from = 0;
}
