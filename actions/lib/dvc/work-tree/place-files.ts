// Puts many objects at their places in the work tree, and remembers what lies there then.
import { chmodSync, lstatSync, mkdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { countUnknown, createMd5Rows, type Md5Rows, readRow, writeRow } from '#lib/dvc/objects/md5-rows.ts';
import type { HashName, TreeEntry } from '#lib/dvc/objects/object.ts';
import { createNames, removeAbandoned } from '#lib/dvc/objects/temporary.ts';
import { LINK, type Scan, scanPath } from '#lib/dvc/scan/scan.ts';
import type { PlacedFile } from '#lib/dvc/work-tree/arrivals.ts';
import type { Content } from '#lib/dvc/work-tree/content.ts';
import type { WorkTreeContext, WorkTreeOptions } from '#lib/dvc/work-tree/context.ts';
import { createFileJob, MARK, writeMd5 } from '#lib/dvc/work-tree/file-job.ts';
import { canRename, makeFolders, placeOf } from '#lib/dvc/work-tree/folders.ts';
import { chooseLinkType, needsRelink } from '#lib/dvc/work-tree/link-type.ts';
import type { Placement } from '#lib/dvc/work-tree/place-file.ts';
import { runJob } from '#lib/dvc/work-tree/threads.ts';
import type { LinkType, WorkOptions } from '#lib/dvc/work-tree/work-tree.ts';

/** Files as they were right after they had been put there, and those that could not be. */
export interface PlacedFiles {
  readonly placed: Map<string, PlacedFile>;
  readonly failed: readonly TreeEntry[];
}

export interface PlaceOptions extends WorkOptions {
  readonly path: string;
  readonly hash?: HashName | undefined;
  /** Chosen for the path unless given. */
  readonly placement?: Placement | undefined;
}

/** Entries must not be folders of each other; files that are in the way are replaced. */
export async function placeFiles(
  context: WorkTreeContext,
  entries: readonly TreeEntry[],
  { path, hash = 'md5', placement = choosePlacement(context, path), ...work }: PlaceOptions,
): Promise<PlacedFiles> {
  const { cache, state } = context;
  const relpaths = entries.map(({ relpath }) => relpath);
  makeFolders(path, relpaths);
  const job = createFileJob({ kind: 'place', cacheFolder: cache.folder, hash, placement }, path, relpaths);
  for (const [row, { md5 }] of entries.entries()) {
    writeMd5(job, row, md5);
    if (placement.type === 'copy') {
      if (hash === 'md5' && cache.checked.has(md5)) job.marks[row] = MARK.verified;
      continue;
    }
    const info = statSync(cache.pathOf(md5, hash), { throwIfNoEntry: false });
    if (info && state.isVerified(md5, info)) job.marks[row] = MARK.verified;
  }
  await runJob(job, { ...work, threads: context.threads, now: context.now });
  const placed = new Map<string, PlacedFile>();
  const failed = entries.filter(({ md5, relpath }, row) => {
    if (job.marks[row] !== MARK.done) return true;
    const [size, mtime, inode] = [job.sizes[row] ?? 0, job.mtimes[row] ?? 0, job.inodes[row] ?? 0];
    placed.set(relpath, { md5, size, mtime, inode });
    return false;
  });
  return { placed, failed };
}

/** Where files are made that get to the work tree by a rename. */
export function besideState(stateFile: string): string {
  return join(dirname(stateFile), 'checkout');
}

/** How files get to a path; temporary files lie where a rename can reach it. */
export function choosePlacement(
  { cache, linkTypes, now, stateFile, umask, shared = false }: WorkTreeOptions,
  path: string,
) {
  try {
    const parent = dirname(path);
    const beside = besideState(stateFile);
    for (const folder of [parent, beside]) mkdirSync(folder, { recursive: true });
    removeAbandoned(beside, now());
    const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const target = isFolder ? path : parent;
    const temporaryFolder = [beside, parent].find(folder => canRename(folder, target)) ?? target;
    const type = chooseLinkType(linkTypes, cache.temporary(), createNames(temporaryFolder)());
    return { type, mode: shared ? 0o664 : 0o666 & ~umask, temporaryFolder } satisfies Placement;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/**
 * The type that a file by itself gets whatever it was before, and every file that is linked again; files of a folder that
 * is stored keep any type of the list. So DVC does it.
 */
export function firstType(context: WorkTreeContext, path: string): LinkType {
  const [first = 'copy', next = 'copy'] = context.linkTypes;
  if (first !== 'reflink' || next === 'copy') return first;
  return choosePlacement(context, path).type;
}

/** Ties files to their objects as the configuration wants it, where they are not yet. */
export async function relinkFiles(
  context: WorkTreeContext,
  content: Content,
  work: WorkOptions,
): Promise<void> {
  const { cache, linkTypes } = context;
  const { scan, md5s } = content;
  const { path } = scan;
  const wanted = scan.isFolder ? linkTypes : [firstType(context, path)];
  const wantsLinks = wanted[0] === 'hardlink' || wanted[0] === 'symlink';
  if (!wantsLinks && scan.links.every(link => link === LINK.none)) return;
  const entries = scan.relpaths.flatMap((relpath, index): readonly TreeEntry[] => {
    const md5 = readRow(md5s, index);
    const places = { object: cache.pathOf(md5), path: placeOf(path, relpath) };
    return needsRelink(wanted, places) ? [{ md5, relpath }] : [];
  });
  const { placed } =
    entries.length === 0 ? { placed: NONE } : await placeFiles(context, entries, { ...work, path });
  if (scan.isExecutable) makeExecutable(path, cache.pathOf(content.md5));
  rememberPlaced(context, path, { placed, whole: content.md5, files: scan.relpaths.length, before: content });
}

const NONE: ReadonlyMap<string, PlacedFile> = new Map();

/** Lets the owner execute a file, as DVC does, or the object that it is a link to; what a link of the user leads to is theirs. */
export function makeExecutable(path: string, object: string): void {
  if (lstatSync(path).isSymbolicLink() && readlinkSync(path) !== object) return;
  const { mode } = statSync(path);
  if ((mode & 0o100) === 0) chmodSync(path, (mode & 0o7777) | 0o100);
}

interface NowThere {
  readonly placed: ReadonlyMap<string, PlacedFile>;
  /** The fingerprint's MD5 and how many files it stands for. */
  readonly whole: string;
  readonly files: number;
  /** What was there before. */
  readonly before: { readonly scan: Scan; readonly md5s: Md5Rows } | undefined;
  readonly hash?: HashName | undefined;
}

/** Looks at a path again after files were put there: what is as it was left, or as it was before, is remembered. */
export function rememberPlaced(
  { ignore, now, state }: WorkTreeContext,
  path: string,
  { placed, whole, files, before, hash }: NowThere,
): void {
  const scan = scanPath(path, ignore);
  if (scan === undefined) return;
  const known = new Map(before?.scan.relpaths.map((relpath, row) => [relpath, row]));
  const md5s = createMd5Rows(scan.relpaths.length);
  for (const [index, relpath] of scan.relpaths.entries()) {
    const put = placed.get(relpath);
    const row = known.get(relpath);
    if (put) writeRow(md5s, index, isAsLeft(put, scan, index) ? put.md5 : '');
    else if (before && row !== undefined && isAsBefore(before.scan, row, { scan, index })) {
      writeRow(md5s, index, readRow(before.md5s, row));
    }
  }
  const isWhole = scan.relpaths.length === files && countUnknown(md5s) === 0;
  state.remember(scan, { md5s, whole: isWhole ? whole : undefined, readAt: now(), hash });
  if (hash === undefined || hash === 'md5') state.rememberObjects(scan, md5s);
}

function isAsLeft(put: PlacedFile, { sizes, mtimes, inodes }: Scan, index: number): boolean {
  return put.size === sizes[index] && put.mtime === mtimes[index] && put.inode === inodes[index];
}

function isAsBefore(before: Scan, row: number, { scan, index }: { scan: Scan; index: number }): boolean {
  return before.sizes[row] === scan.sizes[index] && before.mtimes[row] === scan.mtimes[index];
}
