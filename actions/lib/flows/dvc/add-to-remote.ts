// mainline dvc add --to-remote: data that this machine need not hold is sent to a remote and tracked, without passing
// through the cache. What lies in the work tree stays as it is, and git is not told to ignore it, as DVC has it.
import { basename, join, relative, resolve } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { TransferOptions } from '#lib/dvc/remotes/push.ts';
import { sendPath } from '#lib/dvc/remotes/send.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import { refuseOverlap } from '#lib/dvc/repository/overlap.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type AddResult, writeTracked } from '#lib/flows/dvc/add.ts';
import { type AddTarget, resolveTarget } from '#lib/flows/dvc/add-target.ts';
import { type BringInOptions, choosePlace, findSource } from '#lib/flows/dvc/bring-in.ts';
import { refuseTrackedByGit, stageWritten } from '#lib/flows/dvc/git-index.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { withRemote } from '#lib/flows/dvc/transfer.ts';

export interface AddToRemoteOptions extends OpenOptions, LockedOptions, BringInOptions {
  /** The default one unless given. */
  readonly remote?: string | undefined;
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: TransferOptions['onProgress'];
}

export interface SentResult extends AddResult {
  /** How many objects the remote did not have yet. */
  readonly transferred: number;
}

/** @throws ConfigurationError for what cannot be tracked or did not arrive: nothing is recorded then */
export async function addToRemote(options: AddToRemoteOptions): Promise<SentResult> {
  const repository = await openDvcRepository(options);
  const { root, directory } = repository;
  return withLock(root, options, async () => {
    const source = findSource(options, repository);
    const target = await findTarget(source, options, repository);
    const { remote, ...request } = options;
    const { fingerprint, transferred } = await withRemote(repository, { request, remote }, own =>
      sendPath(source, own),
    );
    const changed = await writeTracked(target, fingerprint, repository);
    const written = await stageWritten(repository, new Set([target.file]));
    const added = [{ file: relative(directory, target.file), fingerprint, changed }];
    return { added, written, transferred };
  });
}

/** Where it will be checked out: --out, the place where it lies, or a file of its name here. */
async function findTarget(
  source: string,
  options: AddToRemoteOptions,
  repository: DvcRepository,
): Promise<AddTarget> {
  const { root, directory } = repository;
  const here = isWithin(root, source) ? source : join(directory, basename(source));
  const place = options.out === undefined ? here : choosePlace(source, options, repository);
  const index = await repository.readIndex();
  const target = resolveTarget(resolve(directory, place), index, repository);
  const { path, output, file, known } = target;
  if (path !== output) {
    const [part, whole] = [relative(directory, path), relative(directory, output)];
    throw new ConfigurationError(`${part} is a part of ${whole}, which is tracked as a whole`, {
      at: { file },
      remedy: `Send all of it: mainline dvc add --to-remote ${whole}`,
    });
  }
  const fresh = known ? [] : [{ path, file }];
  refuseOverlap(fresh, indexedStages(index, directory), directory);
  await refuseTrackedByGit(repository, [output], options.now);
  return target;
}
