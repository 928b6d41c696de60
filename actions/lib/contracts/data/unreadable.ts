// What the engine says of a file that it cannot read, as a person needs it: the line where there is one, and nothing of what
// the file holds, which may be about people.
import type { Data, DataFile } from '#lib/contracts/data/data.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const NOUNS = { csv: 'CSV', parquet: 'Parquet', jsonl: 'JSON lines', arrow: 'Arrow' } as const;
const ONE_A_LINE = 'Write each row as one object on a line of its own.';
const OF_ARRAY = `${ONE_A_LINE} jq -c '.[]' makes that of an array of rows.`;
const MEND = 'Mend the file, or name the format that it has.';

interface Said {
  readonly message: string;
  readonly remedy: string;
  /** Counted from 0. */
  readonly row?: number;
  /** What is packed may be without end. */
  readonly isLong?: boolean;
}

/** @throws ConfigurationError always */
export async function refuseFile(
  { file, compression }: DataFile,
  { format }: Pick<Data, 'format'>,
  { cause, engine }: { readonly cause: unknown; readonly engine: SqlEngine },
): Promise<never> {
  if (cause instanceof ConfigurationError) throw cause;
  const { message, remedy, row, isLong } = format === 'jsonl' ? sayJson(cause) : sayBroken(cause, format);
  // A packed file that is cut or damaged shows as nonsense in it: how it is packed says more.
  const isLookedAt = format === 'jsonl' && (row !== undefined || (compression !== 'none' && !isLong));
  const { lineOf } = isLookedAt ? await engine.lookAtJson(file, compression) : {};
  const line = row === undefined ? undefined : lineOf?.(row);
  throw new ConfigurationError(message, { at: { file, ...(line && { line }) }, remedy, cause });
}

/** @throws ConfigurationError for what the engine says of a file of the data; whatever else was thrown, as it is */
export async function refuseUnreadable(data: Data, cause: unknown, engine: SqlEngine): Promise<never> {
  const words = errorMessage(cause);
  const named = data.files.find(one => /^(Invalid Input|IO) Error/u.test(words) && words.includes(one.file));
  if (named) return refuseFile(named, data, { cause, engine });
  // Of what stands inside a Parquet file the engine does not always say which file it is.
  const isInside =
    data.format === 'parquet' && /^Invalid (Error: |Input Error: Invalid unicode)/u.test(words);
  const [only] = data.files;
  if (!isInside || !only) throw cause;
  if (data.files.length === 1) return refuseFile(only, data, { cause, engine });
  const { message } = sayBroken(cause, data.format);
  throw new ConfigurationError(`One of ${data.files.length} files: ${message}`, {
    at: { file: data.path },
    remedy: 'Check them one by one with --data to see which.',
    cause,
  });
}

function firstLine(cause: unknown): string {
  return errorMessage(cause).split('\n')[0] ?? '';
}

function sayBroken(cause: unknown, format: Data['format']): Said {
  const words = firstLine(cause)
    .replace(/^(?:[A-Z]\w+ )+Error: /u, '')
    .replace(/: value ".*"/su, ': a value')
    .replace(/[\p{Cc}: ]+$/u, '');
  return { message: `This cannot be read as ${NOUNS[format]}: ${words}`, remedy: MEND };
}

/** DuckDB counts only the lines that hold something: some from one, some from two. */
function sayJson(cause: unknown): Said {
  const words = firstLine(cause);
  const [, line = '', kind] = /^.* in line (\d+): Expected OBJECT, but got (\w+)/u.exec(words) ?? [];
  if (kind !== undefined) return { ...notAnObject(kind), row: Number(line) - 1 };
  const [, twice = '', key] = / in line (\d+): Object .* has duplicate key "(.*)"$/u.exec(words) ?? [];
  if (key !== undefined) {
    const message = `This row has the key ${JSON.stringify(key)} twice`;
    return { message, remedy: 'Leave one of the two out.', row: Number(twice) - 1 };
  }
  if (words.includes('maximum_object_size')) {
    const message = 'A row is longer than 16 MiB';
    return { message, remedy: 'Look for a line ending that is missing.', isLong: true };
  }
  const [, byte, place = '', reason] =
    /Malformed JSON in file .*, at byte (\d+) in line (\d+): ([^.]*)/u.exec(words) ?? [];
  if (reason === undefined) return sayBroken(cause, 'jsonl');
  const message = `This cannot be read as JSON lines: ${reason} at byte ${byte} of the line`;
  // A row over several lines, which most often is an array with all rows.
  const isCut = reason.startsWith('unexpected end of data');
  return { message, remedy: isCut ? OF_ARRAY : ONE_A_LINE, row: Number(place) - 2 };
}

/** Of a row that holds another kind of JSON. @param kind as the engine calls it */
export function notAnObject(kind: string): Omit<Said, 'row'> {
  const noun = { ARRAY: 'an array', VARCHAR: 'a text', BOOLEAN: 'true or false' }[kind] ?? 'a number';
  return {
    message: `This row is ${noun}, an object was expected`,
    remedy: kind === 'ARRAY' ? OF_ARRAY : ONE_A_LINE,
  };
}
