// Whole records of a CSV file at about the speed of memory: as long as they are sound, nothing but delimiters, quotes and
// line ends matters. It stops at the first record that is not, for the state machine to look at closely.
import { isUtf8 } from 'node:buffer';
import { type CsvScan, scanByte, type TallRow } from '#lib/sql/csv-scanner.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Takes the next bytes of the file. @throws ConfigurationError with line and column where they are not CSV. */
export function scanChunk(scan: CsvScan, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    if (isBetweenRecords(scan)) at += scanRecords(scan, bytes.subarray(at, bytes.lastIndexOf(LF) + 1));
    // What is left is the beginning of a record, or one that is not sound.
    do {
      if (at < bytes.length) scanByte(scan, bytes[at++] ?? 0);
    } while (at < bytes.length && !isBetweenRecords(scan));
  }
}

function isBetweenRecords({ headerLines, column, recordBytes, blankLine }: CsvScan): boolean {
  return headerLines > 0 && column === 0 && recordBytes === 0 && blankLine === 0;
}

/** Takes whole records as long as they are sound. @returns their bytes */
function scanRecords(scan: CsvScan, bytes: Buffer): number {
  if (bytes.length === 0 || bytes.includes(0) || !isUtf8(bytes)) return 0;
  const { delimiter, header } = scan;
  const columns = header.length;
  const isCrLf = scan.ending === 'CRLF';
  const tall: TallRow[] = [];
  let [begin, fields, rows, lines, tallLines] = [0, 1, 0, 0, 0];
  const marks = markTable(delimiter);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (marks[byte] === 0) continue;
    if (byte === delimiter) fields++;
    else if (byte === LF) {
      if ((at > begin && bytes[at - 1] === CR) !== isCrLf || fields !== columns) break;
      if (tallLines > 0) tall.push({ row: scan.rows + rows, extraLines: tallLines });
      rows++;
      lines += 1 + tallLines;
      begin = at + 1;
      fields = 1;
      tallLines = 0;
    } else if (byte === QUOTE) {
      if (at !== begin && bytes[at - 1] !== delimiter) break;
      const close = findClose(bytes, at);
      const next = bytes[close + 1];
      if (close < 0 || (next !== delimiter && next !== LF && next !== CR)) break;
      tallLines += countLines(bytes, at, close);
      at = close;
    } else if (byte === CR && bytes[at + 1] !== LF) break;
  }
  scan.tallRows.push(...tall);
  scan.rows += rows;
  scan.line += lines;
  scan.recordLine = scan.line;
  return begin;
}

/** 1 for the bytes that mean something. */
function markTable(delimiter: number): Uint8Array {
  const marks = new Uint8Array(256);
  for (const byte of [delimiter, QUOTE, LF, CR]) marks[byte] = 1;
  return marks;
}

/** The quote that ends a field; -1 where none does. */
function findClose(bytes: Buffer, open: number): number {
  let close = bytes.indexOf(QUOTE, open + 1);
  while (close >= 0 && bytes[close + 1] === QUOTE) close = bytes.indexOf(QUOTE, close + 2);
  return close;
}

function countLines(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}
