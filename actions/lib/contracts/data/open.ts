// Opens the files of a table: their columns, the hash of their bytes, and, of text, whether they are sound and where each
// row begins. A CSV file is read once for all of that, beside the scan that counts.
import { statSync } from 'node:fs';
import type { ColumnTraits, Data, DataFile, DataPart, Looked } from '#lib/contracts/data/data.ts';
import { csvShape, csvWithNumbers, openRelation } from '#lib/contracts/data/relation.ts';
import { digestFile } from '#lib/documents/digest-file.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { CsvTaste } from '#lib/sql/csv-shape.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const NO_TRAITS: ColumnTraits = { growing: [], numbers: [] };

/** @throws ConfigurationError when the file is not what its name says */
export async function openPart(file: DataFile, data: Data, engine: SqlEngine): Promise<DataPart> {
  const before = stateOf(file.file);
  const { columns, sql, ofFoldersAlone = 0 } = await openRelation(file, data, engine);
  // As they stand in a line of the file.
  const header = columns.slice(0, columns.length - ofFoldersAlone).map(({ name }) => name);
  const places = ({ growing, numbers }: ColumnTraits): CsvTaste => ({
    growing: growing.map(name => header.indexOf(name)).filter(at => at >= 0),
    numbers: numbers.map(name => header.indexOf(name)).filter(at => at >= 0),
  });
  const names = ({ growing, numbers }: CsvTaste): ColumnTraits => ({
    growing: growing.flatMap(at => header[at] ?? []),
    numbers: numbers.flatMap(at => header[at] ?? []),
  });
  let looked: Promise<Looked> | undefined;
  return {
    ...{ file, columns, relation: sql, bytes: statSync(file.file, { throwIfNoEntry: false })?.size ?? 0 },
    withNumbers: numbers => csvWithNumbers(file, data, { header, numbers }),
    look: (asked = NO_TRAITS) => {
      looked ??= look({ file, data, asked: places(asked) }, engine).then(({ traits, ...rest }) => ({
        ...rest,
        traits: traits && names(traits),
      }));
      return looked;
    },
    taste: async asked => {
      if (data.format !== 'csv') return NO_TRAITS;
      return names(await engine.tasteCsv(file.file, csvShape(file, data), places(asked)));
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
  readonly asked: CsvTaste;
}
type Seen = Omit<Looked, 'traits'> & { readonly traits?: CsvTaste };

async function look({ file, data, asked }: Asked, engine: SqlEngine): Promise<Seen> {
  if (data.format === 'csv') return lookAtCsv({ file, data, asked }, engine);
  if (data.format === 'jsonl') {
    const looked = await engine.lookAtJson(file.file, file.compression);
    return { ...looked, digest: file.digest ?? looked.digest };
  }
  return { digest: file.digest ?? (await digestOf(file.file)) };
}

/** Goes through it byte by byte only where something in it asks for that. */
async function lookAtCsv({ file, data, asked }: Asked, engine: SqlEngine): Promise<Seen> {
  const shape = csvShape(file, data);
  const { digest, isPlain, ...traits } = await engine.lookAtCsv(file.file, shape, asked);
  if (!isPlain) return engine.describeCsv(file.file, shape);
  const explain = async () => {
    await engine.describeCsv(file.file, shape);
  };
  return { digest, traits, lineOf: row => row + 2, explain };
}

async function digestOf(file: string): Promise<string> {
  try {
    return await digestFile(file);
  } catch (cause) {
    throw new ConfigurationError(`${file} could not be read to its end`, { at: { file }, cause });
  }
}
