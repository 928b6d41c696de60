// A quick look at a CSV file: whether DuckDB may read it as it stands, and what can be seen of its columns on the way. It
// looks for everything that DuckDB would be lenient with, at the speed of memory: quotes, empty lines, empty fields at the
// end of a line (there could be one too many), bytes that are no text. Most large files have none of these.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from '#lib/documents/read.ts';
import { watchLines } from '#lib/sql/csv-growth.ts';
import { areNumbers, hasOddNumbers } from '#lib/sql/csv-numbers.ts';
import type { CsvLook, CsvShape, CsvTaste } from '#lib/sql/csv-shape.ts';
import { CHUNK_BYTES, hasByteOrderMark } from '#lib/sql/csv-structure.ts';

const COMMA = ',';
const LF = 0x0a;
/** Quotes, NUL bytes, and line ends of Windows. */
const MARKS = [0x22, 0, 0x0d];
/** So much of a file tells what the rest is worth looking for. */
const TASTE_BYTES = 128 * 1024;

/** Reads a file through; its hash is of what lies on the disk. @param asked see CsvLook */
export async function lookAtCsv(
  path: string,
  shape: CsvShape = {},
  { growing = [], numbers = [] }: Partial<CsvTaste> = {},
): Promise<CsvLook> {
  const { delimiter = COMMA, compression = 'none' } = shape;
  const digest = createHash('sha256');
  const watch = watchLines(growing, delimiter);
  // The line that a piece ends in goes before the next piece.
  const buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES + 1);
  let [isPlain, isFirst, kept, areSure] = [compression === 'none', true, 0, numbers.length > 0];
  const take = (begin: number, end: number): boolean => {
    const lines = buffer.subarray(begin, end);
    areSure &&= !hasOddNumbers(lines);
    return isUtf8(lines) && watch.take(buffer, begin, end);
  };
  const takePiece = (length: number): void => {
    const begin = isFirst ? buffer.subarray(0, length).indexOf(LF) + 1 : 0;
    const end = buffer.subarray(0, length).lastIndexOf(LF) + 1;
    isPlain =
      !(isFirst && !isPlainHeader(buffer.subarray(0, begin), delimiter)) &&
      length - end <= CHUNK_BYTES &&
      !MARKS.some(mark => buffer.subarray(kept, length).includes(mark)) &&
      take(begin, end);
    kept = isPlain ? length - end : 0;
    buffer.copyWithin(0, end, end + kept);
    isFirst = false;
  };
  await using file = await openFile(path);
  for (;;) {
    const { bytesRead } = await readInto(file, { buffer, at: kept, path });
    if (bytesRead === 0) break;
    digest.update(buffer.subarray(kept, kept + bytesRead));
    if (isPlain) takePiece(kept + bytesRead);
  }
  // A last line without an end.
  if (isPlain && kept > 0) {
    buffer[kept] = LF;
    isPlain = take(0, kept + 1);
  }
  return {
    digest: `sha256:${digest.digest('hex')}`,
    isPlain,
    growing: isPlain ? watch.growing() : [],
    numbers: isPlain && areSure ? numbers : [],
  };
}

/** What the first rows promise of some columns (from 0), for lookAtCsv to see of all rows, and for an engine to try. */
export async function tasteCsv(
  path: string,
  { delimiter = COMMA, compression = 'none' }: CsvShape,
  { growing, numbers }: CsvTaste,
): Promise<CsvTaste> {
  const nothing: CsvTaste = { growing: [], numbers: [] };
  if (compression !== 'none' || growing.length + numbers.length === 0) return nothing;
  await using file = await openFile(path);
  const buffer = Buffer.allocUnsafe(TASTE_BYTES);
  const { bytesRead } = await readInto(file, { buffer, at: 0, path });
  const bytes = buffer.subarray(0, bytesRead);
  const rows = bytes.subarray(bytes.indexOf(LF) + 1, bytes.lastIndexOf(LF) + 1);
  const watch = watchLines(growing, delimiter);
  if (MARKS.some(mark => bytes.includes(mark)) || !watch.take(rows, 0, rows.length)) return nothing;
  const areSure = !hasOddNumbers(rows);
  return {
    growing: watch.growing(),
    numbers: areSure ? areNumbers(rows.toString('latin1'), numbers, delimiter) : [],
  };
}

/** The header needs no closer look: it is there, and no piece alone is longer than it. */
function isPlainHeader(line: Buffer, delimiter: string): boolean {
  const isThere = line.length > 1 && !hasByteOrderMark(line) && isUtf8(line);
  return isThere && line[line.length - 2] !== delimiter.charCodeAt(0);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

interface Place {
  readonly buffer: Buffer;
  readonly at: number;
  readonly path: string;
}

async function readInto(file: FileHandle, { buffer, at, path }: Place) {
  try {
    return await file.read(buffer, at, Math.min(CHUNK_BYTES, buffer.length - at));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
