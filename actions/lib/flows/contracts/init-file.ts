// A file that contract init was given: whether it is one, what kind, and how its text is written, as said or as guessed.
import { statSync } from 'node:fs';
import { basename, relative } from 'node:path';
import type { CsvDialect } from '#lib/contracts/data/data.ts';
import { ENDINGS } from '#lib/contracts/data/format.ts';
import { say } from '#lib/contracts/infer/type.ts';
import { unreadable } from '#lib/documents/read.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { encodingOf } from '#lib/flows/contracts/data/decode.ts';
import { chooseDataFiles, type TableFile } from '#lib/flows/contracts/data/table-files.ts';
import type { FileTree } from '#lib/flows/contracts/data/tree.ts';
import { readUnpacked } from '#lib/sql/csv-structure.ts';
import {
  decodeHead,
  type GuessedDelimiter,
  guessDelimiter,
  guessEncoding,
  namesOfFirstRow,
} from '#lib/sql/text-head.ts';

/** A file of the work tree, with the name that people know it by. */
export interface NamedFile {
  /** Absolute. */
  readonly file: string;
  readonly shown: string;
}

/** @param root absolute. @throws ConfigurationError for what is no file, or none that can be read */
export function findFile(root: string, file: string): TableFile & NamedFile {
  const shown = relative(root, file);
  refuseOtherThings({ file, shown });
  const tree: FileTree = { name: 'the work tree', find: async () => [found] };
  const found = { tree, path: basename(file), bring: async () => ({ file }) };
  const [table] = chooseDataFiles([found], { isNamed: true });
  if (table) return { ...table, file, shown };
  throw new ConfigurationError(`${shown} is none of the kinds of files that can be read`, {
    at: { file: shown },
    remedy: `These can: ${ENDINGS}`,
  });
}

/** Links are followed. */
function refuseOtherThings({ file, shown }: NamedFile): void {
  const stat = statOf({ file, shown });
  if (stat?.isFile()) return;
  const [message, remedy] = !stat
    ? [
        `There is no file ${shown}`,
        'Name a data file; one that DVC tracks has to be pulled first: mainline dvc pull',
      ]
    : stat.isDirectory()
      ? [`${shown || '.'} is a folder, not a file`, 'Name the data files in it, such as data/*.csv']
      : [`${shown} is no regular file`, 'Write what comes from it to a file, and name that.'];
  throw new ConfigurationError(message, { at: { file: shown }, remedy });
}

function statOf({ file, shown }: NamedFile) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    const known = unreadable(shown, cause);
    if (known instanceof ConfigurationError) throw known;
    throw new ConfigurationError(`${shown} cannot be opened: ${errorMessage(cause)}`, {
      at: { file: shown },
      remedy: 'Name a data file.',
      cause,
    });
  }
}

/** How the text of a file is written. */
export interface Writing {
  readonly dialect: Partial<CsvDialect>;
  /** Why what was guessed was guessed. */
  readonly guessed: Readonly<Partial<Record<keyof CsvDialect, string>>>;
  /** The keys of the first of JSON lines. */
  readonly names: readonly string[];
}

/** Guesses what was not asked for. @throws ConfigurationError when the file cannot be read, or there is no such encoding */
export async function readWriting(
  { file, format, compression, ending }: TableFile & NamedFile,
  asked: Partial<CsvDialect>,
): Promise<Writing> {
  if (format === 'parquet' || format === 'arrow') return { dialect: {}, guessed: {}, names: [] };
  const head = await readHead(file, compression);
  const mark = asked.encoding === undefined ? guessEncoding(head) : undefined;
  const encoding = mark ?? encodingOf(asked.encoding ?? 'utf-8');
  const text = decodeHead(head, encoding);
  const canGuess = format === 'csv' && asked.delimiter === undefined && ending !== 'tsv';
  const parts = canGuess ? guessDelimiter(text) : undefined;
  return {
    dialect: { encoding, ...asked, ...(parts && { delimiter: parts.delimiter }) },
    guessed: {
      ...(mark && { encoding: `guessed: the file begins with the byte order mark of ${mark}` }),
      ...(parts && {
        delimiter: sayDelimiter(parts),
      }),
    },
    names: format === 'jsonl' ? namesOfFirstRow(text) : [],
  };
}

function sayDelimiter({ fields, rows }: GuessedDelimiter): string {
  const below = ['', ' and of the row below'][rows] ?? ` and of ${say(rows)} rows below`;
  return `guessed: it makes ${say(fields)} columns of the header${below}, a comma makes one`;
}

/** The first piece; a file may be endless when it is unpacked. */
async function readHead(file: string, compression: TableFile['compression']): Promise<Uint8Array> {
  for await (const bytes of readUnpacked(file, compression)) return Uint8Array.from(bytes);
  return new Uint8Array();
}
