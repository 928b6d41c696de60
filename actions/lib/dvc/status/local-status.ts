// The status of many stages against the work tree. A file that is an output of one stage and a dependency of others is
// looked at once.
import { existsSync } from 'node:fs';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import type { ReadParamsFile } from '#lib/dvc/pipeline/params.ts';
import type { Selected } from '#lib/dvc/repository/targets.ts';
import { type Look, statusOf } from '#lib/dvc/status/stage-status.ts';
import type { StageStatus } from '#lib/dvc/status/status.ts';
import type { ValueMap } from '#lib/dvc/values/value.ts';
import type { WorkOptions, WorkTree } from '#lib/dvc/work-tree/work-tree.ts';

export interface LocalStatusOptions extends WorkOptions, Pick<Look, 'directory' | 'findUpdate'> {
  readonly workTree: WorkTree;
  readonly cache: ObjectCache;
  readonly readParams: ReadParamsFile;
}

/** Only what differs, in the order of the selection. */
export async function localStatus(
  selected: readonly Selected[],
  options: LocalStatusOptions,
): Promise<readonly StageStatus[]> {
  const look = createLook(options);
  const found: StageStatus[] = [];
  for (const { stage, within } of selected) {
    const status = await statusOf(stage, look, within);
    if (status) found.push(status);
  }
  return found;
}

/** Looks at the work tree and the cache, each place once. */
export function createLook({
  workTree,
  cache,
  readParams,
  directory,
  findUpdate,
  signal,
  onProgress,
}: LocalStatusOptions): Look {
  const hashes = new Map<string, Promise<string | undefined>>();
  const cached = new Map<string, boolean>();
  const values = new Map<string, Promise<ValueMap> | undefined>();
  const hash = async (path: string, name: HashName): Promise<string | undefined> => {
    const hashed = await workTree.hash(path, { hash: name, deadLinks: 'list', signal, onProgress });
    return hashed?.fingerprint.md5;
  };
  return {
    directory,
    findUpdate,
    readParams: file => {
      const known = values.get(file.absolute);
      if (known || values.has(file.absolute)) return known;
      const read = existsSync(file.absolute) ? readParams(file) : undefined;
      values.set(file.absolute, read);
      return read;
    },
    hash: (path, name) => remember(hashes, `${name} ${path}`, () => hash(path, name)),
    isCached: (md5, name) => remember(cached, `${name} ${md5}`, () => cache.missing(md5, name).length === 0),
  };
}

function remember<Found>(known: Map<string, Found>, key: string, find: () => Found): Found {
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}
