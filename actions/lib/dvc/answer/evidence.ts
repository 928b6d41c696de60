// Everything that decides whether a repository is up to date, as places: rather one too many than one too few, since an
// answer is given again for as long as all of them look the same.
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';

/** With more places than this, starting is no longer what takes the time. */
const MOST_PLACES = 5000;

export interface Seen {
  readonly root: string;
  readonly gitRoot: string | undefined;
  /** What was read to know the stages, and the folders that were looked through for it; absolute, as all paths here. */
  readonly looked: Looked;
  /** Configuration and the like, whether or not it is there. */
  readonly files: readonly string[];
  /** All of the repository. */
  readonly stages: readonly IndexedStage[];
  readonly cache: Pick<ObjectCache, 'pathOf' | 'readTree'>;
}

export interface Looked {
  readonly texts: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

/** Undefined when there are too many of them to look at each time. */
export function findPlaces(seen: Seen): ReadonlySet<string> | undefined {
  const { looked, files, stages } = seen;
  if (countFiles(stages) > MOST_PLACES) return undefined;
  const places = new Set([...looked.texts, ...looked.folders, ...files]);
  const content = new Set<string>();
  for (const { deps, params, outs, outputs } of stages) {
    for (const { absolute } of [...deps, ...params, ...outs]) {
      // An output of one stage is a dependency of others; a folder that was looked through is not known with its files.
      if (!content.has(absolute)) addContent(places, absolute);
      content.add(absolute);
    }
    for (const { locked } of outputs) if (locked) addObjects(places, locked, seen.cache);
    if (places.size > MOST_PLACES) return undefined;
  }
  for (const folder of foldersOf(seen)) {
    for (const name of ['.dvcignore', '.gitignore']) places.add(join(folder, name));
    // A repository inside is left out of the one around it.
    if (folder.startsWith(seen.root + sep)) places.add(join(folder, '.dvc'));
  }
  return places.size > MOST_PLACES ? undefined : places;
}

function countFiles(stages: readonly IndexedStage[]): number {
  const recorded = stages.flatMap(({ outputs }) => outputs.map(({ locked }) => locked?.nfiles ?? 1));
  return recorded.reduce((sum, count) => sum + count, 0);
}

/** Folders in which patterns may stand that decide about files and outputs. */
function foldersOf({ root, gitRoot, looked, stages }: Seen): ReadonlySet<string> {
  const top = gitRoot ?? root;
  const folders = new Set<string>();
  const content = stages.flatMap(({ deps, outs }) =>
    [...deps, ...outs].map(({ absolute }) => dirname(absolute)),
  );
  for (const path of [root, ...looked.folders, ...content]) {
    for (let folder = path; !folders.has(folder) && isAtOrBelow(folder, top); folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return folders;
}

function isAtOrBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(top + sep);
}

/** A file, or a folder with everything in it; a link to a folder is gone through only where it is named. */
function addContent(places: Set<string>, path: string): void {
  places.add(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) addFolder(places, path);
}

function addFolder(places: Set<string>, folder: string): void {
  if (places.size > MOST_PLACES) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    places.add(path);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) addFolder(places, path);
  }
}

/** Whether the cache holds them is a part of the answer. */
function addObjects(places: Set<string>, { md5, hash }: LockedPath, cache: Seen['cache']): void {
  places.add(cache.pathOf(md5, hash));
  if (!md5.endsWith('.dir')) return;
  for (const entry of cache.readTree(md5, hash) ?? []) places.add(cache.pathOf(entry.md5, hash));
}
