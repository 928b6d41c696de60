// A folder that is not there yet: all of its files are made elsewhere and come together. What stops that leaves nothing, so
// that the next run makes it whole.
import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { unwritable } from '#lib/documents/write.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import { createNames } from '#lib/dvc/objects/temporary.ts';
import type { Staged } from '#lib/dvc/work-tree/arrivals.ts';
import { CheckoutConflict } from '#lib/dvc/work-tree/checkout-failure.ts';
import type { WorkTreeContext } from '#lib/dvc/work-tree/context.ts';
import { makeFolder, makeFolders, placeOf, removeIfEmpty } from '#lib/dvc/work-tree/folders.ts';
import {
  choosePlacement,
  type PlacedFiles,
  type PlaceOptions,
  placeFiles,
} from '#lib/dvc/work-tree/place-files.ts';
import { ConfigurationError } from '#lib/errors.ts';

interface StagedOptions extends Omit<PlaceOptions, 'placement'> {
  /** What was made of the files already. */
  readonly arrived?: Staged | undefined;
}

/** @throws CheckoutConflict for files that somebody made there meanwhile */
export async function placeStaged(
  context: WorkTreeContext,
  entries: readonly TreeEntry[],
  { path, arrived, ...work }: StagedOptions,
): Promise<PlacedFiles> {
  const left = entries.filter(({ relpath }) => !arrived?.files.has(relpath));
  let folder = arrived?.folder;
  try {
    const placement = { ...choosePlacement(context, path), isStaged: true };
    folder ??= createNames(placement.temporaryFolder)();
    makeFolder(folder);
    const { placed, failed } = await placeFiles(context, left, { ...work, path: folder, placement });
    moveStaged(folder, path, entries);
    for (const [relpath, file] of arrived?.files ?? []) placed.set(relpath, file);
    return { placed, failed };
  } catch (error) {
    removeIfEmpty(path);
    throw error instanceof CheckoutConflict ? error : toldAs(path, folder ?? path, error);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the path is no empty folder any more, it comes file by file. */
function moveStaged(folder: string, path: string, entries: readonly TreeEntry[]): void {
  try {
    renameSync(folder, path);
  } catch {
    moveFiles(folder, path, entries);
  }
}

function moveFiles(folder: string, path: string, entries: readonly TreeEntry[]): void {
  const relpaths = entries.map(({ relpath }) => relpath);
  const theirs: string[] = [];
  makeFolders(path, relpaths);
  for (const relpath of relpaths) {
    const made = placeOf(folder, relpath);
    const place = placeOf(path, relpath);
    if (!existsSync(made)) continue;
    if (lstatSync(place, { throwIfNoEntry: false })) theirs.push(place);
    else move(made, place);
  }
  if (theirs.length > 0) throw new CheckoutConflict(theirs);
}

function move(made: string, place: string): void {
  try {
    renameSync(made, place);
  } catch (cause) {
    throw unwritable(place, cause);
  }
}

/** Nobody knows of the folder where files are made. */
function toldAs(path: string, folder: string, error: unknown): unknown {
  if (!(error instanceof ConfigurationError)) return error;
  const { message, at, remedy, cause } = error;
  const told = (text: string) => text.replaceAll(folder, path);
  return new ConfigurationError(told(message), {
    ...{ remedy, cause },
    at: at && { ...at, file: told(at.file) },
  });
}
