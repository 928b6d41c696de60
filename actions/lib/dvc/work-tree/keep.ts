// Takes a place of the work tree into the cache: files first, a folder's listing last, so that whoever finds the listing
// finds all of its files.

import { isRowKnown, MD5_BYTES, type Md5Rows, readRow } from '#lib/dvc/objects/md5-rows.ts';
import type { Questions } from '#lib/dvc/objects/presence.ts';
import { openStaging, publishStaged } from '#lib/dvc/objects/staging.ts';
import { createWriter, type Store } from '#lib/dvc/objects/store.ts';
import { removeAbandoned, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import { scanPath } from '#lib/dvc/scan/scan.ts';
import { type Content, processRows, toContent, toHashed } from '#lib/dvc/work-tree/content.ts';
import type { WorkTreeContext } from '#lib/dvc/work-tree/context.ts';
import { isLinkedFolder } from '#lib/dvc/work-tree/folders.ts';
import { chooseStoreMethod } from '#lib/dvc/work-tree/link-type.ts';
import { relinkFiles } from '#lib/dvc/work-tree/place-files.ts';
import type { KeepOptions } from '#lib/dvc/work-tree/work-tree.ts';

/** Undefined when nothing is there. */
export async function keepContent(
  context: WorkTreeContext,
  path: string,
  work: KeepOptions = {},
): Promise<Content | undefined> {
  const { cache, ignore, now, state, shared = false, umask } = context;
  const scan = scanPath(path, ignore);
  if (scan === undefined) return undefined;
  const recalled = state.recall(scan);
  const questions = cache.ask(scan.relpaths.length - recalled.unknown, recalled.before);
  const indexes = findMissing(recalled.md5s, questions);
  // Files behind a link to a folder are somebody else's: they stay as they are.
  const isElsewhere = scan.isFolder && isLinkedFolder(path);
  const method = indexes.length === 0 || isElsewhere ? 'copy' : chooseStoreMethod(context, scan);
  const store: Store = { folder: cache.folder, shared, umask, method };
  const rows = { scan, recalled, indexes };
  if (indexes.length > 0) removeAbandoned(temporaryFolder(cache.folder), now());
  const content =
    indexes.length === 0 && recalled.md5 !== undefined
      ? toContent(scan, recalled, recalled.md5)
      : await inStages(store, indexes.length, store =>
          processRows(context, rows, { ...work, task: { kind: 'keep', store } }),
        );
  if (scan.isFolder && !cache.has(content.md5)) {
    createWriter(store).storeBytes(content.listing(), content.md5);
  }
  if (scan.isFolder) questions.allAreThere(content.md5);
  await work.onStored?.(toHashed(content).fingerprint);
  if (!isElsewhere) await relinkFiles(context, content, work);
  return content;
}

/** Rows that are unknown, or whose object the cache lacks. */
function findMissing(md5s: Md5Rows, { isThere, areAllThere }: Questions): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < md5s.length / MD5_BYTES; row++) {
    if (isRowKnown(md5s, row)) {
      if (areAllThere(md5s[row * MD5_BYTES] ?? 0) || isThere(readRow(md5s, row))) continue;
    }
    rows.push(row);
  }
  return rows;
}

/** What was stored when it ends is in the cache then, also when it was stopped. */
async function inStages<Result>(
  store: Store,
  files: number,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const staging = openStaging(store.folder, files);
  if (staging === undefined) return work(store);
  try {
    return await work({ ...store, staging });
  } finally {
    publishStaged(staging, { cacheFolder: store.folder, shared: store.shared });
  }
}
