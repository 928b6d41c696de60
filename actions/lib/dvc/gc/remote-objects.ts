// A remote as gc sees it: DVC's objects, by their hash. What else lies there (the run-cache, other files) is not looked at.
import { type CollectionPlan, type Garbage, planCollection } from '#lib/dvc/gc/plan.ts';
import type { UsedObjects } from '#lib/dvc/gc/used-objects.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Bucket } from '#lib/storage/bucket.ts';

export type RemoteObjects = Readonly<
  Record<HashName, readonly { readonly md5: string; readonly size: number }[]>
>;

const PREFIX = 'files/md5/';
const NAME = /^([0-9a-f]{2})\/([0-9a-f]{30}(?:\.dir)?)$/u;
/** Names in one request. */
const REMOVED_AT_ONCE = 1000;

/** @throws ConfigurationError for a place whose names cannot be listed */
export async function listRemoteObjects(bucket: Bucket, signal?: AbortSignal): Promise<RemoteObjects> {
  if (!bucket.canList) {
    throw new ConfigurationError(
      `What lies in ${bucket.url} cannot be listed, so nothing can be collected there`,
      {
        remedy: 'Choose another remote with --remote.',
      },
    );
  }
  const found: Record<HashName, { md5: string; size: number }[]> = { md5: [], 'md5-dos2unix': [] };
  for await (const entries of bucket.list('', { signal })) {
    for (const { name, size } of entries) {
      const isNew = name.startsWith(PREFIX);
      const match = NAME.exec(isNew ? name.slice(PREFIX.length) : name);
      if (match) found[isNew ? 'md5' : 'md5-dos2unix'].push({ md5: `${match[1]}${match[2]}`, size });
    }
  }
  return found;
}

/** What of a remote's objects nothing in use names. */
export function planRemoteCollection(objects: RemoteObjects, used: UsedObjects): CollectionPlan {
  return planCollection({ list: (hash = 'md5') => objects[hash] }, used);
}

/** Listings first, as in the cache. */
export async function collectRemote({ folders, files }: CollectionPlan, bucket: Bucket): Promise<void> {
  for (const garbage of [folders, files]) {
    for (let start = 0; start < garbage.length; start += REMOVED_AT_ONCE) {
      await bucket.remove(garbage.slice(start, start + REMOVED_AT_ONCE).map(remoteName));
    }
  }
}

function remoteName({ md5, hash }: Garbage): string {
  return `${hash === 'md5' ? PREFIX : ''}${md5.slice(0, 2)}/${md5.slice(2)}`;
}

/** What is in use and the remote does not have. */
export function withoutRemote(used: UsedObjects, objects: RemoteObjects): UsedObjects {
  const lacking = (hash: HashName): ReadonlySet<string> => {
    const there = new Set(objects[hash].map(({ md5 }) => md5));
    return new Set([...used.names[hash]].filter(md5 => !there.has(md5)));
  };
  return { ...used, names: { md5: lacking('md5'), 'md5-dos2unix': lacking('md5-dos2unix') } };
}
