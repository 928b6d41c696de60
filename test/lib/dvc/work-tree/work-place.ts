// A repository in a folder of its own, with the doors to its content open.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import type { WorkTreeOptions } from '#lib/dvc/work-tree/context.ts';
import { openWorkTree } from '#lib/dvc/work-tree/open-work-tree.ts';

export interface WorkPlace {
  readonly root: string;
  readonly cacheFolder: string;
  readonly stateFile: string;
  readonly path: (name: string) => string;
  /** Writes a file, and the folders above it. */
  readonly write: (name: string, content: string | Uint8Array) => string;
  readonly cache: ReturnType<typeof openObjectCache>;
  /** Opened anew each time, as by another process. */
  readonly open: (options?: Partial<WorkTreeOptions>) => ReturnType<typeof openWorkTree>;
  /** Every file below a folder of the repository with its text, sorted. */
  readonly read: (folder: string) => Readonly<Record<string, string>>;
}

export function createWorkPlace(): WorkPlace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'objects-')));
  const path = (name: string): string => join(root, name);
  mkdirSync(path('.dvc/tmp'), { recursive: true });
  const [cacheFolder, stateFile] = [path('.dvc/cache'), path('.dvc/tmp/mainline/state')];
  const cache = openObjectCache(cacheFolder);
  return {
    ...{ root, path, cacheFolder, stateFile, cache },
    write: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
    open: options =>
      openWorkTree({
        ...{ root, cache, stateFile, now: Date.now, umask: 0o022, linkTypes: ['reflink', 'copy'] },
        ignore: createIgnore(root),
        ...options,
      }),
    read: folder => readFiles(path(folder)),
  };
}

/** Names with forward slashes below the folder. */
export function readFiles(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Object.fromEntries(names.toSorted().map(name => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Some time after everything here was written: what is hashed then is remembered. */
export const later = (): number => Date.now() + 60_000;
