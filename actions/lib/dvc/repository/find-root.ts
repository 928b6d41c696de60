// Where a DVC repository begins: the nearest folder upwards that holds `.dvc`. A monorepo may hold several.
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';

/** DVC's exit code for a command outside of any repository. */
const EXIT_NO_REPOSITORY = 253;

/** @returns the absolute path of the folder that holds `.dvc`; undefined when there is none. */
export function findDvcRoot(directory: string): string | undefined {
  const folder = resolve(directory);
  if (statSync(join(folder, '.dvc'), { throwIfNoEntry: false })?.isDirectory()) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findDvcRoot(parent);
}

/** @throws ConfigurationError with DVC's exit code 253 when there is none. */
export function requireDvcRoot(directory: string): string {
  const root = findDvcRoot(directory);
  if (root !== undefined) return root;
  const error = new ConfigurationError('This folder is in no DVC repository: no .dvc here or above', {
    at: { file: resolve(directory) },
    remedy: 'Make one with: mainline dvc init',
  });
  throw Object.assign(error, { exitCode: EXIT_NO_REPOSITORY });
}
