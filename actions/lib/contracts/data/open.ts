// Opens the files of a table: their columns, the hash of their bytes, and, of text, whether they are sound and where each
// row begins. A CSV file is read once for all of that, beside the scan that counts.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Data, DataFile, DataPart, Looked } from '#lib/contracts/data/data.ts';
import { csvShape, openRelation } from '#lib/contracts/data/relation.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** @throws ConfigurationError when the file is not what its name says */
export async function openPart(file: DataFile, data: Data, engine: SqlEngine): Promise<DataPart> {
  const { columns, sql } = await openRelation(file, data, engine);
  let looked: Promise<Looked> | undefined;
  return {
    ...{ file, columns, relation: sql },
    look: () => {
      looked ??= look(file, data, engine);
      return looked;
    },
  };
}

async function look(file: DataFile, data: Data, engine: SqlEngine): Promise<Looked> {
  if (data.format === 'csv') return engine.describeCsv(file.file, csvShape(file, data));
  const digest = file.digest ?? (await digestFile(file.file));
  return data.format === 'jsonl' ? { digest, lineOf: row => row + 1 } : { digest };
}

async function digestFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
      digest.update(chunk as Buffer);
  } catch (cause) {
    throw new ConfigurationError(`${file} could not be read to its end`, { at: { file }, cause });
  }
  return `sha256:${digest.digest('hex')}`;
}
