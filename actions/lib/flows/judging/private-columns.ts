// Columns whose values are shown nowhere: those that a contract of the repository classifies as personal or the like. All
// contracts count, not those that a proposal names: a proposal could leave one out.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrivate } from '#lib/contracts/column.ts';
import { readContract } from '#lib/contracts/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import { CONTRACT_FILE } from '#lib/flows/datasets.ts';

/** Names of columns; a contract that cannot be read is told of where it is checked. */
export async function privateColumns(root: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const folder of await listFolders(join(root, 'data'))) {
    try {
      const { value } = await readContract(join(root, 'data', folder, CONTRACT_FILE));
      const columns = (value.schema ?? []).flatMap(({ properties = [] }) => properties);
      for (const column of columns.filter(isPrivate)) names.add(column.physicalName ?? column.name);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
    }
  }
  return names;
}

async function listFolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
