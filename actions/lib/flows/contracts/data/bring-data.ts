// From files that were found to data that the engine reads: brought to this machine, decoded or converted where they have to
// be. Every command that reads a table opens its files here.
import {
  type CsvDialect,
  type Data,
  type DataFile,
  type DataFormat,
  PLAIN_CSV,
} from '#lib/contracts/data/data.ts';
import { partitionOf } from '#lib/contracts/data/pattern.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';
import { convertArrow, decodeFile, encodingOf } from '#lib/flows/contracts/data/decode.ts';
import { withShownPaths } from '#lib/flows/contracts/data/shown-paths.ts';
import { delimiterOf, type TableFile } from '#lib/flows/contracts/data/table-files.ts';
import { bringFiles } from '#lib/flows/contracts/data/tree.ts';

export interface BringOptions {
  /** As it was asked for, as people know it. */
  readonly path: string;
  /** What is not said is what the endings stand for. */
  readonly dialect: Partial<CsvDialect>;
  /** Absolute; for decoded copies. */
  readonly temporary: string;
  /** What names the files and their dialect, for messages. */
  readonly at?: Location | undefined;
  /** A path of a file that was found, as people know it. */
  readonly show: (path: string) => string;
}

/** @param files of one format, and at least one. @throws ConfigurationError when they are not written as is said */
export async function bringData(
  files: readonly TableFile[],
  { path, dialect, temporary, at, show }: BringOptions,
): Promise<Data> {
  const encoding = encodingOf(dialect.encoding ?? PLAIN_CSV.encoding, at);
  const delimiter = readDelimiter(dialect.delimiter ?? delimiterOf(files), at);
  const brought = await bringFiles(files.map(({ found }) => found));
  const here: DataFile[] = [];
  for (const [i, { found, compression, format }] of files.entries()) {
    const { file = '', digest } = brought[i] ?? {};
    const own: DataFile = {
      ...{ path: show(found.path), file, compression, digest },
      partition: partitionOf(found.path),
    };
    here.push(await readable(own, { format, encoding, temporary }));
  }
  const [first] = files;
  const format = first?.format === 'arrow' ? 'parquet' : (first?.format ?? 'csv');
  return { path, format, dialect: { delimiter, encoding }, files: here };
}

interface Copying {
  readonly format: DataFormat;
  readonly encoding: string;
  readonly temporary: string;
}

/** The file itself, or a copy that the engine reads. */
async function readable(own: DataFile, { format, encoding, temporary }: Copying): Promise<DataFile> {
  try {
    if (format === 'arrow') return await convertArrow(own, temporary);
    return format === 'parquet' ? own : await decodeFile(own, { encoding, folder: temporary });
  } catch (error) {
    throw withShownPaths(error, [own]);
  }
}

const NAMED_DELIMITERS: Readonly<Record<string, string>> = {
  '\\t': '\t',
  tab: '\t',
  comma: ',',
  semicolon: ';',
};

function readDelimiter(text: string, at: Location | undefined): string {
  const delimiter = NAMED_DELIMITERS[text.toLowerCase()] ?? text;
  if (/^[\t -~]$/u.test(delimiter) && delimiter !== '"') return delimiter;
  throw new ConfigurationError(`${JSON.stringify(text)} cannot be the delimiter of a CSV file`, {
    at,
    remedy: 'Write one ASCII character, such as ; or \\t.',
  });
}
