// `dvc status`: what of the work tree differs from what dvc.yaml, dvc.lock and .dvc files record.
import { createParamsReader } from '#lib/dvc/pipeline/params.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { selectTargets } from '#lib/dvc/repository/targets.ts';
import { localStatus } from '#lib/dvc/status/local-status.ts';
import { type StageStatus, type StatusItem, statusToJson } from '#lib/dvc/status/status.ts';
import type { TrackedDependency, TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import type { Question } from '#lib/flows/dvc/answer.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { readCheckedIndex } from '#lib/flows/dvc/read-checked-index.ts';
import { watchFor } from '#lib/flows/dvc/remember-answer.ts';

export { type StageStatus, type StatusItem, statusToJson };

export interface StatusRequest extends OpenOptions {
  readonly targets: readonly string[];
  readonly withDeps?: boolean | undefined;
  readonly recursive?: boolean | undefined;
  /** False leaves out whether imports have updates, which asks other repositories. */
  readonly checkUpdates?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Set where the same may be asked again, of the whole repository. */
  readonly question?: Question | undefined;
}

export interface StatusResult {
  /** Only what differs. */
  readonly stages: readonly StageStatus[];
  /** Stages whose dependencies were not looked at. */
  readonly frozen: readonly string[];
  /** True when nothing is tracked here. */
  readonly isEmpty: boolean;
}

export async function statusOfRepository(request: StatusRequest): Promise<StatusResult> {
  const watch = watchFor(request, request.question);
  const repository = await openDvcRepository({ ...request, onLook: watch?.onLook });
  const { directory, cache, workTree } = repository;
  const index = await readCheckedIndex(repository);
  const { targets, withDeps, recursive, checkUpdates = true, signal } = request;
  const selected = selectTargets(index, targets, { directory, withDeps, recursive });
  const stages = await localStatus(selected, {
    ...{ directory, cache, workTree, signal },
    readParams: createParamsReader(),
    ...(checkUpdates && { findUpdate: dep => findUpdate(dep, repository) }),
  });
  workTree.save();
  const frozen = selected.filter(({ stage }) => isFrozen(stage)).map(({ stage }) => stage.name);
  const isEmpty = index.pipelines.length + index.tracked.length === 0;
  const isPlain = stages.length + frozen.length === 0 && !isEmpty && !index.tracked.some(isImport);
  if (isPlain) watch?.remember({ repository, index, stages: [] });
  return { stages, frozen, isEmpty };
}

/** What it depends on lies in another repository. */
function isImport({ deps }: TrackedFile): boolean {
  return deps.some(({ repo }) => repo);
}

/** Imports from repositories are frozen too, but are looked at. */
function isFrozen({ stage, tracked }: IndexedStage): boolean {
  if (stage) return stage.frozen;
  return tracked?.frozen === true && !isImport(tracked);
}

/** The commit the import would come from now. */
async function findUpdate({ repo }: TrackedDependency, { root }: DvcRepository): Promise<string | undefined> {
  if (!repo) return undefined;
  const { remoteCommit } = await import('#lib/git/remote-commit.ts');
  return remoteCommit(root, { url: repo.url, revision: repo.rev });
}
