// One table of a first contract: its file is opened as contract validate opens it, profiled, and its columns are inferred.
import { basename } from 'node:path';
import type { CsvDialect, Data, DataFile, DataPart } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import { FORMS } from '#lib/contracts/infer/forms.ts';
import { type Guess, type InferredColumn, inferColumns } from '#lib/contracts/infer/infer.ts';
import { type ColumnProfile, profilePart } from '#lib/contracts/infer/profile.ts';
import type { InferredTable } from '#lib/contracts/infer/write-contract.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { bringData } from '#lib/flows/contracts/data/bring-data.ts';
import { withShownPaths } from '#lib/flows/contracts/data/shown-paths.ts';
import type { TableFile } from '#lib/flows/contracts/data/table-files.ts';
import { type NamedFile, readWriting, type Writing } from '#lib/flows/contracts/init-file.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface InitiatedTable {
  /** Relative to the directory. */
  readonly path: string;
  /** As the server of the contract names it. */
  readonly format: string;
  /** Delimiter and encoding, where they are not those of a plain file. */
  readonly dialect: readonly Guess[];
  readonly rows: number;
  readonly columns: readonly InferredColumn[];
}

export interface InferOptions {
  /** What was asked for, of CSV and other text. */
  readonly dialect: Partial<CsvDialect>;
  readonly engine: SqlEngine;
  /** Absolute; for decoded copies. */
  readonly temporary: string;
}

/** @throws ConfigurationError when the file is not sound, or has no columns */
export async function inferTable(
  found: TableFile & NamedFile,
  { dialect, engine, temporary }: InferOptions,
): Promise<Omit<InferredTable, 'name'> & InitiatedTable> {
  const { file, shown, format } = found;
  const known: Pick<DataFile, 'file' | 'path'>[] = [{ file, path: shown }];
  try {
    const writing = await readWriting(found, dialect);
    const show = () => shown;
    const data = await bringData([found], { path: shown, dialect: writing.dialect, temporary, show });
    known.push(...data.files);
    const { rows, columns } = await inferData(data, { engine, names: writing.names });
    return {
      ...{ file: basename(file), path: shown, rows, columns },
      format: format === 'jsonl' ? 'json' : format,
      dialect: sayDialect(found, { data, writing }),
    };
  } catch (error) {
    throw withShownPaths(error, known);
  }
}

async function inferData(
  data: Data,
  { engine, names }: { readonly engine: SqlEngine; readonly names: readonly string[] },
): Promise<Pick<InitiatedTable, 'rows' | 'columns'>> {
  const [only] = data.files;
  if (!only) throw new Error(`${data.path} has no file`);
  const part = await openPart(only, data, engine);
  if (data.format === 'csv') refuseDataAsHeader(part);
  const { rows, columns } = await profilePart(part, data, engine);
  if (columns.length === 0) {
    throw new ConfigurationError('There is no column in this file', {
      at: { file: only.file },
      remedy: 'Infer the contract from a file with rows.',
    });
  }
  // JSON has no order of columns but that of its first row.
  const places = new Map(names.map((name, i) => [name, i]));
  const placeOf = ({ name }: ColumnProfile) => places.get(name) ?? names.length;
  const ordered = columns.toSorted((a, b) => placeOf(a) - placeOf(b));
  return { rows, columns: inferColumns({ rows, columns: ordered }) };
}

/** Names of columns are written everywhere: what is somebody's address would be as well. */
function refuseDataAsHeader({ file, columns }: DataPart): void {
  const place = columns.findIndex(({ name }) => PERSONAL.some(form => form.test(name)));
  if (place < 0) return;
  throw new ConfigurationError(`Column ${place + 1} of the header looks like data of a person`, {
    at: { file: file.file, line: 1 },
    remedy: 'Begin the file with a line that names the columns.',
  });
}

const PERSONAL = [new RegExp(FORMS.email, 'u'), new RegExp(FORMS.iban, 'u')];

/** What somebody who reads the file has to know. */
function sayDialect(
  { format, ending }: TableFile,
  { data, writing: { guessed } }: { readonly data: Data; readonly writing: Writing },
): readonly Guess[] {
  const { delimiter, encoding } = data.dialect;
  const isOther = format === 'csv' && (delimiter !== ',' || ending === 'tsv');
  const written = delimiter === '\t' ? '\\t' : delimiter;
  return [
    ...(isOther ? [{ key: 'delimiter', value: written, evidence: guessed.delimiter ?? '' }] : []),
    ...(encoding === 'utf-8' ? [] : [{ key: 'encoding', value: encoding, evidence: guessed.encoding ?? '' }]),
  ];
}
