// A tracked folder of which only a part is looked at again: its listing with that part replaced or taken out, and its
// size where that can be known without reading the rest.
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import { formatListing, nameListing, sortEntries } from '#lib/dvc/objects/listing.ts';
import type { Fingerprint, Hashed, TreeEntry } from '#lib/dvc/objects/object.ts';

export interface PartialTree {
  readonly fingerprint: Fingerprint;
  /** The bytes of the folder's object. */
  readonly listing: string;
}

/**
 * Undefined when there was nothing to take out.
 * @param part below the folder, with forward slashes
 * @param found what lies there now; undefined takes it out
 */
export function replacePart(
  before: { readonly locked: LockedPath | undefined; readonly tree: readonly TreeEntry[] },
  part: string,
  found: Hashed | undefined,
): PartialTree | undefined {
  const { locked, tree } = before;
  const kept = tree.filter(({ relpath }) => relpath !== part && !relpath.startsWith(`${part}/`));
  if (!found && kept.length === tree.length) return undefined;
  const fresh = (found?.tree ?? (found ? [{ md5: found.fingerprint.md5, relpath: '' }] : [])).map(
    ({ md5, relpath }) => ({ md5, relpath: relpath === '' ? part : `${part}/${relpath}` }),
  );
  const entries = sortEntries([...kept, ...fresh]);
  const listing = formatListing(entries);
  const md5 = nameListing(listing);
  const isAppended = found !== undefined && kept.length === tree.length;
  const size = sizeOf(locked, { md5, added: isAppended ? found.fingerprint.size : undefined });
  return { fingerprint: { md5, ...(size !== undefined && { size }), nfiles: entries.length }, listing };
}

/** DVC only knows the sum where files were added and none replaced, or nothing changed; it leaves it out otherwise. */
function sizeOf(
  locked: LockedPath | undefined,
  { md5, added }: { readonly md5: string; readonly added: number | undefined },
): number | undefined {
  if (added !== undefined && locked?.size) return locked.size + added;
  return locked?.md5 === md5 ? locked.size : undefined;
}
