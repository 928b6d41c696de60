// How a file of the work tree shares its bytes with the cache. Which ways a file system offers is found by trying, once.
import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { CLONED_BYTES, type Store } from '#lib/dvc/objects/store.ts';
import type { Scan } from '#lib/dvc/scan/scan.ts';
import type { WorkTreeContext } from '#lib/dvc/work-tree/context.ts';
import { placeOf } from '#lib/dvc/work-tree/folders.ts';
import type { LinkType } from '#lib/dvc/work-tree/work-tree.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** The first of the types that works between the two names, which must not exist. @throws ConfigurationError if none does. */
export function chooseLinkType(types: readonly LinkType[], object: string, place: string): LinkType {
  writeFileSync(object, 'x');
  try {
    const found = types.find(type => works(type, object, place));
    if (found !== undefined) return found;
  } finally {
    rmSync(object, { force: true });
    rmSync(place, { force: true });
  }
  throw new ConfigurationError(
    `None of the link types ${types.join(', ')} works between the cache and ${place}`,
    {
      remedy:
        'Add "copy" to cache.type in the configuration of DVC, or move the cache to the same file system.',
    },
  );
}

function works(type: LinkType, object: string, place: string): boolean {
  try {
    makeLink(type, object, place);
    return type !== 'hardlink' || statSync(place).ino === statSync(object).ino;
  } catch (cause) {
    rmSync(place, { force: true });
    // Copies are made everywhere: the reason is another one.
    if (type === 'copy') throw cause;
    return false;
  }
}

/** Makes the file, which must not exist. Copies have whatever permissions the system gives. */
export function makeLink(type: LinkType, object: string, place: string): void {
  if (type === 'hardlink') linkOrCopy(object, place);
  else if (type === 'symlink') symlinkSync(object, place);
  else {
    const mode = type === 'reflink' ? constants.COPYFILE_FICLONE_FORCE : 0;
    copyFileSync(object, place, mode | constants.COPYFILE_EXCL);
  }
}

/** A read-only copy has to do for an object that has as many names as the file system allows. */
function linkOrCopy(object: string, place: string): void {
  try {
    linkSync(object, place);
  } catch (cause) {
    if (!hasCode(cause, 'EMLINK')) throw cause;
    copyFileSync(object, place, constants.COPYFILE_EXCL);
  }
}

/** True when a file that has the object's bytes is tied to it in none of the ways that are wanted. */
export function needsRelink(
  types: readonly LinkType[],
  { object, path }: { readonly object: string; readonly path: string },
): boolean {
  const info = lstatSync(path);
  const isOwn = info.isFile() && info.nlink === 1;
  return !types.some(type => {
    if (type === 'copy' || type === 'reflink') return isOwn;
    if (type === 'hardlink') return isOwn ? info.size === 0 : info.isFile() && isSameFile(info, object);
    return info.isSymbolicLink() && readlinkSync(path) === object;
  });
}

function isSameFile(info: Stats, object: string): boolean {
  const other = lstatSync(object, { throwIfNoEntry: false });
  return other !== undefined && info.ino === other.ino && info.dev === other.dev;
}

/** How files get into the cache: as the first link type says, where the file system can do that. */
export function chooseStoreMethod(context: WorkTreeContext, scan: Scan): Store['method'] {
  const [first] = context.linkTypes;
  if (first === 'hardlink') return 'hardlink';
  const sample = scan.sizes.findIndex(size => size >= CLONED_BYTES);
  if (first !== 'reflink' || sample < 0) return 'copy';
  const target = context.cache.temporary();
  try {
    copyFileSync(placeOf(scan.path, scan.relpaths[sample] ?? ''), target, constants.COPYFILE_FICLONE_FORCE);
    return 'clone';
  } catch {
    return 'copy';
  } finally {
    rmSync(target, { force: true });
  }
}
