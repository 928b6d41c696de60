// What there is to do in a repository: a stage of a dvc.yaml or a .dvc file each, and which of them waits for which. The
// order is that of DVC's serial runs, since new stages enter dvc.lock in it.
import { dirname, relative, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { checkGraph, type GraphNode, needsOf, postorder } from '#lib/dvc/pipeline/graph.ts';
import type { Pipeline, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { LockedPipeline, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationErrors } from '#lib/errors.ts';

interface Node extends GraphNode {
  /** From the root: `train`, `pipelines/eta/dvc.yaml:train` or `data/raw.dvc`. */
  readonly name: string;
  /** Absolute; the dvc.yaml or .dvc file. */
  readonly file: string;
  readonly frozen: boolean;
}

export interface StageWork extends Node {
  readonly kind: 'stage';
  readonly stage: Stage;
  readonly pipeline: Pipeline;
}

export interface TrackedWork extends Node {
  readonly kind: 'tracked';
  readonly tracked: TrackedFile;
}

export type Work = StageWork | TrackedWork;

export interface WorkGraph {
  /** A folder's own files before the folders in it, then by name; stages in the order of their dvc.yaml. */
  readonly works: readonly Work[];
  /** What each waits for. What is frozen waits for nothing. */
  readonly needs: ReadonlyMap<Work, readonly Work[]>;
  /** The same edges the other way. */
  readonly neededBy: ReadonlyMap<Work, readonly Work[]>;
}

/** @throws ConfigurationErrors for outputs that two make, one inside another, and for a cycle, across all files. */
export function buildWorkGraph({
  pipelines,
  tracked,
}: Pick<RepositoryIndex, 'pipelines' | 'tracked'>): WorkGraph {
  const works: readonly Work[] = [...pipelines.flatMap(stageWorks), ...tracked.map(trackedWork)];
  const ordered = works
    .map((work, index) => ({ work, index, folder: dirname(work.file).split(sep) }))
    .sort(
      (a, b) =>
        compareFolders(a.folder, b.folder) || compareText(a.work.file, b.work.file) || a.index - b.index,
    )
    .map(({ work }) => work);
  const problems = checkGraph(ordered);
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  const needs = new Map(
    [...needsOf(ordered)].map(([work, others]) => [work, work.frozen ? [] : others] as const),
  );
  return { works: ordered, needs, neededBy: invert(ordered, needs) };
}

function stageWorks({ pipeline }: LockedPipeline): readonly StageWork[] {
  const folder = relative(pipeline.root, pipeline.directory).replaceAll(sep, '/');
  return pipeline.stages.map(stage => ({
    kind: 'stage',
    name: folder === '' ? stage.name : `${folder}/dvc.yaml:${stage.name}`,
    file: `${pipeline.directory}${sep}dvc.yaml`,
    frozen: stage.frozen,
    deps: stage.deps,
    params: stage.params,
    outs: stage.outs,
    stage,
    pipeline,
  }));
}

/** An import of another repository or a database waits for nothing here. */
function trackedWork(tracked: TrackedFile): TrackedWork {
  const deps = tracked.deps.flatMap(({ path, absolute, repo }) =>
    absolute === undefined || repo ? [] : [{ path, absolute, at: tracked.at }],
  );
  return {
    kind: 'tracked',
    name: tracked.address,
    file: tracked.file,
    frozen: tracked.frozen,
    deps,
    params: [],
    outs: tracked.outs.map(({ output }) => output),
    tracked,
  };
}

/** Top down, as a walk meets them. */
function compareFolders(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  if (index < 0) return a.length - b.length;
  const other = b[index];
  return other === undefined ? 1 : compareText(a[index] ?? '', other);
}

function invert(works: readonly Work[], needs: WorkGraph['needs']): ReadonlyMap<Work, readonly Work[]> {
  const inverted = new Map<Work, Work[]>(works.map(work => [work, []]));
  for (const work of works) {
    for (const need of needs.get(work) ?? []) inverted.get(need)?.push(work);
  }
  return inverted;
}

export interface PlanOptions {
  /** These alone, in the order asked for. */
  readonly single?: boolean | undefined;
  /** Everything that hangs together with them, in either direction. */
  readonly whole?: boolean | undefined;
  /** What builds on them, instead of what they build on. */
  readonly downstream?: boolean | undefined;
}

/**
 * What to look at, in order: everything the asked ones build on, then they themselves.
 * @param asked undefined for all of the repository.
 */
export function planWork(
  graph: WorkGraph,
  asked: readonly Work[] | undefined,
  { single = false, whole = false, downstream = false }: PlanOptions = {},
): readonly Work[] {
  const { works, needs, neededBy } = graph;
  if (!asked || asked.length === 0) return postorder(works, needs);
  if (single) return [...new Set(asked)];
  const reached = new Set(whole ? connected(asked, graph) : postorder(asked, downstream ? neededBy : needs));
  const within = new Map(
    [...reached].map(work => [work, (needs.get(work) ?? []).filter(n => reached.has(n))]),
  );
  return postorder(
    works.filter(work => reached.has(work)),
    within,
  );
}

function connected(asked: readonly Work[], { works, needs, neededBy }: WorkGraph): readonly Work[] {
  const both = new Map(
    works.map(work => [work, [...(needs.get(work) ?? []), ...(neededBy.get(work) ?? [])]]),
  );
  return postorder(asked, both);
}
