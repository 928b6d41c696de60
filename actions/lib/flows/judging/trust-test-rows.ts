// How far the test rows can be trusted, from the history and the cache at hand.
import { relative } from 'node:path';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import type { TestRows } from '#lib/evaluation/test-rows.ts';
import type { Base, BaseModel } from '#lib/flows/base.ts';
import { findOutput } from '#lib/flows/champion.ts';
import { findOverlap } from '#lib/flows/judging/overlap.ts';
import { countJudged } from '#lib/flows/judging/test-set.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface Judged {
  readonly workspace: Workspace;
  readonly model: Model;
  /** Of this proposal. */
  readonly lock: Lock;
  /** As it was when it was trained, where that is known. */
  readonly champion: BaseModel | undefined;
  readonly engine: SqlEngine;
  readonly artifact: Uint8Array;
}

/** What git and the cache know; null for what they do not. */
export async function trustTestRows(judged: Judged, base: Base | null): Promise<TestRows> {
  const { workspace, model, champion, engine } = judged;
  const overlap = await findOverlap(workspace, { root: workspace.root, model, champion, engine });
  return { use: await countUse(judged, base), overlap: overlap ?? null };
}

async function countUse(
  { workspace, model, lock, artifact }: Judged,
  base: Base | null,
): Promise<TestRows['use']> {
  const { git, root } = workspace;
  const testRows = findOutput(lock, model.spec.evaluation.rows.path)?.md5;
  if (!git || testRows === undefined) return null;
  const folder = relative(git.root, root).replaceAll('\\', '/');
  return countJudged(await openRepository(git.root), {
    ...{ model, testRows, artifact: hashBytes(artifact) },
    from: ['HEAD', ...(base ? [base.commit] : [])],
    lock: [folder, model.spec.pipeline, 'dvc.lock'].filter(Boolean).join('/'),
  });
}
