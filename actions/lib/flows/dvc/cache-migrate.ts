// mainline dvc cache migrate: objects of DVC 2 get their place among those of DVC 3, and entries of .dvc and dvc.lock
// files, if wished, DVC 3's form.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { ObjectProgress } from '#lib/dvc/objects/object.ts';
import { type IndexedStage, indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import { listLegacyObjects, migrateObjects } from '#lib/dvc/work-tree/migrate.ts';
import { commitData } from '#lib/flows/dvc/commit.ts';
import type { Written } from '#lib/flows/dvc/git-index.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface CacheMigrateOptions extends OpenOptions, LockedOptions {
  /** Only looks. */
  readonly dry: boolean;
  /** Entries of .dvc and dvc.lock files too. */
  readonly dvcFiles: boolean;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
}

export interface CacheMigration {
  /** Objects that DVC 2 stored. */
  readonly found: number;
  /** Those that got a new name. */
  readonly migrated: number;
  /** Addresses of what had entries of DVC 2 and, unless this was dry, has them no more. */
  readonly entries: readonly string[];
  /** Addresses of what keeps them, since its data is not in the work tree to be hashed again. */
  readonly left: readonly string[];
  readonly written: Written;
}

export async function migrateCache(options: CacheMigrateOptions): Promise<CacheMigration> {
  const repository = await openDvcRepository(options);
  const { root, directory, cache, config } = repository;
  const names = listLegacyObjects(cache);
  const legacy = options.dvcFiles
    ? indexedStages(await repository.readIndex(), directory).filter(hasLegacyEntries)
    : [];
  const [entries, left] = [legacy.filter(isHere), legacy.filter(stage => !isHere(stage))];
  const addresses = (stages: readonly IndexedStage[]) => stages.map(({ name }) => name);
  const plan = { found: names.length, entries: addresses(entries), left: addresses(left) };
  if (options.dry) return { ...plan, migrated: 0, written: { files: [], staged: false } };
  const { onProgress, now } = options;
  const threads = config.checksumJobs ?? availableParallelism();
  const migrated = await withLock(root, options, () =>
    migrateObjects(cache, names, { threads, now, onProgress, shared: config.cacheShared }),
  );
  const written =
    entries.length === 0
      ? { files: [], staged: false }
      : (
          await commitData({
            ...options,
            targets: plan.entries,
            force: true,
            renewsLegacy: true,
            confirm: async () => true,
          })
        ).written;
  return { ...plan, migrated, written };
}

function hasLegacyEntries({ outputs, entry, tracked }: IndexedStage): boolean {
  const locked = [
    ...outputs.map(output => output.locked),
    ...(entry?.deps ?? []),
    ...(tracked && !tracked.frozen ? tracked.deps.map(dep => dep.locked) : []),
  ];
  return locked.some(one => one?.hash === 'md5-dos2unix');
}

function isHere({ outs, deps }: IndexedStage): boolean {
  return [...outs, ...deps].every(({ absolute }) => existsSync(absolute));
}
