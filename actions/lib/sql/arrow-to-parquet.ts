// Arrow and Feather files become Parquet files, which the engine reads at full speed and whose footers tell much. It goes
// batch by batch into a database on the disk, so that no more than a batch is in memory.
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import type { DuckDBType } from '@duckdb/node-api';
import type { DataType, Schema } from 'apache-arrow';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { loadNative } from '#lib/natives.ts';
import { type ArrowLibraries, duckDbType, valueReader } from '#lib/sql/arrow-values.ts';
import { quoteName, quoteText } from '#lib/sql/dialect.ts';
import { unpackLz4 } from '#lib/sql/lz4.ts';

/** So many rows DuckDB takes at once. */
const CHUNK_ROWS = 2048;

/** @param to absolute; must not exist. @throws ConfigurationError where the file is no Arrow file, or has values that cannot be read */
export async function arrowToParquet(file: string, to: string): Promise<void> {
  try {
    await convert(file, to);
  } catch (cause) {
    if (cause instanceof ConfigurationError && cause.at === undefined) {
      const { message, remedy } = cause;
      throw new ConfigurationError(message, { at: { file }, remedy, cause });
    }
    if (cause instanceof ConfigurationError) throw cause;
    const [words = ''] = errorMessage(cause).split('\n');
    if (/Could not write file|No space left/u.test(words)) {
      throw new ConfigurationError('There is no space to convert this Arrow file', {
        at: { file },
        remedy: 'Free some, or name a folder for temporary files on another disk with TMPDIR.',
        cause,
      });
    }
    // What the reader trips over in bytes that mean nothing says nothing to people.
    const isStumble = cause instanceof TypeError || cause instanceof RangeError;
    throw new ConfigurationError(`This cannot be read as Arrow: ${isStumble ? 'it is damaged' : words}`, {
      at: { file },
      remedy: 'Write the file again, or as Parquet.',
      cause,
    });
  }
}

const MAGIC = 'ARROW1';

/** What reads batch by batch would take a file without its end for a shorter one. */
async function refuseOtherBytes(file: string): Promise<void> {
  await using opened = await open(file, 'r');
  const { size } = await opened.stat();
  const [first, last] = [Buffer.alloc(MAGIC.length), Buffer.alloc(MAGIC.length)];
  await opened.read(first, 0, MAGIC.length, 0);
  await opened.read(last, 0, MAGIC.length, Math.max(0, size - MAGIC.length));
  const isFile = first.toString('latin1') === MAGIC;
  // A stream begins with a mark, in old ones with the length of what follows.
  const isStream = first.readInt32LE() === -1 || (first.readInt32LE() > 0 && first.readInt32LE() < size);
  const problem =
    size === 0
      ? 'The file is empty'
      : isFile && last.toString('latin1') !== MAGIC
        ? 'This Arrow file is not whole: its end is missing'
        : !isFile && !isStream && 'This is no Arrow file: it begins as none does';
  if (problem) throw new ConfigurationError(problem, { remedy: 'Write or fetch the file again.' });
}

async function convert(file: string, to: string): Promise<void> {
  await refuseOtherBytes(file);
  const libraries = await loadLibraries();
  const { duckdb, arrow } = libraries;
  const reader = await (await arrow.RecordBatchReader.from(createReadStream(file))).open();
  const { schema }: { readonly schema?: Schema } = reader;
  if (!schema) throw new ConfigurationError('This Arrow file is not whole: it has no schema');
  const fields = schema.fields.map(({ name, type }) => ({ name, type: typeOfColumn(name, type, libraries) }));
  if (fields.length === 0) throw new ConfigurationError('This Arrow file has no columns', { at: { file } });
  const database = `${to}.duckdb`;
  const instance = await duckdb.DuckDBInstance.create(database);
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const columns = fields.map(({ name, type }) => `${quoteName(name)} ${type}`);
    await connection.run(`CREATE TABLE data (${columns.join(', ')})`);
    const appender = await connection.createAppender('data');
    const types = fields.map(({ type }) => type);
    for await (const batch of reader) {
      const readers = fields.map((_, i) => {
        const vector = batch.getChildAt(i);
        if (!vector) throw new Error(`a batch has no column ${i}`);
        return valueReader(vector, libraries);
      });
      for (let from = 0; from < batch.numRows; from += CHUNK_ROWS) {
        const length = Math.min(CHUNK_ROWS, batch.numRows - from);
        const chunk = duckdb.DuckDBDataChunk.create(types, length);
        chunk.setColumns(readers.map(read => Array.from({ length }, (_, i) => read(from + i))));
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
    }
    appender.closeSync();
    await connection.run(`COPY data TO ${quoteText(to)} (FORMAT parquet)`);
    connection.closeSync();
  } finally {
    instance.closeSync();
    await Promise.all([database, `${database}.wal`].map(one => rm(one, { force: true })));
  }
}

function typeOfColumn(name: string, type: DataType, libraries: ArrowLibraries): DuckDBType {
  try {
    return duckDbType(type, libraries);
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    throw new ConfigurationError(`${cause.message} (column ${name})`, { remedy: cause.remedy, cause });
  }
}

async function loadLibraries(): Promise<ArrowLibraries> {
  const arrow = await import('apache-arrow');
  arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, { decode: unpackLz4 });
  arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, { decode: bytes => zstdDecompressSync(bytes) });
  return { arrow, duckdb: loadNative('@duckdb/node-api') };
}
