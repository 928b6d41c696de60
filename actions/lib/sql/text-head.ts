// What the first bytes of a text file tell of how it is written: guesses, for somebody to read who knows better.
import { scanChunk } from '#lib/sql/csv-records.ts';
import { type CsvScan, startScan } from '#lib/sql/csv-scanner.ts';
import { hasByteOrderMark } from '#lib/sql/csv-structure.ts';

const LF = 0x0a;
const OTHERS = [';', '\t', '|'] as const;

/** The encoding that a byte order mark stands for, as WHATWG names it; undefined without one, or where it is UTF-8. */
export function guessEncoding(head: Uint8Array): string | undefined {
  const mark = `${head[0]} ${head[1]}`;
  return { '255 254': 'utf-16le', '254 255': 'utf-16be' }[mark];
}

/** The first bytes in UTF-8, without a byte order mark. */
export function decodeHead(head: Uint8Array, encoding: string): Buffer {
  if (encoding !== 'utf-8') return Buffer.from(new TextDecoder(encoding).decode(head, { stream: true }));
  return Buffer.from(hasByteOrderMark(head) ? head.subarray(3) : head);
}

export interface GuessedDelimiter {
  readonly delimiter: string;
  /** Columns that it makes. */
  readonly fields: number;
  /** So many rows from the first one have as many. */
  readonly rows: number;
}

/** What parts the columns, where no comma stands in the header; undefined where nothing else parts the rows either. */
export function guessDelimiter(head: Buffer): GuessedDelimiter | undefined {
  const whole = head.includes(LF) ? head : Buffer.concat([head, Buffer.of(LF)]);
  if (scanHead(whole, ',').scan.header.length > 1) return undefined;
  const found = OTHERS.flatMap(delimiter => {
    const { scan, isSound } = scanHead(whole, delimiter);
    const { header, rows } = scan;
    return header.length > 1 && (isSound || rows > 0) ? [{ delimiter, fields: header.length, rows }] : [];
  });
  return found.toSorted((a, b) => b.rows - a.rows || b.fields - a.fields)[0];
}

/** As far as the rows are as long as the header. */
function scanHead(head: Buffer, delimiter: string): { readonly scan: CsvScan; readonly isSound: boolean } {
  const scan = startScan('', delimiter.charCodeAt(0));
  try {
    scanChunk(scan, head);
    return { scan, isSound: true };
  } catch {
    return { scan, isSound: false };
  }
}

/** The keys of the first of some JSON lines in their order; none where it is not there as a whole. */
export function namesOfFirstRow(head: Buffer): readonly string[] {
  const end = head.indexOf(LF);
  try {
    const row: unknown = JSON.parse(head.toString('utf8', 0, end < 0 ? head.length : end));
    return typeof row === 'object' && row !== null ? Object.keys(row) : [];
  } catch {
    return [];
  }
}
