// A folder's object: its files with their hashes, as the JSON text that DVC writes. The name of the object is the hash
// of these bytes, so they have to be DVC's to the last space; and since they come from caches and remotes, no path in
// them is trusted.
import { hash } from 'node:crypto';
import { compareText } from '#lib/documents/canonical.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';

/** More than enough for a million files; what is larger is not read into memory. */
export const LISTING_LIMIT_BYTES = 400 * 1024 * 1024;

const PLAIN = /^[ !#-[\]-~]*$/;
const MD5 = /^[0-9a-f]{32}$/;
/** A part that is empty, `.` or `..`, or a NUL: the path would leave its folder, or be no path. */
const UNSAFE = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;
/** No folder that DVC stores holds these; put into a work tree they would run, or change what git and DVC do. */
const OWNED = /(?:^|\/)\.(?:git|dvc|dvcignore)(?:\/|$)/i;
/** Text without these sorts by UTF-16 units as it does by code points. */
const BEYOND_BASIC_ORDER = /[\ud800-\uffff]/;

/** The bytes of a folder's object: entries sorted by path. What has no bytes has no hash; no such listing is ever stored. */
export function formatListing(entries: readonly TreeEntry[]): string {
  const texts = entries.map(({ md5, relpath }) => {
    const path = PLAIN.test(relpath) ? `"${relpath}"` : pythonJson(relpath);
    return md5 === '' ? `{"relpath": ${path}}` : `{"md5": "${md5}", "relpath": ${path}}`;
  });
  return `[${texts.join(', ')}]`;
}

/** The name of the object with these bytes. */
export function nameListing(text: string | Uint8Array): string {
  return `${hash('md5', text)}.dir`;
}

/**
 * Reads a folder's object; paths are then safe to join, unique, and none is a folder of another. What else an entry
 * says is left out.
 * @returns what is wrong with it, in words that follow "because", when it is no listing.
 */
export function parseListing(text: string): readonly TreeEntry[] | string {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!Array.isArray(values)) return 'it is not a list';
  const entries: TreeEntry[] = [];
  const seen = new Set<string>();
  for (const value of values as readonly unknown[]) {
    const { md5, relpath } = (value ?? {}) as { md5?: unknown; relpath?: unknown };
    if (typeof md5 !== 'string' || !MD5.test(md5)) return 'an entry has no MD5';
    if (typeof relpath !== 'string' || UNSAFE.test(relpath)) {
      return `the path ${JSON.stringify(relpath)} leaves its folder`;
    }
    // The file system would take another name, the same for different ones.
    if (!relpath.isWellFormed()) return `the path ${JSON.stringify(relpath)} is no Unicode`;
    if (OWNED.test(relpath)) return `the path ${JSON.stringify(relpath)} belongs to git or DVC`;
    if (seen.has(relpath)) return `the path ${JSON.stringify(relpath)} is there twice`;
    seen.add(relpath);
    entries.push({ md5, relpath });
  }
  const nested = findNested(seen);
  return nested === undefined
    ? sortEntries(entries)
    : `the path ${JSON.stringify(nested)} is a file and a folder`;
}

/** A path that is also the folder of another. */
function findNested(paths: ReadonlySet<string>): string | undefined {
  let last = '';
  for (const path of paths) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (folder === last) continue;
    last = folder;
    for (let above = folder; above !== ''; above = above.slice(0, Math.max(0, above.lastIndexOf('/')))) {
      if (paths.has(above)) return above;
    }
  }
  return undefined;
}

/** By path, by code point; the same list when it is sorted already. */
export function sortEntries(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const compare = entries.some(({ relpath }) => BEYOND_BASIC_ORDER.test(relpath))
    ? compareText
    : compareUnits;
  const isSorted = entries.every((entry, index) => {
    const previous = entries[index - 1];
    return previous === undefined || compare(previous.relpath, entry.relpath) < 0;
  });
  return isSorted ? entries : entries.toSorted((a, b) => compare(a.relpath, b.relpath));
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
