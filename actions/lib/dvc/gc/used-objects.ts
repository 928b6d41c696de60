// What a revision needs of the cache: the objects of its outputs, and every file of its folders.

import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { indexedOutputs, indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';

/** Objects in use, by how they are named. */
export interface UsedObjects {
  readonly names: Readonly<Record<HashName, ReadonlySet<string>>>;
  /** Folders whose listing is not in the cache, so that nobody knows which files they need. */
  readonly unlisted: readonly UnlistedFolder[];
}

export interface UnlistedFolder {
  readonly md5: string;
  readonly hash: HashName;
  /** The stage or .dvc file that needs it. */
  readonly address: string;
  /** As `Source.name`. */
  readonly revision: string;
}

/** Grows as revisions are looked at; a folder that many revisions share is read once. */
export interface UsedCollector {
  /** @param cache where the listings of its folders lie */
  readonly add: (index: RepositoryIndex, cache: ObjectCache) => void;
  readonly result: () => UsedObjects;
}

export function collectUsed(): UsedCollector {
  const names: Readonly<Record<HashName, Set<string>>> = { md5: new Set(), 'md5-dos2unix': new Set() };
  const unlisted = new Map<string, UnlistedFolder>();
  return {
    add: (index, cache) => {
      const imported = importedFiles(index);
      for (const { output, locked, address, file } of indexedOutputs(index)) {
        if (!output.cache || !locked || imported.has(file)) continue;
        const hash = locked.hash ?? 'md5';
        if (names[hash].has(locked.md5)) continue;
        names[hash].add(locked.md5);
        if (!locked.md5.endsWith('.dir')) continue;
        const files = cache.readTree(locked.md5, hash);
        for (const entry of files ?? []) names[hash].add(entry.md5);
        if (!files) {
          unlisted.set(`${hash} ${locked.md5}`, {
            md5: locked.md5,
            hash,
            address,
            revision: index.source.name,
          });
        }
      }
    },
    result: () => ({ names, unlisted: [...unlisted.values()] }),
  };
}

/** What was imported from another repository can be imported again, and is not kept: DVC's rule. */
function importedFiles(index: RepositoryIndex): ReadonlySet<string> {
  const stages = indexedStages(index).filter(({ tracked }) => tracked?.deps.some(({ repo }) => repo));
  return new Set(stages.map(({ file }) => file));
}
