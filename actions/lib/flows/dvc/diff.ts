// `dvc diff`: tracked data of two commits, or of a commit and the work tree.
import { relative, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { selectedOutputs, selectTargets } from '#lib/dvc/repository/targets.ts';
import { recordedTree, workspaceTree } from '#lib/dvc/status/data-tree.ts';
import {
  type DiffEntry,
  type RevisionDiff,
  revisionDiff,
  revisionDiffToJson,
} from '#lib/dvc/status/revision-diff.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { readCheckedIndex } from '#lib/flows/dvc/read-checked-index.ts';

export { type DiffEntry, type RevisionDiff, revisionDiffToJson };

export interface DiffRequest extends OpenOptions {
  readonly before: string;
  /** The work tree unless given. */
  readonly after?: string | undefined;
  readonly targets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Undefined when nothing differs. @throws ConfigurationError for a revision or target that is not there. */
export async function diffRevisions(request: DiffRequest): Promise<RevisionDiff | undefined> {
  const repository = await openDvcRepository(request);
  const { cache, workTree } = repository;
  const { before, after, targets, signal } = request;
  if (await hasNoCommits(repository)) return undefined;
  const [older, newer] = [await indexAt(repository, before), await indexAt(repository, after)];
  if (!older || !newer) return undefined;
  const views = [view(older, request, repository), view(newer, request, repository)];
  const lost = targets.find(target => views.every(({ missing }) => missing.has(target)));
  if (lost !== undefined) throw neitherHas(lost, request);
  const paths = [...new Set(views.flatMap(one => one.paths))].sort(compareText);
  const isMeant = (output: string) => paths.some(path => isWithin(output, path) || isWithin(path, output));
  const newTree =
    after === undefined
      ? await workspaceTree(newer, { workTree, signal, isMeant })
      : recordedTree(newer, cache);
  workTree.save();
  return revisionDiff(recordedTree(older, cache), newTree, {
    paths,
    cache,
    withMissing: after === undefined,
  });
}

/** Undefined for a commit from before DVC's root was made. */
async function indexAt(
  repository: DvcRepository,
  revision: string | undefined,
): Promise<RepositoryIndex | undefined> {
  if (revision === undefined || revision === 'workspace') return readCheckedIndex(repository);
  const source = await repository.sourceAt(revision);
  return (await source.list(repository.root)) ? repository.readIndex(source) : undefined;
}

async function hasNoCommits({ gitRoot, root }: DvcRepository): Promise<boolean> {
  if (gitRoot === undefined) return false;
  const { openGit } = await import('#lib/git/binary.ts');
  return (await (await openGit(root))?.resolve('HEAD')) === undefined;
}

interface View {
  /** What is tracked and asked for, from the root. */
  readonly paths: readonly string[];
  /** Targets that mean nothing here. */
  readonly missing: ReadonlySet<string>;
}

function view(index: RepositoryIndex, { targets }: DiffRequest, { root, directory }: DvcRepository): View {
  const missing = new Set<string>();
  const select = (wanted: readonly string[]) =>
    selectedOutputs(selectTargets(index, wanted, { directory }))
      .filter(({ output }) => output.cache)
      .map(({ output, within }) =>
        relative(root, within ?? output.absolute)
          .split(sep)
          .join('/'),
      );
  if (targets.length === 0) return { paths: select([]), missing };
  const paths = targets.flatMap(target => {
    try {
      return select([target]);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      missing.add(target);
      return [];
    }
  });
  return { paths, missing };
}

function neitherHas(target: string, { before, after }: DiffRequest): ConfigurationError {
  const error = new ConfigurationError(`Neither ${before} nor ${after ?? 'the work tree'} tracks ${target}`, {
    remedy: 'Name a tracked file or folder, or something inside one.',
  });
  return Object.assign(error, { exitCode: 255 });
}
