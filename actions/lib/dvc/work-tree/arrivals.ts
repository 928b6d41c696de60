// Folders that are about to be checked out and are not there yet: their files are made while the objects arrive, from the
// bytes that are in memory then, and the checkout need not ask the cache for them. Nothing is seen of them before it.
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeAll } from '#lib/dvc/objects/bytes.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import { createNames } from '#lib/dvc/objects/temporary.ts';
import { canRename, makeFolders, placeOf } from '#lib/dvc/work-tree/folders.ts';
import type { Arrivals, ExpectedFolder, LinkType } from '#lib/dvc/work-tree/work-tree.ts';

/** A folder that is not there yet and holds no more than this comes as a whole: who is killed begins with it anew. */
const WHOLE_BYTES = 256 * 1024 * 1024;

/** True for a folder of which all files are made elsewhere, to come together, where nothing is there yet. */
export function comesWhole({ md5, size = Infinity }: Pick<ExpectedFolder, 'md5' | 'size'>): boolean {
  return isListing(md5) && size <= WHOLE_BYTES;
}

/** A file as it was right after it had been put there. */
export interface PlacedFile {
  readonly md5: string;
  readonly size: number;
  readonly mtime: number;
  readonly inode: number;
}

/** A folder elsewhere, and those files of it that are there. */
export interface Staged {
  readonly folder: string;
  readonly files: Map<string, PlacedFile>;
}

export interface StagedArrivals extends Arrivals {
  /** What was made of a folder is the caller's then; undefined where nothing was. */
  claim(folder: Pick<ExpectedFolder, 'path' | 'md5'>): Staged | undefined;
}

interface Expected {
  readonly md5: string;
  readonly folder: string;
  readonly mode: number;
  /** Relative paths by the object that they are to hold; mostly one. */
  readonly wanted: ReadonlyMap<string, string | readonly string[]>;
  readonly files: Map<string, PlacedFile>;
}

interface ArrivalsOptions {
  /** Absolute; where folders are made. */
  readonly beside: string;
  /** How files get to a path. */
  readonly placementAt: (path: string) => { readonly type: LinkType; readonly mode: number };
}

export function createArrivals({ beside, placementAt }: ArrivalsOptions): StagedArrivals {
  const expected = new Map<string, Expected>();
  const nextName = createNames(beside);
  const expect = (folder: ExpectedFolder, entries: readonly TreeEntry[]): void => {
    const { path, md5 } = folder;
    if (!comesWhole(folder) || expected.has(path) || !canMove(beside, path)) return;
    const { type, mode } = placementAt(path);
    if (type !== 'copy') return;
    const wanted = new Map<string, string | string[]>();
    for (const { md5, relpath } of entries) {
      const same = wanted.get(md5);
      if (same === undefined) wanted.set(md5, relpath);
      else if (typeof same === 'string') wanted.set(md5, [same, relpath]);
      else same.push(relpath);
    }
    const made = nextName();
    mkdirSync(made);
    expected.set(path, { md5, folder: made, mode, wanted, files: new Map() });
    makeFolders(
      made,
      entries.map(({ relpath }) => relpath),
    );
  };
  return {
    // Whatever is wrong with a place, the checkout finds it too, and says so.
    expect: (folder, entries) => {
      try {
        expect(folder, entries);
      } catch {
        drop(expected, folder.path);
      }
    },
    take: (md5, bytes) => {
      for (const { wanted, folder, mode, files } of expected.values()) {
        const relpaths = wanted.get(md5) ?? [];
        for (const relpath of typeof relpaths === 'string' ? [relpaths] : relpaths) {
          const made = make(placeOf(folder, relpath), bytes, mode);
          if (made) files.set(relpath, { md5, size: made.size, mtime: made.mtimeMs, inode: made.ino });
        }
      }
    },
    claim: ({ path, md5 }) => {
      const found = expected.get(path);
      if (found?.md5 !== md5) return undefined;
      expected.delete(path);
      return found;
    },
    close: () => {
      for (const path of expected.keys()) drop(expected, path);
    },
  };
}

function drop(expected: Map<string, Expected>, path: string): void {
  const found = expected.get(path);
  if (found) rmSync(found.folder, { recursive: true, force: true });
  expected.delete(path);
}

/** True where a folder can get to a path by its name alone. */
function canMove(beside: string, path: string): boolean {
  const parent = dirname(path);
  if (!existsSync(parent) || lstatSync(path, { throwIfNoEntry: false })) return false;
  mkdirSync(beside, { recursive: true });
  return canRename(beside, parent);
}

function make(name: string, bytes: Uint8Array, mode: number): Stats | undefined {
  let file: number | undefined;
  try {
    file = openSync(name, 'wx', mode);
    writeAll(file, bytes);
    return fstatSync(file);
  } catch {
    // What has that name already is another file of the folder, where the file system takes both names for one.
    if (file !== undefined) rmSync(name, { force: true });
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
