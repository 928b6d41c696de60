// A file or folder inside a tracked folder is put back alone; the rest of the folder is not looked at. Nothing is written
// or deleted through a link on the way to it: what lies there is somebody else's.
import { lstatSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { CheckoutConflict, MissingObjects } from '#lib/dvc/work-tree/checkout-failure.ts';
import { deleteFiles, refuseLinks } from '#lib/dvc/work-tree/folders.ts';
import { findWithoutCopy } from '#lib/dvc/work-tree/sound-copies.ts';
import type { CheckoutResult } from '#lib/dvc/work-tree/work-tree.ts';

export interface Part {
  /** Absolute; the tracked folder. */
  readonly output: string;
  /** Absolute; below it. */
  readonly within: string;
  readonly locked: LockedPath;
}

export interface PartFlags {
  readonly force?: boolean | undefined;
  readonly relink?: boolean | undefined;
}

/**
 * What the folder does not hold is taken away, as DVC does; a path that is nowhere is no error to it either.
 * @throws CheckoutConflict, MissingObjects.
 */
export async function checkoutPart(
  part: Part,
  repository: DvcRepository,
  flags: PartFlags,
): Promise<CheckoutResult> {
  const wanted = findEntries(part, repository);
  const { locked, output } = part;
  const { workTree, cache } = repository;
  const missing = wanted.filter(({ md5 }) => !cache.has(md5, locked.hash));
  if (missing.length > 0) {
    throw new MissingObjects(
      missing.map(({ relpath }) => join(output, relpath)),
      missing.map(({ md5 }) => md5),
    );
  }
  const found = await workTree.hash(part.within, locked.hash && { hash: locked.hash });
  const prefix = relative(output, part.within).split(sep).join('/');
  const names = new Set(wanted.map(({ relpath }) => relpath));
  const there = found?.tree ?? (found ? [{ md5: found.fingerprint.md5, relpath: '' }] : []);
  const extra = there
    .map(({ md5, relpath }) => ({ md5, relpath: joined(prefix, relpath) }))
    .filter(({ relpath }) => !names.has(relpath));
  const present = new Map(there.map(({ md5, relpath }) => [joined(prefix, relpath), md5]));
  const isAsWanted = wanted.every(({ md5, relpath }) => present.get(relpath) === md5);
  if (isAsWanted && extra.length === 0 && !flags.relink) return UNCHANGED;
  const touched = [...wanted, ...extra].map(({ relpath }) => relpath);
  refuseLinks(output, touched);
  const unsaved = flags.force ? [] : findWithoutCopy(cache, extra, { path: output, hash: locked.hash });
  if (unsaved.length > 0) {
    throw new CheckoutConflict(unsaved.map(({ relpath }) => join(output, relpath)));
  }
  const deleted = extra.map(({ relpath }) => relpath);
  deleteFiles(output, deleted, true);
  return placeAll(wanted, { part, repository, flags, deleted });
}

const UNCHANGED: CheckoutResult = { change: 'unchanged', files: { added: [], modified: [], deleted: [] } };

function joined(prefix: string, relpath: string): string {
  return relpath === '' ? prefix : `${prefix}/${relpath}`;
}

function findEntries({ output, within, locked }: Part, { cache }: DvcRepository): readonly TreeEntry[] {
  const tree = cache.readTree(locked.md5, locked.hash);
  if (!tree) throw new MissingObjects([output], [locked.md5]);
  const prefix = relative(output, within).split(sep).join('/');
  return tree.filter(({ relpath }) => relpath === prefix || relpath.startsWith(`${prefix}/`));
}

interface Placing {
  readonly part: Part;
  readonly repository: DvcRepository;
  readonly flags: PartFlags;
  readonly deleted: readonly string[];
}

async function placeAll(
  wanted: readonly TreeEntry[],
  { part, repository, flags, deleted }: Placing,
): Promise<CheckoutResult> {
  const isNew = !lstatSync(part.output, { throwIfNoEntry: false });
  const added: string[] = [];
  const modified: string[] = [];
  for (const { md5, relpath } of wanted) {
    const print = { md5, hash: part.locked.hash };
    const { change } = await repository.workTree.checkout(print, join(part.output, relpath), {
      ...(flags.force && { force: true }),
      ...(flags.relink && { relink: true }),
    });
    if (change === 'added') added.push(relpath);
    if (change === 'modified') modified.push(relpath);
  }
  const isUnchanged = added.length + modified.length + deleted.length === 0;
  const change = isUnchanged ? 'unchanged' : isNew ? 'added' : 'modified';
  return { change, files: { added, modified, deleted } };
}
