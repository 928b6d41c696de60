// Tells at once that a branch of a repository on this machine may have moved. Only a hint: file systems that tell nothing
// (some network disks) and folders that come and go are what polling is for.
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Names that matter, by folder: loose refs, packed ones, and the tables of the reftable format. */
const watched: readonly (readonly [folder: string, matters: (name: string) => boolean])[] = [
  ['', name => name === 'packed-refs'],
  ['refs/heads', name => name === 'main' || name === 'mainline'],
  ['refs/heads/mainline', name => name === 'state'],
  ['reftable', name => name === 'tables.list'],
];

/** @returns how to end it */
export function watchRefs(directory: string, onChange: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let isEnded = false;

  const open = (): void => {
    for (const [folder, matters] of watched) {
      if (isEnded || watchers.has(folder)) continue;
      const watcher = tryWatch(join(directory, folder), name => {
        if (name !== null && !matters(name)) return;
        // The folder of the state branch is made with its first commit.
        if (name === 'mainline') drop('refs/heads/mainline');
        open();
        onChange();
      });
      if (!watcher) continue;
      watchers.set(folder, watcher);
      watcher.on('error', () => drop(folder));
    }
  };
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  open();
  return () => {
    isEnded = true;
    for (const folder of [...watchers.keys()]) drop(folder);
  };
}

function tryWatch(folder: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, (_, name) => onEvent(name));
  } catch {
    return undefined;
  }
}
