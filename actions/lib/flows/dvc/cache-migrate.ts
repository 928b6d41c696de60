// mainline dvc cache migrate: objects of DVC 2 get their place among those of DVC 3.
import { availableParallelism } from 'node:os';
import { listLegacyObjects, migrateObjects } from '#lib/dvc/objects/migrate.ts';
import type { ObjectProgress } from '#lib/dvc/objects/object.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface CacheMigrateOptions extends OpenOptions, LockedOptions {
  /** Only counts. */
  readonly dry: boolean;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

export interface CacheMigration {
  /** Objects that DVC 2 stored. */
  readonly found: number;
  /** Those that got a new name. */
  readonly migrated: number;
}

export async function migrateCache(options: CacheMigrateOptions): Promise<CacheMigration> {
  const { root, cache, config } = await openDvcRepository(options);
  const names = listLegacyObjects(cache);
  if (options.dry) return { found: names.length, migrated: 0 };
  const { onProgress, now } = options;
  const threads = config.checksumJobs ?? availableParallelism();
  const migrated = await withLock(root, options, () =>
    migrateObjects(cache, names, { threads, now, onProgress, shared: config.cacheShared }),
  );
  return { found: names.length, migrated };
}
