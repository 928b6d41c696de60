// The content-addressed store below `.dvc/cache`: each object is written once, read-only, under the hash of its bytes.
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { LISTING_LIMIT_BYTES, nameListing, parseListing } from '#lib/dvc/objects/listing.ts';
import { hashBytes, hashFileNow } from '#lib/dvc/objects/md5.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing, OBJECT_NAME, objectPath, objectsFolder } from '#lib/dvc/objects/object-path.ts';
import { openPresence, type Presence, readNames } from '#lib/dvc/objects/presence.ts';
import { createWriter, type Writer } from '#lib/dvc/objects/store.ts';
import { createNames, makeFolder, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import { ConfigurationError } from '#lib/errors.ts';

const READ_ONLY = 0o444;

export interface ObjectCacheOptions {
  /** `cache.shared = group`: folders belong to the group. */
  readonly shared?: boolean;
  /** Of the process: it would take the permission to read from objects. */
  readonly umask?: number;
  /** Where it is remembered which listings are whole; undefined remembers nothing. */
  readonly presenceFile?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** @param folder absolute; made when the first object comes */
export function openObjectCache(
  folder: string,
  { shared = false, umask = 0, presenceFile, now = () => 0 }: ObjectCacheOptions = {},
): ObjectCache {
  const nextName = createNames(temporaryFolder(folder));
  const pathOf = (md5: string, hash?: HashName): string => objectPath(folder, md5, hash);
  const has = (md5: string, hash?: HashName): boolean => existsSync(pathOf(md5, hash));
  const readTree = (md5: string, hash?: HashName) => readListing(pathOf(md5, hash), md5);
  const presence = openPresence(objectsFolder(folder), { file: presenceFile, now });
  const presenceOf = (hash: HashName = 'md5'): Presence =>
    hash === 'md5' ? presence : openPresence(objectsFolder(folder, hash), { now });
  const missing = (md5: string, hash?: HashName): readonly string[] => {
    if (!isListing(md5)) return has(md5, hash) ? [] : [md5];
    const known = presenceOf(hash);
    if (has(md5, hash) && known.isWhole(md5)) return [];
    const entries = readTree(md5, hash);
    if (entries === undefined) return [md5];
    const { isThere, allAreThere } = known.ask(entries.length, md5);
    const absent = new Set(entries.filter(entry => !isThere(entry.md5)).map(entry => entry.md5));
    if (absent.size === 0) allAreThere(md5);
    return [...absent];
  };
  let isReady = false;
  let writer: Writer | undefined;
  const temporary = (): string => {
    if (!isReady) makeFolder(temporaryFolder(folder), shared);
    isReady = true;
    return nextName();
  };
  const adopt = async (file: string, md5: string, hash?: HashName): Promise<boolean> => {
    const place = pathOf(md5, hash);
    if (hashFileNow(file, hash).md5 !== md5.slice(0, 32)) {
      rmSync(file, { force: true });
      return false;
    }
    try {
      chmodSync(file, READ_ONLY);
      makeFolder(dirname(place), shared);
      renameSync(file, place);
      return true;
    } catch (cause) {
      throw unwritable(place, cause);
    }
  };
  return {
    folder,
    shared,
    umask,
    checked: new Set(),
    pathOf,
    has,
    readTree,
    missing,
    ask: presence.ask,
    save: presence.save,
    list: hash => listObjects(objectsFolder(folder, hash)),
    remove: (names, hash) => {
      const listingsFirst = names.toSorted((a, b) => Number(isListing(b)) - Number(isListing(a)));
      for (const name of listingsFirst) rmSync(pathOf(name, hash), { force: true });
    },
    adopt,
    adoptBytes: async (bytes, md5, hash) => {
      if (hash !== 'md5-dos2unix') {
        if (hashBytes(bytes) !== md5.slice(0, 32)) return false;
        writer ??= createWriter({ folder, shared, umask, method: 'copy' });
        writer.storeBytes(bytes, md5);
        return true;
      }
      const file = temporary();
      writeFileSync(file, bytes);
      return adopt(file, md5, hash);
    },
    temporary,
  };
}

/** A folder's files; what is damaged is removed, what is hostile refused. */
function readListing(path: string, md5: string): readonly TreeEntry[] | undefined {
  // A file is no damaged listing, and must stay.
  if (!isListing(md5)) return undefined;
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info?.isFile()) return undefined;
  if (info.size > LISTING_LIMIT_BYTES) throw refused(path, `it has ${info.size} bytes`);
  const text = readFileSync(path, 'utf8');
  if (nameListing(text) !== md5) {
    rmSync(path, { force: true });
    return undefined;
  }
  const entries = parseListing(text);
  if (typeof entries === 'string') throw refused(path, entries);
  return entries;
}

function refused(path: string, reason: string): ConfigurationError {
  return new ConfigurationError(`The listing of a folder is not used, because ${reason}`, {
    at: { file: path },
    remedy: 'Remove this object from the cache, and fetch or make the folder again.',
  });
}

function* listObjects(folder: string): Generator<{ readonly md5: string; readonly size: number }> {
  for (const prefix of readNames(folder)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const name of readNames(`${folder}${sep}${prefix}`)) {
      if (!OBJECT_NAME.test(prefix + name)) continue;
      const info = statSync(`${folder}${sep}${prefix}${sep}${name}`, { throwIfNoEntry: false });
      if (info?.isFile()) yield { md5: prefix + name, size: info.size };
    }
  }
}
