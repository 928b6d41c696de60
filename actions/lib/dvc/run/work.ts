// What there is to do in a repository and what waits for what, over all its dvc.yaml and .dvc files. The order is that of
// DVC's serial runs, since new stages enter dvc.lock in it.
import { dirname, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { checkGraph, needsOf, postorder } from '#lib/dvc/pipeline/graph.ts';
import { type IndexedStage, indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { ConfigurationErrors } from '#lib/errors.ts';

export interface WorkGraph {
  /** A folder's own files before the folders in it, then by name; stages in the order of their dvc.yaml. */
  readonly works: readonly IndexedStage[];
  /** What each waits for. What is frozen waits for nothing. */
  readonly needs: Edges;
  /** The same edges the other way. */
  readonly neededBy: Edges;
}

type Edges = ReadonlyMap<IndexedStage, readonly IndexedStage[]>;

/**
 * @param directory where the user stands: addresses are relative to it.
 * @throws ConfigurationErrors for outputs that two make, one inside another, and for a cycle, across all files.
 */
export function buildWorkGraph(index: RepositoryIndex, directory?: string): WorkGraph {
  const works = indexedStages(index, directory)
    .map((work, place) => ({ work, place, folder: dirname(work.file).split(sep) }))
    .sort(
      (a, b) =>
        compareFolders(a.folder, b.folder) || compareText(a.work.file, b.work.file) || a.place - b.place,
    )
    .map(({ work }) => work);
  const problems = checkGraph(works);
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  const needs: Edges = new Map(
    [...needsOf(works)].map(([work, others]) => [work, isFrozen(work) ? [] : others] as const),
  );
  return { works, needs, neededBy: invert(works, needs) };
}

/** A frozen stage or .dvc file does not look at what it is made from. */
export function isFrozen({ stage, tracked }: IndexedStage): boolean {
  return stage?.frozen ?? tracked?.frozen ?? false;
}

/** Top down, as a walk meets them. */
function compareFolders(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  if (index < 0) return a.length - b.length;
  const other = b[index];
  return other === undefined ? 1 : compareText(a[index] ?? '', other);
}

function invert(works: readonly IndexedStage[], needs: Edges): Edges {
  const inverted = new Map<IndexedStage, IndexedStage[]>(works.map(work => [work, []]));
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
 * @param asked none for all of the repository.
 */
export function planWork(
  graph: WorkGraph,
  asked: readonly IndexedStage[],
  { single = false, whole = false, downstream = false }: PlanOptions = {},
): readonly IndexedStage[] {
  const { works, needs, neededBy } = graph;
  if (asked.length === 0) return postorder(works, needs);
  if (single) return [...new Set(asked)];
  const reached = new Set(whole ? connected(asked, graph) : postorder(asked, downstream ? neededBy : needs));
  const within = [...reached].map(work => {
    return [work, (needs.get(work) ?? []).filter(need => reached.has(need))] as const;
  });
  return postorder(
    works.filter(work => reached.has(work)),
    new Map(within),
  );
}

function connected(asked: readonly IndexedStage[], { needs, neededBy }: WorkGraph): readonly IndexedStage[] {
  const found = new Set(asked);
  // A set is gone through together with what is added meanwhile.
  for (const work of found) {
    for (const other of [...(needs.get(work) ?? []), ...(neededBy.get(work) ?? [])]) found.add(other);
  }
  return [...found];
}
