// Columns whose values are shown nowhere: those that a contract of the repository classifies as personal or the like. All
// contracts count, not those that a proposal names: a proposal could leave one out.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isPrivate } from '#lib/contracts/column.ts';
import { readContract } from '#lib/contracts/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import { CONTRACT_FILE } from '#lib/flows/datasets.ts';

/** Names of columns; a contract that cannot be read is told of where it is checked. */
export async function privateColumns(root: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of await listContracts(join(root, 'data'))) {
    try {
      const { value } = await readContract(file);
      const columns = (value.schema ?? []).flatMap(({ properties = [] }) => properties);
      for (const column of columns.filter(isPrivate)) names.add(column.physicalName ?? column.name);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
    }
  }
  return names;
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
