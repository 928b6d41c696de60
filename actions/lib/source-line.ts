// The line of a file that an error is about, with a mark below the place, as compilers show it.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Location } from '#lib/errors.ts';

/** Enough for what people write by hand; of larger files only the beginning is looked at. */
const MOST_BYTES = 1024 * 1024;
const WIDTH = 100;
/** How much of a long line stands before the place. */
const BEFORE = 60;

/**
 * Two lines, or undefined when the file is data, is not there any more, is no longer what was read, or was not read from
 * here.
 */
export function showSourceLine({ file, line, column, revision, isData }: Location): string | undefined {
  if (line === undefined || column === undefined || revision !== undefined || isData) return undefined;
  const text = readLine(file, line);
  if (text === undefined || column > text.length + 1) return undefined;
  const start = text.length <= WIDTH ? 0 : Math.max(0, Math.min(column - 1 - BEFORE, text.length - WIDTH));
  const end = start + WIDTH;
  const head = start > 0 ? '...' : '';
  const tail = end < text.length ? '...' : '';
  const number = String(line);
  const before = head + seen(text.slice(start, column - 1));
  const shown = `${before}${seen(text.slice(column - 1, end))}${tail}`;
  return `  ${number} | ${shown}\n  ${' '.repeat(number.length)} | ${' '.repeat(Array.from(before).length)}^`;
}

function readLine(file: string, line: number): string | undefined {
  let open: number | undefined;
  try {
    open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(open).isFile()) return undefined;
    const bytes = Buffer.alloc(MOST_BYTES);
    const count = readSync(open, bytes, 0, MOST_BYTES, 0);
    const lines = bytes.subarray(0, count).toString('utf8').split(/\r?\n/u);
    return line < lines.length || count < MOST_BYTES ? lines[line - 1] : undefined;
  } catch {
    return undefined;
  } finally {
    if (open !== undefined) closeSync(open);
  }
}

/** One visible character for each that is not, so that the mark below stays at its place. */
function seen(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu,
    character => {
      const code = character.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
    },
  );
}
