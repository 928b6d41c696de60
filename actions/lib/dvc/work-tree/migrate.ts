// Gives objects of DVC 2 a place among those of DVC 3: each is hashed again by its raw bytes and gets that name as well.
// The old name stays, since older commits use it; both are one file where the file system can do that.
import { chmodSync, constants, copyFileSync, existsSync, linkSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { isListing, objectPath } from '#lib/dvc/objects/object-path.ts';
import { makeFolder } from '#lib/dvc/objects/temporary.ts';
import { createFileJob, readMd5 } from '#lib/dvc/work-tree/file-job.ts';
import { type RunOptions, runJob } from '#lib/dvc/work-tree/threads.ts';

const LEGACY = 'md5-dos2unix';

/** Names of the objects that DVC 2 stored. */
export function listLegacyObjects(cache: ObjectCache): readonly string[] {
  return Array.from(cache.list(LEGACY), ({ md5 }) => md5);
}

export interface MigrateOptions extends RunOptions {
  /** `cache.shared = group` */
  readonly shared: boolean;
}

/** @returns how many objects got a new name; those that had one already are not counted. */
export async function migrateObjects(
  cache: ObjectCache,
  names: readonly string[],
  { shared, ...run }: MigrateOptions,
): Promise<number> {
  const { folder } = cache;
  const relpaths = names.map(name => `${name.slice(0, 2)}/${name.slice(2)}`);
  const job = createFileJob({ kind: 'hash', hash: 'md5' }, folder, relpaths);
  await runJob(job, run);
  let count = 0;
  for (const [row, name] of names.entries()) {
    const place = objectPath(folder, readMd5(job, row) + (isListing(name) ? '.dir' : ''));
    if (existsSync(place)) continue;
    try {
      makeFolder(dirname(place), shared);
      shareObject(objectPath(folder, name, LEGACY), place, cache.temporary());
      count += 1;
    } catch (cause) {
      throw unwritable(place, cause);
    }
  }
  return count;
}

function shareObject(old: string, place: string, temporary: string): void {
  try {
    linkSync(old, place);
  } catch {
    copyFileSync(old, temporary, constants.COPYFILE_FICLONE);
    renameSync(temporary, place);
  }
  chmodSync(place, 0o444);
}
