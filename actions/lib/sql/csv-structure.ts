// Checks the shape of a CSV file before DuckDB reads it: DuckDB drops a trailing field, skips blank lines and guesses at
// stray quotes, while a team needs the line to mend. One more pass, at the speed of about a gigabyte a second.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { unreadable } from '#lib/documents/read.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { scanChunk } from '#lib/sql/csv-records.ts';
import { finishScan, scanByte, startScan } from '#lib/sql/csv-scanner.ts';
import type { CsvShape } from '#lib/sql/csv-shape.ts';
import type { CsvDescription } from '#lib/sql/engine.ts';
import { cutAtFrames } from '#lib/sql/zstd-frames.ts';

/** So much of a file is read at once. */
export const CHUNK_BYTES = 1024 * 1024;
const COMMA = ',';

/**
 * Reads a whole CSV file and refuses what is not sound.
 * @throws ConfigurationError with line and column of the first problem.
 */
export async function scanCsv(
  path: string,
  { delimiter = COMMA, compression = 'none' }: CsvShape = {},
): Promise<CsvDescription> {
  const scan = startScan(path, delimiter.charCodeAt(0));
  const digest = createHash('sha256');
  for await (const bytes of readPieces(path, compression, raw => digest.update(raw))) scanChunk(scan, bytes);
  finishScan(scan);
  const extraLines = (row: number): number =>
    scan.tallRows.reduce((sum, tall) => (tall.row < row ? sum + tall.extraLines : sum), 0);
  return {
    header: checkHeader(path, scan.header),
    rows: scan.rows,
    digest: `sha256:${digest.digest('hex')}`,
    lineOf: row => scan.headerLines + row + 1 + extraLines(row),
  };
}

/**
 * The header alone, without reading further.
 * @throws ConfigurationError when there is none, or a name is empty or written twice.
 */
export async function readCsvHeader(
  path: string,
  { delimiter = COMMA, compression = 'none' }: CsvShape = {},
): Promise<readonly string[]> {
  const scan = startScan(path, delimiter.charCodeAt(0));
  for await (const bytes of readPieces(path, compression)) {
    for (let i = 0; i < bytes.length && scan.headerLines === 0; i++) scanByte(scan, bytes[i] ?? 0);
    if (scan.headerLines > 0) break;
  }
  if (scan.headerLines === 0) finishScan(scan);
  return checkHeader(path, scan.header);
}

/** A file in pieces, unpacked. @param onRaw told the bytes as they lie on the disk */
export function readUnpacked(
  path: string,
  compression: NonNullable<CsvShape['compression']>,
  onRaw: (bytes: Uint8Array) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const raw = readRaw(path, onRaw);
  return compression === 'none' ? raw : decompress(raw, path, compression);
}

/** The text of the file in pieces, without a byte order mark. */
async function* readPieces(...words: Parameters<typeof readUnpacked>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const bytes of readUnpacked(...words)) {
    yield isFirst && hasByteOrderMark(bytes) ? bytes.subarray(3) : bytes;
    isFirst = false;
  }
}

async function* readRaw(path: string, onRaw: (bytes: Uint8Array) => void): AsyncGenerator<Buffer> {
  try {
    await using file = await open(path, 'r');
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      onRaw(buffer.subarray(0, bytesRead));
      yield buffer.subarray(0, bytesRead);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* decompress(
  raw: AsyncIterable<Buffer>,
  path: string,
  compression: 'gzip' | 'zstd',
): AsyncGenerator<Buffer> {
  const options = { chunkSize: CHUNK_BYTES };
  const text = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
  // A copy: the buffer is filled again while the other side may still be reading it.
  const copies = copyAll(raw);
  const source = Readable.from(compression === 'zstd' ? cutAtFrames(copies) : copies);
  source.on('error', error => text.destroy(error));
  source.pipe(text);
  try {
    yield* text;
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`${path} is no sound ${compression} file: ${errorMessage(cause)}`, {
      at: { file: path },
      remedy: 'Compress the table again, or take the ending off the name.',
      cause,
    });
  } finally {
    source.destroy();
    text.destroy();
  }
}

async function* copyAll(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const bytes of raw) yield Buffer.from(bytes);
}

/** True where bytes begin with the mark that some programs write before UTF-8. */
export function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
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
