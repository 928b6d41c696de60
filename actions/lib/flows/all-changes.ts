// Everything a proposal changes against the base, in words: what the locks tell, what model.yaml declares, and the files beside
// it that decide something.
import { join } from 'node:path';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import { type Base, type BaseModel, readAtBase } from '#lib/flows/base.ts';
import { describeChanges, describeDeclared } from '#lib/flows/changes.ts';
import { behaviourPath, CONTEXTS_PATH, readOptional } from '#lib/flows/judging/side-files.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';

export interface Changed {
  readonly workspace: Workspace;
  readonly base: Base | null;
  readonly before: BaseModel | undefined;
  readonly model: Model;
  readonly lock: Lock;
  /** The pipeline's folder, absolute. */
  readonly directory: string;
}

/** Null where the base does not have the model, or has not trained it. */
export async function describeAll({
  workspace,
  base,
  before,
  model,
  lock,
  directory,
}: Changed): Promise<readonly string[] | null> {
  if (!before?.lock) return null;
  const { root } = workspace;
  const name = model.metadata.name;
  const locked = describeChanges(before.lock, lock, { root, directory });
  return [
    ...describeDeclared(before.model, model),
    ...(await describeFile(workspace, base, behaviourPath(name))),
    ...(await describeFile(workspace, base, CONTEXTS_PATH)),
    // What stages depend on of model.yaml is told above already.
    ...locked.filter(sentence => !sentence.startsWith(`${modelPath(name)} `)),
  ];
}

async function describeFile(
  workspace: Workspace,
  base: Base | null,
  path: string,
): Promise<readonly string[]> {
  const bytes = await readAtBase(workspace, base, path);
  const was = bytes && Buffer.from(bytes).toString();
  const is = await readOptional(join(workspace.root, path));
  if (was === is) return [];
  if (was === undefined) return [`${path} is new`];
  if (is === undefined) return [`${path} is gone`];
  const [old, now] = [was, is].map(text => Buffer.byteLength(text));
  return [`${path} changed (${old} to ${now} bytes)`];
}
