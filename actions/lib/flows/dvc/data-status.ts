// `dvc data status`: reads the three states of tracked data, compares them, and asks git for what nobody tracks.
import { relative, resolve, sep } from 'node:path';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import {
  type DataDifferences,
  type DataStatus,
  dataStatus,
  dataStatusToJson,
} from '#lib/dvc/status/data-status.ts';
import {
  type DataNode,
  EMPTY_TREE,
  isPushable,
  recordedTree,
  workspaceTree,
} from '#lib/dvc/status/data-tree.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { readCheckedIndex } from '#lib/flows/dvc/read-checked-index.ts';

export { type DataDifferences, type DataStatus, dataStatusToJson };

export interface DataStatusRequest extends OpenOptions {
  /** Paths from the root, as DVC takes them. */
  readonly targets: readonly string[];
  readonly granular: boolean;
  readonly unchanged: boolean;
  readonly untracked: boolean;
  readonly notInRemote?: boolean | undefined;
  /** The default one unless given. */
  readonly remote?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function dataStatusOfRepository(request: DataStatusRequest): Promise<DataStatus> {
  const repository = await openDvcRepository(request);
  const { cache, workTree } = repository;
  const { granular, unchanged, signal } = request;
  const index = await readCheckedIndex(repository);
  const targets = request.targets.map(target => target.replace(/\/+$/u, ''));
  const trees = {
    head: await headTree(repository),
    recorded: recordedTree(index, cache),
    workspace: await workspaceTree(index, { workTree, signal }),
  };
  workTree.save();
  return {
    ...dataStatus(trees, { granular, unchanged, targets, cache }),
    notInRemote: request.notInRemote ? await lookUpRemote(repository, { index, targets, request }) : [],
    untracked: request.untracked ? await untrackedPaths(repository, request.targets) : [],
  };
}

/** Of what may be pushed: not of imports, and not of outputs that say `push: false`. */
async function lookUpRemote(
  repository: DvcRepository,
  {
    index,
    targets,
    request: { granular, remote, env },
  }: {
    readonly index: RepositoryIndex;
    readonly targets: readonly string[];
    readonly request: DataStatusRequest;
  },
): Promise<readonly string[]> {
  const [{ openRemote }, { notInRemote }] = await Promise.all([
    import('#lib/flows/dvc/open-remote.ts'),
    import('#lib/dvc/status/not-in-remote.ts'),
  ]);
  const { bucket } = await openRemote(repository, { remote, env });
  try {
    const data = recordedTree(index, repository.cache, { isMeant: isPushable });
    return await notInRemote(data, { bucket, granular, targets });
  } finally {
    bucket.close();
  }
}

/** Undefined without git; a repository without commits has nothing committed. */
async function headTree(repository: DvcRepository): Promise<DataNode | undefined> {
  if (repository.gitRoot === undefined) return undefined;
  const head = await headIndex(repository);
  return head ? recordedTree(head, repository.cache) : EMPTY_TREE;
}

async function headIndex(repository: DvcRepository): Promise<RepositoryIndex | undefined> {
  const { openGit } = await import('#lib/git/binary.ts');
  const git = await openGit(repository.root);
  if ((await git?.resolve('HEAD')) === undefined) return undefined;
  return repository.readIndex(await repository.sourceAt('HEAD'));
}

/** From the user's folder; what lies outside of the repository is left out. */
async function untrackedPaths(
  { root, directory, gitRoot }: DvcRepository,
  targets: readonly string[],
): Promise<readonly string[]> {
  if (gitRoot === undefined) return [];
  const { openGit } = await import('#lib/git/binary.ts');
  const found = (await (await openGit(root))?.untrackedPaths()) ?? [];
  const wanted = targets.map(target => resolve(directory, target));
  return found
    .map(path => resolve(gitRoot, path))
    .filter(path => path.startsWith(root + sep))
    .filter(path => wanted.length === 0 || wanted.some(one => path === one || path.startsWith(one + sep)))
    .map(path => relative(directory, path).split(sep).join('/'));
}
