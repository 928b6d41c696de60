// What a checkout has to do, decided before anything is touched.
import { type Md5Rows, readRow } from '#lib/dvc/objects/md5-rows.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import type { Scan } from '#lib/dvc/scan/scan.ts';

/** The files at a place with their hashes, in the order of the scan. */
interface Present {
  readonly scan: Scan;
  readonly md5s: Md5Rows;
}

export interface CheckoutPlan {
  readonly added: readonly TreeEntry[];
  readonly modified: readonly TreeEntry[];
  readonly unchanged: readonly TreeEntry[];
  /** With the bytes they have now. */
  readonly deleted: readonly TreeEntry[];
  /** The bytes that files have now which will get others. */
  readonly replaced: readonly TreeEntry[];
}

/** @param wanted one entry with an empty path for a file */
export function planCheckout(before: Present | undefined, wanted: readonly TreeEntry[]): CheckoutPlan {
  const present = new Map(
    before?.scan.relpaths.map((relpath, index) => [relpath, readRow(before.md5s, index)]),
  );
  const [added, modified, unchanged, replaced]: TreeEntry[][] = [[], [], [], []];
  for (const entry of wanted) {
    const md5 = present.get(entry.relpath);
    if (md5 === undefined) added?.push(entry);
    else if (md5 === entry.md5) unchanged?.push(entry);
    else {
      modified?.push(entry);
      replaced?.push({ relpath: entry.relpath, md5 });
    }
    present.delete(entry.relpath);
  }
  const deleted = Array.from(present, ([relpath, md5]) => ({ relpath, md5 }));
  return { added, modified, unchanged, replaced, deleted } as CheckoutPlan;
}
