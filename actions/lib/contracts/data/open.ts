// Opens the files of a table: their columns, the hash of their bytes, and, of text, whether they are sound and where each
// row begins. A CSV file is read once for all of that, beside the scan that counts.
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { Data, DataFile, DataPart, Looked } from '#lib/contracts/data/data.ts';
import { csvShape, openRelation } from '#lib/contracts/data/relation.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** @throws ConfigurationError when the file is not what its name says */
export async function openPart(file: DataFile, data: Data, engine: SqlEngine): Promise<DataPart> {
  const before = stateOf(file.file);
  const { columns, sql } = await openRelation(file, data, engine);
  // As they stand in a line of the file; folders above it have further ones.
  const header = columns.map(({ name }) => name).filter(name => !(name in file.partition));
  const places = (names: readonly string[]) => names.map(name => header.indexOf(name)).filter(at => at >= 0);
  const namesOf = (found: readonly number[]) => found.flatMap(at => header[at] ?? []);
  let looked: Promise<Looked> | undefined;
  return {
    ...{ file, columns, relation: sql },
    look: (watched = []) => {
      looked ??= look({ file, data, watched: places(watched) }, engine).then(({ growing = [], ...rest }) => ({
        ...rest,
        growing: namesOf(growing),
      }));
      return looked;
    },
    growsAtFirst: async names => {
      if (data.format !== 'csv') return [];
      return namesOf(await engine.growsAtFirst(file.file, csvShape(file, data), places(names)));
    },
    refuseChanged: () => {
      if (stateOf(file.file) === before) return;
      throw new ConfigurationError(`${file.path} changed while it was read`, {
        at: { file: file.path },
        remedy: 'Run it again when nothing writes the file any more.',
      });
    },
  };
}

/** Size and times; undefined for a file that is not there, which whoever reads it tells better. */
function stateOf(file: string): string | undefined {
  const state = statSync(file, { bigint: true, throwIfNoEntry: false });
  return state && [state.ino, state.size, state.mtimeNs].join();
}

interface Asked {
  readonly file: DataFile;
  readonly data: Data;
  /** Columns of a CSV file, from 0. */
  readonly watched: readonly number[];
}
type Seen = Omit<Looked, 'growing'> & { readonly growing?: readonly number[] };

async function look({ file, data, watched }: Asked, engine: SqlEngine): Promise<Seen> {
  if (data.format === 'csv') return lookAtCsv({ file, data, watched }, engine);
  if (data.format === 'jsonl') {
    const looked = await engine.lookAtJson(file.file, file.compression);
    return { ...looked, digest: file.digest ?? looked.digest };
  }
  return { digest: file.digest ?? (await digestFile(file.file)) };
}

/** Goes through it byte by byte only where something in it asks for that. */
async function lookAtCsv({ file, data, watched }: Asked, engine: SqlEngine): Promise<Seen> {
  const shape = csvShape(file, data);
  const { digest, isPlain, growing } = await engine.lookAtCsv(file.file, shape, watched);
  if (!isPlain) return engine.describeCsv(file.file, shape);
  const explain = async () => {
    await engine.describeCsv(file.file, shape);
  };
  return { digest, growing, lineOf: row => row + 2, explain };
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
