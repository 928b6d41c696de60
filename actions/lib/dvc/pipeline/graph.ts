// Which stage waits for which: a stage depends on the stages that make its inputs. The order of work is DVC's own (depth
// first, in the order of the file), because new stages enter dvc.lock in it.
import { dirname } from 'node:path';
import type { DeclaredPath } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, formatLocation } from '#lib/errors.ts';

/** What can wait for another: a stage of a dvc.yaml, or a .dvc file. */
export interface GraphNode {
  readonly name: string;
  readonly deps: readonly DeclaredPath[];
  readonly params: readonly DeclaredPath[];
  readonly outs: readonly DeclaredPath[];
}

interface Maker<Node> {
  readonly stage: Node;
  readonly output: DeclaredPath;
}

/** The outputs of all stages, by path and by every folder above. */
interface Makers<Node> {
  readonly exact: ReadonlyMap<string, Maker<Node>>;
  readonly below: ReadonlyMap<string, readonly Maker<Node>[]>;
  readonly foldersAbove: (path: string) => readonly string[];
}

function indexMakers<Node extends GraphNode>(stages: readonly Node[]): Makers<Node> {
  const exact = new Map<string, Maker<Node>>();
  const below = new Map<string, Maker<Node>[]>();
  const foldersAbove = createFoldersAbove();
  for (const stage of stages) {
    for (const output of stage.outs) {
      const maker = { stage, output };
      if (!exact.has(output.absolute)) exact.set(output.absolute, maker);
      for (const folder of foldersAbove(output.absolute)) {
        const known = below.get(folder);
        if (known) known.push(maker);
        else below.set(folder, [maker]);
      }
    }
  }
  return { exact, below, foldersAbove };
}

/** The nearest first; worked out once for all that lies side by side. */
function createFoldersAbove(): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  const foldersAbove = (path: string): readonly string[] => {
    const parent = dirname(path);
    if (parent === path) return [];
    const before = known.get(parent);
    if (before) return before;
    const found = [parent, ...foldersAbove(parent)];
    known.set(parent, found);
    return found;
  };
  return foldersAbove;
}

/** The stages that make this path, a folder it is in, or something inside it. */
function makersOf<Node>(
  { absolute }: DeclaredPath,
  { exact, below, foldersAbove }: Makers<Node>,
): readonly Node[] {
  const found: Node[] = [];
  const add = (maker: Maker<Node> | undefined): void => {
    if (maker) found.push(maker.stage);
  };
  add(exact.get(absolute));
  for (const folder of foldersAbove(absolute)) add(exact.get(folder));
  for (const maker of below.get(absolute) ?? []) add(maker);
  return found;
}

/** The inputs of some stages that no stage of the pipeline makes: files that have to be there already. */
export function sourcesOf(some: readonly GraphNode[], all: readonly GraphNode[]): readonly DeclaredPath[] {
  const makers = indexMakers(all);
  return some.flatMap(stage =>
    [...stage.deps, ...stage.params].filter(path => makersOf(path, makers).length === 0),
  );
}

/** What each stage waits for, in the order of its inputs. */
export function needsOf<Node extends GraphNode>(stages: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const makers = indexMakers(stages);
  return new Map(
    stages.map(stage => {
      const needs = [...stage.deps, ...stage.params].flatMap(path => makersOf(path, makers));
      return [stage, [...new Set(needs)]] as const;
    }),
  );
}

/**
 * Stages so that each comes after those it depends on.
 * @throws RangeError for a cycle, which checkGraph reports first.
 */
export function executionOrder<Node extends GraphNode>(stages: readonly Node[]): readonly Node[] {
  return postorder(stages, needsOf(stages));
}

/** Depth first: what a node leads to comes before it; where nothing else decides, the order given. */
export function postorder<Node>(
  nodes: readonly Node[],
  next: ReadonlyMap<Node, readonly Node[]>,
): readonly Node[] {
  const done = new Set<Node>();
  const visit = (node: Node): void => {
    if (done.has(node)) return;
    for (const other of next.get(node) ?? []) visit(other);
    done.add(node);
  };
  for (const node of nodes) visit(node);
  return [...done];
}

/** The stages that these files come from, and all before them; in the order of the pipeline. */
export function stagesBehind<Node extends GraphNode>(
  stages: readonly Node[],
  files: readonly string[],
): readonly Node[] {
  const { exact, foldersAbove } = indexMakers(stages);
  const makers = files.flatMap(file =>
    [file, ...foldersAbove(file)].flatMap(path => exact.get(path)?.stage ?? []),
  );
  const needed = new Set(postorder(makers, needsOf(stages)));
  return stages.filter(stage => needed.has(stage));
}

/** Outputs made twice or one inside another, and the first cycle. */
export function checkGraph(stages: readonly GraphNode[]): readonly ConfigurationError[] {
  const makers = indexMakers(stages);
  const overlaps = stages.flatMap(stage =>
    stage.outs.flatMap(output => checkOverlap({ stage, output }, makers)),
  );
  return overlaps.length > 0 ? overlaps : checkCycle(stages, makers);
}

function checkOverlap(
  { stage, output }: Maker<GraphNode>,
  { exact, foldersAbove }: Makers<GraphNode>,
): readonly ConfigurationError[] {
  const first = exact.get(output.absolute);
  const around = foldersAbove(output.absolute).flatMap(folder => exact.get(folder) ?? [])[0];
  const other = first && first.output !== output ? first : around;
  if (!other) return [];
  const what = other === around ? `lies inside ${other.output.path}, an output` : 'is also an output';
  const where = other.stage === stage ? 'of the same stage' : `of the stage ${other.stage.name}`;
  return [
    new ConfigurationError(`${output.path} ${what} ${where} (${formatLocation(other.output.at)})`, {
      at: output.at,
      remedy: 'Let each file or folder be made in one place only.',
    }),
  ];
}

function checkCycle(stages: readonly GraphNode[], makers: Makers<GraphNode>): readonly ConfigurationError[] {
  const done = new Set<GraphNode>();
  const follow = (stage: GraphNode, trail: readonly GraphNode[]): ConfigurationError | undefined => {
    if (done.has(stage)) return undefined;
    for (const path of [...stage.deps, ...stage.params]) {
      for (const maker of makersOf(path, makers)) {
        const from = [...trail, stage].indexOf(maker);
        if (from >= 0) return cycleError([...trail, stage].slice(from), path);
        const found = follow(maker, [...trail, stage]);
        if (found) return found;
      }
    }
    done.add(stage);
    return undefined;
  };
  for (const stage of stages) {
    const found = follow(stage, []);
    if (found) return [found];
  }
  return [];
}

function cycleError(members: readonly GraphNode[], path: DeclaredPath): ConfigurationError {
  const names = members.map(stage => stage.name);
  const ring = [...names, names[0]].join(' needs ');
  return new ConfigurationError(`The stages wait for each other: ${ring}`, {
    at: path.at,
    remedy: `Take ${path.path} out of this stage's inputs, or let another stage make it.`,
  });
}
