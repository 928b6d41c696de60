// A state machine over the bytes of a CSV file (RFC 4180, one kind of line ending). Mutable inside, because it sees
// every byte of every data file; it keeps counts and the header only, so its memory does not grow with the file. Sound
// records go by a quicker way (csv-records.ts); whatever that one does not take comes here, byte by byte.
import { ConfigurationError } from '#lib/errors.ts';
import { LONGEST_ROW_BYTES } from '#lib/sql/csv-shape.ts';
import { createUtf8Check, type Utf8Check } from '#lib/sql/utf8.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const NAME_ENCODING = 'Save the file as UTF-8, or name the encoding that it has.';

/** A record that spans several lines because a quoted field holds line breaks. */
export interface TallRow {
  /** Counted from 0. */
  readonly row: number;
  readonly extraLines: number;
}

/** Where a scan has come to; changed by `scanByte` only. */
export interface CsvScan {
  readonly file: string;
  /** The byte between fields. */
  readonly delimiter: number;
  readonly utf8: Utf8Check;
  readonly headerBytes: number[];
  readonly tallRows: TallRow[];
  /** Empty until the first record is complete. */
  header: readonly string[];
  /** Lines of the header record, 0 until it is complete. */
  headerLines: number;
  /** Complete data rows so far. */
  rows: number;
  place: 'start of field' | 'plain' | 'quoted' | 'quote seen' | 'carriage return';
  /** Fields of the present record so far. */
  fields: number;
  isBlank: boolean;
  line: number;
  column: number;
  recordLine: number;
  recordBytes: number;
  quoteAt: Place;
  /** The first empty line since the last row, 0 without. */
  blankLine: number;
  ending: 'LF' | 'CRLF' | undefined;
}

interface Place {
  readonly line: number;
  readonly column?: number;
}

/** A scan before the first byte. */
export function startScan(file: string, delimiter: number = COMMA): CsvScan {
  return {
    file,
    delimiter,
    utf8: createUtf8Check(),
    headerBytes: [],
    tallRows: [],
    header: [],
    headerLines: 0,
    rows: 0,
    place: 'start of field',
    fields: 1,
    isBlank: true,
    line: 1,
    column: 0,
    recordLine: 1,
    recordBytes: 0,
    quoteAt: { line: 1 },
    blankLine: 0,
    ending: undefined,
  };
}

/**
 * Takes the next byte of the file (a byte order mark left out).
 * @throws ConfigurationError with line and column where the bytes are not CSV.
 */
export function scanByte(scan: CsvScan, byte: number): void {
  if (scan.headerLines === 0) scan.headerBytes.push(byte);
  if (++scan.recordBytes > LONGEST_ROW_BYTES) failLong(scan);
  if ((byte & 0xc0) !== 0x80) scan.column++;
  if (!scan.utf8.accepts(byte)) fail(scan, 'These bytes are not UTF-8 text', NAME_ENCODING);
  if (byte === 0)
    fail(scan, 'A NUL byte stands here', 'Export the table as CSV text; this looks like a binary file.');
  if (scan.place === 'quoted') scanQuoted(scan, byte);
  else if (scan.place === 'carriage return') scanLineFeed(scan, byte);
  else scanOpen(scan, byte);
}

/**
 * Call once after the last byte; the last line may lack its line ending.
 * @throws ConfigurationError when the file ends too early or is empty.
 */
export function finishScan(scan: CsvScan): void {
  if (scan.place === 'quoted')
    fail(scan, 'A double quote opens here and never closes', 'Close it.', scan.quoteAt);
  if (scan.place === 'carriage return') scanLineFeed(scan, 0);
  if (!scan.utf8.isComplete()) fail(scan, 'The file ends inside a UTF-8 character', NAME_ENCODING);
  if (!scan.isBlank) endRecord(scan, undefined);
  if (scan.headerLines === 0) {
    fail(scan, 'The file is empty', 'Write a header that names the columns, then one line for each row.', {
      line: 1,
    });
  }
}

function scanQuoted(scan: CsvScan, byte: number): void {
  if (byte === QUOTE) scan.place = 'quote seen';
  else if (byte === LF) {
    scan.line++;
    scan.column = 0;
  }
}

function scanLineFeed(scan: CsvScan, byte: number): void {
  if (byte !== LF)
    fail(scan, 'A carriage return stands alone', 'Save the file with LF or CRLF line endings.');
  endRecord(scan, 'CRLF');
}

