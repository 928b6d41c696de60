// Compares one stage or .dvc file with what is recorded of it. What the content is comes from ports, so that status,
// repro and reports judge by the same rules.
import { relative, sep } from 'node:path';
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import type { HashName } from '#lib/dvc/objects/object.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { ParamsFile } from '#lib/dvc/pipeline/stage.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import { paramChanges } from '#lib/dvc/status/param-status.ts';
import type { PathChange, StageStatus, StatusItem } from '#lib/dvc/status/status.ts';
import { stageMd5 } from '#lib/dvc/tracked/stage-md5.ts';
import type { TrackedDependency, TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { isValueMap, sameValue, type ValueMap } from '#lib/dvc/values/value.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** How content is looked at. */
export interface Look {
  /** Absolute: where the user stands. Paths are shown from there. */
  readonly directory: string;
  /** The name of what lies at a path; undefined when nothing does. */
  readonly hash: (path: string, hash: HashName) => Promise<string | undefined>;
  /** True when the cache holds all of an object. */
  readonly isCached: (md5: string, hash: HashName) => boolean;
  /** Undefined for a file that does not exist. */
  readonly readParams: (file: ParamsFile) => Promise<ValueMap> | undefined;
  /** The commit an import would come from now; absent when updates are not looked for. */
  readonly findUpdate?: ((dependency: TrackedDependency) => Promise<string | undefined>) | undefined;
}

/**
 * @param within absolute: only outputs that hold this path
 * @returns undefined when nothing differs
 */
export async function statusOf(
  stage: IndexedStage,
  look: Look,
  within?: string,
): Promise<StageStatus | undefined> {
  const deps = await dependencyChanges(stage, look);
  const outs = await outputChanges(stage, look, within);
  const items: readonly StatusItem[] = [
    ...(deps.size > 0 ? [{ kind: 'changed deps' as const, changes: deps }] : []),
    ...(outs.size > 0 ? [{ kind: 'changed outs' as const, changes: outs }] : []),
    ...(isAlwaysChanged(stage) ? [{ kind: 'always changed' as const }] : []),
    ...(await changedItself(stage)),
  ];
  return items.length > 0 ? { address: stage.name, items } : undefined;
}

/** A stage that says so, or that has a command and nothing that could change. */
export function isAlwaysChanged({ stage, tracked }: IndexedStage): boolean {
  if (tracked) return tracked.alwaysChanged;
  return (
    stage !== undefined &&
    (stage.alwaysChanged || stage.deps.length + stage.params.length + stage.outs.length === 0)
  );
}

type ChangeMap = Map<string, PathChange | ReadonlyMap<string, 'modified' | 'deleted' | 'new'>>;

async function dependencyChanges(stage: IndexedStage, look: Look): Promise<ChangeMap> {
  return stage.tracked ? trackedDependencies(stage.tracked, look) : stageDependencies(stage, look);
}

async function stageDependencies({ stage, entry }: IndexedStage, look: Look): Promise<ChangeMap> {
  const changes: ChangeMap = new Map();
  if (!stage || stage.frozen) return changes;
  const recorded = new Map(entry?.deps.map(dep => [dep.path, dep]));
  for (const { path, absolute } of stage.deps) {
    const change = await pathChange(absolute, recorded.get(path), look);
    if (change) changes.set(shown(absolute, look), change);
  }
  for (const file of stage.params) {
    const values = await look.readParams(file);
    const found = values ? paramChanges(file, values, entry?.params.get(file.path)) : 'deleted';
    if (typeof found === 'string' || found.size > 0) changes.set(shown(file.absolute, look), found);
  }
  return changes;
}

async function trackedDependencies(tracked: TrackedFile, look: Look): Promise<ChangeMap> {
  const changes: ChangeMap = new Map();
  for (const dep of tracked.deps) {
    if (dep.repo) {
      const now = await look.findUpdate?.(dep);
      if (now !== undefined && now !== dep.repo.revLock) {
        changes.set(`${dep.path} (${dep.repo.url})`, 'update available');
      }
    } else if (!tracked.frozen) {
      if (dep.absolute === undefined) throw cannotLook(dep, tracked);
      const change = await pathChange(dep.absolute, dep.locked, look);
      if (change) changes.set(shown(dep.absolute, look), change);
    }
  }
  return changes;
}

async function outputChanges(
  stage: IndexedStage,
  look: Look,
  within: string | undefined,
): Promise<ChangeMap> {
  const changes: ChangeMap = new Map();
  for (const { output, locked } of stage.outputs) {
    if (within !== undefined && !isWithin(output.absolute, within)) continue;
    const isLost = locked !== undefined && output.cache && !look.isCached(locked.md5, hashNameOf(locked));
    const change = isLost ? 'not in cache' : await pathChange(output.absolute, locked, look);
    if (change) changes.set(shown(output.absolute, look), change);
  }
  return changes;
}

async function pathChange(
  absolute: string,
  locked: LockedPath | undefined,
  look: Look,
): Promise<PathChange | undefined> {
  const md5 = await look.hash(absolute, hashNameOf(locked));
  if (md5 === undefined) return 'deleted';
  return md5 === locked?.md5 ? undefined : 'modified';
}

/** What was recorded without a name is DVC 2's; what was never recorded is new and DVC 3's. */
export function hashNameOf(locked: LockedPath | undefined): HashName {
  return locked?.hash ?? 'md5';
}

async function changedItself({ stage, entry, tracked }: IndexedStage): Promise<readonly StatusItem[]> {
  if (stage) return entry && !sameValue(stage.cmd, entry.cmd) ? [{ kind: 'changed command' }] : [];
  if (!tracked) return [];
  const isImport = tracked.deps.length === 1 && tracked.outs.length === 1;
  const expected = isImport ? await computeMd5(tracked) : undefined;
  return tracked.md5 === expected ? [] : [{ kind: 'changed checksum' }];
}

async function computeMd5({ text, file }: TrackedFile): Promise<string | undefined> {
  const { value } = await parseTyped(text, file);
  return isValueMap(value) ? stageMd5(value) : undefined;
}

function shown(absolute: string, { directory }: Look): string {
  return relative(directory, absolute).split(sep).join('/') || '.';
}

function cannotLook(dep: TrackedDependency, { file, at }: TrackedFile): ConfigurationError {
  return new ConfigurationError(
    `Whether ${dep.path} changed cannot be looked up: it is not on this machine`,
    {
      at: { ...at, file },
      remedy: `Freeze the import (frozen: true), or ask DVC: dvc status ${file}`,
    },
  );
}
