// The data of a table that lies beside its contract, by the name that the contract gives it.
import { realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type Data, PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { formatOf } from '#lib/contracts/data/format.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { readContract } from '#lib/contracts/read.ts';
import { tableCalled } from '#lib/contracts/references.ts';
import type { FindReference, NotFound } from '#lib/contracts/run/reference.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';

interface Beside {
  /** The repository's root, absolute. */
  readonly root: string;
  /** The contract that asks, relative to the root. */
  readonly contract: string;
  readonly document: CheckedDocument<Contract>;
}

const ENDINGS = [
  ...['csv', 'parquet', 'jsonl', 'ndjson', 'tsv', 'arrow', 'feather'],
  ...['csv.gz', 'jsonl.gz', 'csv.zst', 'jsonl.zst'],
];

/** Looks in the folder of the contract, or of the other one that is named; never outside the repository. */
export function findBeside({ root, contract, document }: Beside): FindReference {
  return async to => {
    const path = to.contract === undefined ? contract : join(dirname(contract), to.contract);
    if (to.contract !== undefined && !isFileWithin(root, path))
      return { reason: `there is no contract ${path} in this repository` };
    const owner = to.contract === undefined ? document : await readContract(join(root, path));
    const table = tableCalled(owner.value, to.table);
    if (!table) return { reason: `${path} has no table ${to.table}` };
    const data = findData(root, dirname(path), table);
    return 'reason' in data ? data : { table, data };
  };
}

function findData(
  root: string,
  folder: string,
  { name, physicalName }: { readonly name: string; readonly physicalName?: string | undefined },
): Data | NotFound {
  const named = [physicalName, name].filter(one => one !== undefined);
  const candidates = [...named, ...named.flatMap(one => ENDINGS.map(ending => `${one}.${ending}`))];
  for (const candidate of candidates) {
    const path = join(folder, candidate);
    const { format, compression } = formatOf(path) ?? {};
    if (!format || !compression || !isFileWithin(root, path)) continue;
    const file = { path, file: join(root, path), compression, partition: {} };
    const delimiter = /\.tsv(\.\w+)?$/iu.test(path) ? '\t' : PLAIN_CSV.delimiter;
    return { path, format, dialect: { ...PLAIN_CSV, delimiter }, files: [file] };
  }
  return { reason: `there is no data of ${name} in ${folder}` };
}

/** True for a file below the root; symbolic links may not lead out either. */
export function isFileWithin(root: string, path: string): boolean {
  try {
    const file = realpathSync(join(root, path));
    const inside = relative(realpathSync(root), file);
    return inside.split(sep)[0] !== '..' && !inside.startsWith(sep) && statSync(file).isFile();
  } catch {
    return false;
  }
}
