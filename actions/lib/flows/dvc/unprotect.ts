// mainline dvc unprotect: links to the cache become files of their own.
import { resolve } from 'node:path';
import { unprotectPath } from '#lib/dvc/work-tree/unprotect.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface UnprotectOptions extends OpenOptions, LockedOptions {
  /** Paths as the user wrote them. */
  readonly targets: readonly string[];
}

/** @returns how many files were links. @throws ConfigurationError at the first target that is not there */
export async function unprotectTargets(options: UnprotectOptions): Promise<number> {
  const { root, directory, config } = await openDvcRepository(options);
  const mode = config.cacheShared ? 0o664 : 0o666 & ~process.umask();
  return withLock(root, options, async () =>
    options.targets.reduce((count, target) => count + unprotectPath(resolve(directory, target), mode), 0),
  );
}
