// What the contracts of the repository say of columns that a model is tried on: whose values are shown nowhere, being personal
// or the like, and which numbers there can be. All contracts count, not those that a proposal names: it could leave one out.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Range } from '#lib/behaviour/jitter.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import { readContract } from '#lib/contracts/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import { CONTRACT_FILE } from '#lib/flows/datasets.ts';

/** Names of columns. */
export async function privateColumns(root: string): Promise<ReadonlySet<string>> {
  const columns = await contractColumns(root);
  return new Set(columns.filter(isPrivate).map(nameOf));
}

/** The numbers a column may hold: a contract's limits, and where it says none those of the training rows. */
export async function contractBounds(
  root: string,
  ranges: ReadonlyMap<string, Range>,
): Promise<ReadonlyMap<string, Pick<Range, 'low' | 'high'>>> {
  const bounds = new Map<string, Pick<Range, 'low' | 'high'>>(ranges);
  for (const column of await contractColumns(root)) {
    const range = ranges.get(nameOf(column));
    if (!range) continue;
    const { minimum: low = range.low, maximum: high = range.high } = column.logicalTypeOptions ?? {};
    if (typeof low === 'number' && typeof high === 'number') bounds.set(nameOf(column), { low, high });
  }
  return bounds;
}

/** A contract that cannot be read is told of where it is checked. */
async function contractColumns(root: string): Promise<readonly Column[]> {
  const columns: Column[] = [];
  for (const file of await listContracts(join(root, 'data'))) {
    try {
      const { value } = await readContract(file);
      columns.push(...(value.schema ?? []).flatMap(({ properties = [] }) => properties));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
    }
  }
  return columns;
}

/** The names by which rows may be shown: their keys, or their places where a key is a person's. */
export function shownKeys(
  keys: readonly string[],
  column: string,
  hidden: ReadonlySet<string>,
): readonly string[] {
  return hidden.has(column) ? keys.map((_, row) => `row ${row + 1}`) : keys;
}

/** At any depth: data lies as deep as teams like. */
async function listContracts(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true });
    return entries.filter(entry => basename(entry) === CONTRACT_FILE).map(entry => join(folder, entry));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
