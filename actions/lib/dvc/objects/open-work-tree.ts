// The work tree's door: every question is answered from a scan of names and time stamps, the state index, and, only for
// what these do not answer, from the files themselves.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { deleteFiles, makeExecutable, placeFiles, placeOf } from '#lib/dvc/objects/checkout.ts';
import { CheckoutConflict, MissingObjects } from '#lib/dvc/objects/checkout-failure.ts';
import { type CheckoutPlan, type Present, planCheckout } from '#lib/dvc/objects/checkout-plan.ts';
import type { Ignore } from '#lib/dvc/objects/ignore.ts';
import { chooseLinkType, needsRelink } from '#lib/dvc/objects/link-type.ts';
import { formatListing, nameListing, sortEntries } from '#lib/dvc/objects/listing.ts';
import { hashFileNow } from '#lib/dvc/objects/md5.ts';
import type { Fingerprint, Hashed, HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import { createBreather } from '#lib/dvc/objects/pause.ts';
import { createPlaceFile } from '#lib/dvc/objects/place-file.ts';
import { type Scan, scanPath, unreadable } from '#lib/dvc/objects/scan.ts';
import { createWriter } from '#lib/dvc/objects/store.ts';
import { createNames, removeAbandoned, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import type {
  CheckoutResult,
  LinkType,
  ObjectCache,
  WorkOptions,
  WorkTree,
} from '#lib/dvc/objects/work-tree.ts';

export interface WorkTreeOptions {
  /** Absolute; the folder that holds `.dvc`. */
  readonly root: string;
  readonly cache: ObjectCache;
  /** Tried in order. */
  readonly linkTypes: readonly LinkType[];
  /** Absolute; temporary files lie beside it. */
  readonly stateFile: string;
  readonly ignore: Ignore;
  /** Threads to hash with; undefined lets us choose by the number of processors. */
  readonly checksumJobs?: number | undefined;
  /** `cache.shared = group`. */
  readonly shared?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly umask: number;
}

export function openWorkTree(options: WorkTreeOptions): WorkTree {
  return {
    hash: (path, work) => hashPath(options, path, work),
    keep: (path, work) => keepPath(options, path, work),
    checkout: (print, path, work) => checkOut(options, { print, path }, work),
    save: () => {},
  };
}

async function hashPath(
  { ignore, now }: WorkTreeOptions,
  path: string,
  { hash, signal, onProgress }: WorkOptions & { readonly hash?: HashName } = {},
): Promise<Hashed | undefined> {
  const scan = scanPath(path, ignore);
  if (scan === undefined) return undefined;
  const breathe = createBreather(now, signal);
  const md5s: string[] = [];
  for (const [index, relpath] of scan.relpaths.entries()) {
    const file = placeOf(path, relpath);
    try {
      md5s.push(hashFileNow(file, hash).md5);
    } catch (cause) {
      throw unreadable(file, cause);
    }
    onProgress?.({ files: 1, bytes: scan.sizes[index] ?? 0 });
    const pause = breathe();
    if (pause) await pause;
  }
  return toHashed(scan, md5s, hash);
}

function toHashed(scan: Scan, md5s: readonly string[], hash: HashName = 'md5'): Hashed {
  const legacy = hash === 'md5' ? {} : { hash };
  const size = scan.sizes.reduce((sum, one) => sum + one, 0);
  if (!scan.isFolder) {
    const isexec = scan.isExecutable && { isexec: true as const };
    return { fingerprint: { md5: md5s[0] ?? '', ...legacy, size, ...isexec } };
  }
  const tree = sortEntries(scan.relpaths.map((relpath, index) => ({ md5: md5s[index] ?? '', relpath })));
  const md5 = nameListing(formatListing(tree));
  return { fingerprint: { md5, ...legacy, size, nfiles: tree.length }, tree };
}

async function keepPath(
  options: WorkTreeOptions,
  path: string,
  { signal, onProgress }: WorkOptions = {},
): Promise<Hashed | undefined> {
  const { ignore, now, cache, shared = false, umask } = options;
  const scan = scanPath(path, ignore);
  if (scan === undefined) return undefined;
  removeAbandoned(temporaryFolder(cache.folder), now());
  const writer = createWriter({ folder: cache.folder, shared, umask });
  const breathe = createBreather(now, signal);
  const md5s: string[] = [];
  for (const [index, relpath] of scan.relpaths.entries()) {
    const [size, mtimeMs, ino] = [scan.sizes[index] ?? 0, scan.mtimes[index] ?? 0, scan.inodes[index] ?? 0];
    md5s.push(writer.storeFile(placeOf(path, relpath), { size, mtimeMs, ino }));
    onProgress?.({ files: 1, bytes: size });
    const pause = breathe();
    if (pause) await pause;
  }
  const hashed = toHashed(scan, md5s);
  if (hashed.tree) writer.storeBytes(Buffer.from(formatListing(hashed.tree)), hashed.fingerprint.md5);
  await relink(options, { scan, md5s }, signal);
  return hashed;
}

/** Ties the files to their objects as the configuration wants it. */
async function relink(
  options: WorkTreeOptions,
  { scan, md5s }: Present,
  signal?: AbortSignal,
): Promise<void> {
  if (scan === undefined) return;
  const { cache, linkTypes, now } = options;
  const { path } = scan;
  const entries = scan.relpaths.flatMap((relpath, index): readonly TreeEntry[] => {
    const md5 = md5s[index] ?? '';
    const places = { object: cache.pathOf(md5), path: placeOf(path, relpath) };
    return needsRelink(linkTypes, scan.links[index] ?? 0, places) ? [{ md5, relpath }] : [];
  });
  if (entries.length > 0) {
    const breathe = createBreather(now, signal);
    await placeFiles(entries, {
      path,
      objectOf: md5 => cache.pathOf(md5),
      placeFile: prepare(options, path),
      onFile: breathe,
    });
  }
  if (scan.isExecutable) makeExecutable(path);
}

/** Chooses how files get to the path. */
function prepare({ cache, linkTypes, stateFile, umask, shared = false }: WorkTreeOptions, path: string) {
  try {
    const parent = dirname(path);
    mkdirSync(parent, { recursive: true });
    const beside = join(dirname(stateFile), 'checkout');
    mkdirSync(beside, { recursive: true });
    const isSameSystem = statSync(beside).dev === statSync(parent).dev;
    const nextName = createNames(isSameSystem ? beside : parent);
    const type = chooseLinkType(linkTypes, cache.temporary(), nextName());
    const mode = shared ? 0o664 : 0o666 & ~umask;
    return createPlaceFile({ type, mode, nextName, isVerified: () => false });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

interface Target {
  readonly print: Fingerprint;
  readonly path: string;
}

async function checkOut(
  options: WorkTreeOptions,
  { print, path }: Target,
  work: Parameters<WorkTree['checkout']>[2] = {},
): Promise<CheckoutResult> {
  const { cache, ignore, now } = options;
  const { force = false, allowMissing = false, signal, onProgress } = work;
  const { md5, hash } = print;
  const wanted = isListing(md5) ? cache.readTree(md5, hash) : [{ md5, relpath: '' }];
  if (wanted === undefined) {
    if (allowMissing) return UNCHANGED;
    throw new MissingObjects([path], [md5]);
  }
  const scan = scanPath(path, ignore);
  const present = await hashPath(options, path, { ...(hash && { hash }), signal });
  const hashes = new Map(present?.tree?.map(entry => [entry.relpath, entry.md5]));
  const md5s = scan?.relpaths.map(relpath => hashes.get(relpath) ?? present?.fingerprint.md5 ?? '') ?? [];
  const plan = planCheckout({ scan, md5s }, wanted);
  const changed = [...plan.added, ...plan.modified];
  const lost = [...plan.replaced, ...plan.deleted].filter(entry => !cache.has(entry.md5, hash));
  if (lost.length > 0 && !force)
    throw new CheckoutConflict(lost.map(({ relpath }) => placeOf(path, relpath)));
  const missing = changed.filter(entry => !cache.has(entry.md5, hash));
  if (missing.length > 0 && !allowMissing) throw missingOf(path, missing);
  deleteFiles(path, plan.deleted, isListing(md5));
  if (isListing(md5)) makeFolderAt(path);
  const relinked = work.relink ? plan.unchanged.filter(needsOther(options, { scan, path })) : [];
  if (changed.length + relinked.length > 0) {
    const breathe = createBreather(now, signal);
    const failed = await placeFiles([...changed, ...relinked], {
      path,
      objectOf: name => cache.pathOf(name, hash),
      placeFile: prepare(options, path),
      onFile: () => {
        onProgress?.({ files: 1, bytes: 0, totalFiles: changed.length });
        return breathe();
      },
    });
    const lacking = [...failed.missing, ...failed.damaged];
    if (lacking.length > 0 && !allowMissing) throw missingOf(path, lacking);
  }
  if (print.isexec && !isListing(md5) && cache.has(md5, hash)) makeExecutable(path);
  return toResult(scan, plan);
}

function needsOther(
  { cache, linkTypes }: WorkTreeOptions,
  { scan, path }: { scan: Scan | undefined; path: string },
) {
  const links = new Map(scan?.relpaths.map((relpath, index) => [relpath, scan.links[index] ?? 0]));
  return ({ md5, relpath }: TreeEntry): boolean =>
    needsRelink(linkTypes, links.get(relpath) ?? 0, {
      object: cache.pathOf(md5),
      path: placeOf(path, relpath),
    });
}

function missingOf(path: string, entries: readonly TreeEntry[]): MissingObjects {
  return new MissingObjects(
    entries.map(({ relpath }) => placeOf(path, relpath)),
    [...new Set(entries.map(({ md5 }) => md5))],
  );
}

/** A link that leads nowhere, or anything else that is no folder, was a file of the plan and is gone. */
function makeFolderAt(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

const UNCHANGED: CheckoutResult = { change: 'unchanged', files: { added: [], modified: [], deleted: [] } };

function toResult(scan: Scan | undefined, { added, modified, deleted }: CheckoutPlan): CheckoutResult {
  const names = (entries: readonly TreeEntry[]) => entries.map(({ relpath }) => relpath);
  const files = { added: names(added), modified: names(modified), deleted: names(deleted) };
  const isSame = added.length + modified.length + deleted.length === 0;
  return { change: scan === undefined ? 'added' : isSame ? 'unchanged' : 'modified', files };
}
