// Checks the shape of a CSV file byte by byte before DuckDB reads it: DuckDB drops a trailing field, skips blank lines
// and guesses at stray quotes, while a team needs the line to mend. Costs one more pass (about 100 MB a second).
import { open } from 'node:fs/promises';
import { unreadable } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { finishScan, scanByte, startScan } from '#lib/sql/csv-scanner.ts';
import type { CsvDescription } from '#lib/sql/engine.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a whole CSV file and refuses what is not sound.
 * @throws ConfigurationError with line and column of the first problem.
 */
export async function scanCsv(path: string): Promise<CsvDescription> {
  const scan = startScan(path);
  await feed(path, bytes => {
    for (const byte of bytes) scanByte(scan, byte);
    return true;
  });
  finishScan(scan);
  const extraLines = (row: number): number =>
    scan.tallRows.reduce((sum, tall) => (tall.row < row ? sum + tall.extraLines : sum), 0);
  return {
    header: checkHeader(path, scan.header),
    rows: scan.rows,
    lineOf: row => scan.headerLines + row + 1 + extraLines(row),
  };
}

/**
 * The header alone, without reading further.
 * @throws ConfigurationError when there is none, or a name is empty or written twice.
 */
export async function readCsvHeader(path: string): Promise<readonly string[]> {
  const scan = startScan(path);
  await feed(path, bytes => {
    for (let i = 0; i < bytes.length && scan.headerLines === 0; i++) scanByte(scan, bytes[i] ?? 0);
    return scan.headerLines === 0;
  });
  if (scan.headerLines === 0) finishScan(scan);
  return checkHeader(path, scan.header);
}

/** Hands over the file in pieces, without a byte order mark, until `take` wants no more. */
async function feed(path: string, take: (bytes: Uint8Array) => boolean): Promise<void> {
  try {
    await using file = await open(path, 'r');
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let isFirst = true; ; isFirst = false) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      const bytes = buffer.subarray(isFirst && hasByteOrderMark(buffer, bytesRead) ? 3 : 0, bytesRead);
      if (bytesRead === 0 || !take(bytes)) return;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function hasByteOrderMark(buffer: Uint8Array, length: number): boolean {
  return length >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
}

function checkHeader(file: string, header: readonly string[]): readonly string[] {
  const at = { file, line: 1 };
  const seen = new Map<string, string>();
  header.forEach((name, index) => {
    if (name === '') {
      throw new ConfigurationError(`Column ${index + 1} has no name in the header`, {
        at,
        remedy: 'Name every column, or remove the one without a name (often a row number that was exported).',
      });
    }
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      const how = twin === name ? 'is named twice' : `and "${twin}" differ only in upper and lower case`;
      throw new ConfigurationError(`Column "${name}" ${how} in the header`, {
        at,
        remedy: 'Rename one of the two.',
      });
    }
    seen.set(name.toLowerCase(), name);
  });
  return header;
}