function scanOpen(scan: CsvScan, byte: number): void {
  if (byte === LF) endRecord(scan, 'LF');
  else if (byte === CR) scan.place = 'carriage return';
  else scanContent(scan, byte);
}

function scanContent(scan: CsvScan, byte: number): void {
  scan.isBlank = false;
  if (byte === scan.delimiter) {
    scan.fields++;
    scan.place = 'start of field';
  } else if (byte === QUOTE) scanQuote(scan);
  else if (scan.place === 'quote seen') {
    fail(
      scan,
      'Text follows the closing double quote of a field',
      'Write a double quote inside a quoted field twice.',
    );
  } else scan.place = 'plain';
}

function scanQuote(scan: CsvScan): void {
  if (scan.place === 'plain') {
    const remedy = 'Put the whole field in double quotes and write the quote inside it twice.';
    fail(scan, 'A double quote stands inside a field that does not begin with one', remedy);
  }
  if (scan.place === 'start of field') scan.quoteAt = { line: scan.line, column: scan.column };
  scan.place = 'quoted';
}

function endRecord(scan: CsvScan, ending: 'LF' | 'CRLF' | undefined): void {
  if (ending && scan.ending && ending !== scan.ending) {
    const message = `This line ends with ${ending}, the lines before it end with ${scan.ending}`;
    fail(scan, message, 'Save the file with one kind of line ending.');
  }
  scan.ending ??= ending;
  if (scan.headerLines === 0) endHeader(scan);
  else if (scan.isBlank && scan.header.length > 1) scan.blankLine ||= scan.recordLine;
  else endRow(scan);
  scan.line++;
  scan.column = 0;
  scan.recordLine = scan.line;
  scan.recordBytes = 0;
  scan.fields = 1;
  scan.isBlank = true;
  scan.place = 'start of field';
}

function endHeader(scan: CsvScan): void {
  if (scan.isBlank) {
    fail(scan, 'The first line is empty', 'Begin the file with a header that names the columns.', {
      line: 1,
    });
  }
  scan.header = splitHeader(
    Buffer.from(scan.headerBytes).toString('utf8'),
    String.fromCharCode(scan.delimiter),
  );
  scan.headerLines = scan.line;
}

function endRow(scan: CsvScan): void {
  if (scan.blankLine > 0) {
    fail(scan, 'This line is empty', 'Remove it: a table has no empty lines inside.', {
      line: scan.blankLine,
    });
  }
  if (scan.fields !== scan.header.length) {
    const fields = scan.fields === 1 ? '1 field' : `${scan.fields} fields`;
    fail(
      scan,
      `This row has ${fields}, the header has ${scan.header.length}`,
      `Give every row one field for each column, and put a field that holds a ${nameDelimiter(scan)} in double quotes.`,
      { line: scan.recordLine },
    );
  }
  if (scan.line > scan.recordLine)
    scan.tallRows.push({ row: scan.rows, extraLines: scan.line - scan.recordLine });
  scan.rows++;
}

/** Splits a header record whose quotes are known to be sound. */
function splitHeader(record: string, delimiter: string): readonly string[] {
  const text = record.replace(/\r?\n$/, '');
  const fields: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const isQuoted = text[at] === '"';
    let end = at;
    if (isQuoted)
      for (end = at + 1; text[end] !== '"' || text[end + 1] === '"'; end++) if (text[end] === '"') end++;
    const next = text.indexOf(delimiter, end);
    const stop = next < 0 ? text.length : next;
    fields.push(isQuoted ? text.slice(at + 1, end).replaceAll('""', '"') : text.slice(at, stop));
    at = stop + 1;
  }
  return fields;
}

function failLong(scan: CsvScan): never {
  const what = scan.headerLines === 0 ? 'header' : 'row';
  const remedy = 'Look for a line ending or a closing quote that is missing, or for a file that is no CSV.';
  fail(scan, `This ${what} is longer than 2 MB`, remedy, { line: scan.recordLine });
}

function fail(scan: CsvScan, message: string, remedy: string, at: Place = scan): never {
  const { line, column } = at;
  throw new ConfigurationError(message, { at: { file: scan.file, line, column, isData: true }, remedy });
}

function nameDelimiter({ delimiter }: CsvScan): string {
  return delimiter === COMMA ? 'comma' : delimiter === 0x09 ? 'tab' : `"${String.fromCharCode(delimiter)}"`;
}
