// contract init: a first contract from the data itself, one for each folder, written beside what it covers.
import { lstatSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { CsvDialect } from '#lib/contracts/data/data.ts';
import { writeContract } from '#lib/contracts/infer/write-contract.ts';
import { parseContract } from '#lib/contracts/read.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { TableFile } from '#lib/flows/contracts/data/table-files.ts';
import { withTemporary } from '#lib/flows/contracts/data/temporary.ts';
import { findFile, type NamedFile } from '#lib/flows/contracts/init-file.ts';
import { type InferOptions, type InitiatedTable, inferTable } from '#lib/flows/contracts/init-table.ts';
import { CONTRACT_FILE } from '#lib/flows/datasets.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface InitOptions {
  readonly directory: string;
  readonly files: readonly string[];
  /** Of CSV files and other text; what is not said is guessed. */
  readonly dialect?: Partial<CsvDialect>;
  /** Overwrite contracts that are there. */
  readonly force?: boolean;
  /** Write nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface InitiatedContract {
  /** Relative to the directory. */
  readonly path: string;
  readonly text: string;
  readonly isWritten: boolean;
  readonly tables: readonly InitiatedTable[];
}

/**
 * Infers the contracts; all are inferred before the first one is written.
 * @throws ConfigurationError for files that cannot be read, and contracts that are there already.
 */
export async function initContracts(options: InitOptions): Promise<readonly InitiatedContract[]> {
  const { directory, files, force = false, dryRun = false } = options;
  const { signal = new AbortController().signal } = options;
  const root = resolve(directory);
  const named = [...new Set(files.map(name => resolve(root, name)))].map(file => findFile(root, file));
  const folders = [...Map.groupBy(named, ({ file }) => dirname(file))];
  const isFree = force || dryRun;
  for (const [folder] of folders) if (!isFree) refuseOverwriting(root, folder);
  const inferred = await withTemporary(temporary =>
    inferContracts(folders, { ...options, temporary, signal }),
  );
  refuseWhenStopped(signal);
  // Somebody may have written one meanwhile.
  for (const [folder] of folders) if (!isFree) refuseOverwriting(root, folder);
  for (const { path, text } of dryRun ? [] : inferred) await writeWhole(join(root, path), text);
  return inferred.map(one => ({ ...one, isWritten: !dryRun }));
}

function refuseOverwriting(root: string, folder: string): void {
  const file = join(folder, CONTRACT_FILE);
  if (!lstatSync(file, { throwIfNoEntry: false })) return;
  throw new ConfigurationError(`There is a contract already: ${relative(root, file)}`, {
    at: { file },
    remedy: 'Look at the guesses with --stdout, or overwrite it with --force.',
  });
}

type Folder = readonly [folder: string, files: readonly (TableFile & NamedFile)[]];
type Inferred = Omit<InitiatedContract, 'isWritten'>;

interface InferringOptions extends Pick<InitOptions, 'directory' | 'dialect'> {
  readonly temporary: string;
  readonly signal: AbortSignal;
}

async function inferContracts(
  folders: readonly Folder[],
  { directory, dialect = {}, temporary, signal }: InferringOptions,
): Promise<readonly Inferred[]> {
  const engine = await openDuckDb({ threads: Math.min(8, availableParallelism()) });
  const stoppable: SqlEngine = { ...engine, query: (sql, values) => engine.query(sql, values, signal) };
  const options = { root: resolve(directory), dialect, engine: stoppable, temporary, signal };
  try {
    const all: Inferred[] = [];
    for (const folder of folders) all.push(await inferContract(folder, options));
    return all;
  } catch (error) {
    refuseWhenStopped(signal);
    throw error;
  } finally {
    engine.close();
  }
}

async function inferContract(
  [folder, files]: Folder,
  options: InferOptions & { readonly root: string; readonly signal: AbortSignal },
): Promise<Inferred> {
  const { root, signal } = options;
  const inferred: Awaited<ReturnType<typeof inferTable>>[] = [];
  for (const file of files.toSorted((a, b) => compareText(a.file, b.file))) {
    refuseWhenStopped(signal);
    inferred.push(await inferTable(file, options));
  }
  const names = nameTables(inferred.map(({ file }) => file));
  const tables = inferred.map((table, i) => ({ ...table, name: names[i] ?? table.file }));
  const id = slug(tables.length > 1 ? basename(folder) : (names[0] ?? ''));
  const text = writeContract({ id, tables });
  const path = relative(root, join(folder, CONTRACT_FILE));
  // What our own schema refuses is our mistake and nobody else's.
  parseContract(text, path);
  return {
    ...{ path, text },
    tables: inferred.map(({ path, format, dialect, rows, columns }) => ({
      path,
      format,
      dialect,
      rows,
      columns,
    })),
  };
}

/** Without what follows the first dot, where no other file is then called so. */
function nameTables(files: readonly string[]): readonly string[] {
  const short = files.map(file => file.replace(/(?<=.)\..*$/s, ''));
  const counts = Map.groupBy(short, name => name.toLowerCase());
  return short.map((name, i) => (counts.get(name.toLowerCase())?.length === 1 ? name : (files[i] ?? name)));
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
  return words.filter(Boolean).join('-') || 'data';
}
