// contract init: a first contract from the data itself, one for each folder, written beside what it covers.
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { type InferredColumn, inferColumns } from '#lib/contracts/infer/infer.ts';
import { type DataFormat, profileFile } from '#lib/contracts/infer/profile.ts';
import { type InferredTable, nameOf, writeContract } from '#lib/contracts/infer/write-contract.ts';
import { parseContract } from '#lib/contracts/read.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { CONTRACT_FILE } from '#lib/flows/datasets.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

export interface InitOptions {
  readonly directory: string;
  readonly files: readonly string[];
  /** Overwrite contracts that are there. */
  readonly force?: boolean;
  /** Write nothing. */
  readonly dryRun?: boolean;
}

export interface InitiatedContract {
  /** Relative to the directory. */
  readonly path: string;
  readonly text: string;
  readonly isWritten: boolean;
  readonly tables: readonly InitiatedTable[];
}

export interface InitiatedTable {
  /** Relative to the directory. */
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly InferredColumn[];
}

const FORMATS: Readonly<Record<string, DataFormat>> = {
  '.csv': 'csv',
  '.parquet': 'parquet',
  ...{ '.jsonl': 'json', '.ndjson': 'json', '.json': 'json' },
};

/**
 * Infers the contracts; all are inferred before the first one is written.
 * @throws ConfigurationError for files that cannot be read, and contracts that are there already.
 */
export async function initContracts(options: InitOptions): Promise<readonly InitiatedContract[]> {
  const { directory, files, force = false, dryRun = false } = options;
  const root = resolve(directory);
  const folders = new Map<string, string[]>();
  for (const file of [...new Set(files.map(name => resolve(root, name)))]) {
    formatOf(root, file);
    folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
  }
  for (const folder of folders.keys()) if (!force && !dryRun) refuseOverwriting(root, folder);
  const inferred: Omit<InitiatedContract, 'isWritten'>[] = [];
  for (const [folder, own] of folders) inferred.push(await inferContract(root, folder, own));
  for (const { path, text } of dryRun ? [] : inferred) await writeWhole(join(root, path), text);
  return inferred.map(one => ({ ...one, isWritten: !dryRun }));
}

function formatOf(root: string, file: string): DataFormat {
  const shown = relative(root, file);
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new ConfigurationError(`There is no file ${shown}`, {
      remedy: 'Name a data file; one that DVC tracks has to be pulled first: mainline dvc pull',
    });
  }
  const format = FORMATS[extname(file).toLowerCase()];
  if (format) return format;
  throw new ConfigurationError(`${shown} is none of the kinds of files that can be read`, {
    at: { file },
    remedy: `These can: ${Object.keys(FORMATS).join(', ')}`,
  });
}

function refuseOverwriting(root: string, folder: string): void {
  const file = join(folder, CONTRACT_FILE);
  if (!existsSync(file)) return;
  throw new ConfigurationError(`There is a contract already: ${relative(root, file)}`, {
    at: { file },
    remedy: 'Look at the guesses with --stdout, or overwrite it with --force.',
  });
}

async function inferContract(
  root: string,
  folder: string,
  files: readonly string[],
): Promise<Omit<InitiatedContract, 'isWritten'>> {
  const engine = await openDuckDb({ threads: Math.min(8, availableParallelism()) });
  try {
    const tables: (InferredTable & InitiatedTable)[] = [];
    for (const file of files.toSorted(compareText)) {
      const format = formatOf(root, file);
      const profile = await profileFile(engine, { file, format });
      const columns = inferColumns(profile);
      const path = relative(root, file);
      tables.push({ file: basename(file), path, format, rows: profile.rows, columns });
    }
    const [first] = tables;
    const id = slug(tables.length > 1 ? basename(folder) : nameOf(first?.file ?? ''));
    const text = writeContract({ id, tables });
    const path = relative(root, join(folder, CONTRACT_FILE));
    // What our own schema refuses is our mistake and nobody else's.
    parseContract(text, path);
    return { path, text, tables: tables.map(({ path, rows, columns }) => ({ path, rows, columns })) };
  } finally {
    engine.close();
  }
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
  return words.filter(Boolean).join('-') || 'data';
}
