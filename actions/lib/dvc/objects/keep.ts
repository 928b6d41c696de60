// Takes a place of the work tree into the cache: files first, a folder's listing last, so that whoever finds the listing
// finds all of its files.
import { type Content, processRows, toContent, toHashed } from '#lib/dvc/objects/content.ts';
import type { WorkTreeContext } from '#lib/dvc/objects/context.ts';
import { isLinkedFolder } from '#lib/dvc/objects/folders.ts';
import { chooseStoreMethod } from '#lib/dvc/objects/link-type.ts';
import { relinkFiles } from '#lib/dvc/objects/place-files.ts';
import { scanPath } from '#lib/dvc/objects/scan.ts';
import { openStaging, publishStaged } from '#lib/dvc/objects/staging.ts';
import { createWriter, type Store } from '#lib/dvc/objects/store.ts';
import { removeAbandoned, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import type { KeepOptions } from '#lib/dvc/objects/work-tree.ts';

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
  const { isThere, allAreThere } = cache.ask(recalled.md5s.length - recalled.unknown, recalled.before);
  const indexes = recalled.md5s.flatMap((md5, index) => (md5 === '' || !isThere(md5) ? [index] : []));
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
    createWriter(store).storeBytes(Buffer.from(content.listing()), content.md5);
  }
  if (scan.isFolder) allAreThere(content.md5);
  await work.onStored?.(toHashed(content).fingerprint);
  if (!isElsewhere) await relinkFiles(context, content, work);
  return content;
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
