// How a file of the work tree shares its bytes with the cache. Which ways a file system offers is found by trying, once.
import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { LINK } from '#lib/dvc/objects/scan.ts';
import type { LinkType } from '#lib/dvc/objects/work-tree.ts';
import { ConfigurationError } from '#lib/errors.ts';

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
  } catch {
    rmSync(place, { force: true });
    return false;
  }
}

/** Makes the file, which must not exist. Copies have whatever permissions the system gives. */
export function makeLink(type: LinkType, object: string, place: string): void {
  if (type === 'hardlink') linkSync(object, place);
  else if (type === 'symlink') symlinkSync(object, place);
  else {
    const mode = type === 'reflink' ? constants.COPYFILE_FICLONE_FORCE : 0;
    copyFileSync(object, place, mode | constants.COPYFILE_EXCL);
  }
}

/** True when a file that has the object's bytes is tied to it in none of the ways that are wanted. */
export function needsRelink(
  types: readonly LinkType[],
  link: number,
  places: { object: string; path: string },
): boolean {
  return !types.some(type => {
    if (type === 'copy' || type === 'reflink') return link === LINK.none;
    if (type === 'hardlink') return link === LINK.hard && isSameFile(places.object, places.path);
    return link === LINK.symbolic && readlinkSync(places.path) === places.object;
  });
}

function isSameFile(a: string, b: string): boolean {
  const [left, right] = [lstatSync(a, { throwIfNoEntry: false }), lstatSync(b)];
  return left !== undefined && left.ino === right.ino && left.dev === right.dev;
}
