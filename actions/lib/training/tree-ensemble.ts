// A fitted sum of trees: predicts here, and exports the same sum as one TreeEnsembleRegressor (ai.onnx.ml 3).
// The regressor serves classification too: a sigmoid or clip behind it is plainer than the classifier's special cases.
import { compareText } from '#lib/documents/canonical.ts';
import type { Attribute } from '#lib/onnx/model.ts';
import { encodeTable, type Feature } from '#lib/training/encoding.ts';
import { createGraph, finishModel, type Graph, joinColumns, lookUp } from '#lib/training/graph.ts';
import type { FittedModel, Importance } from '#lib/training/trainer.ts';
import type { Task } from '#lib/training/training-set.ts';
import { sumTrees, type Tree } from '#lib/training/tree.ts';

/** How the sum becomes the answer, here and in the graph. */
export interface Link {
  apply(sum: number): number;
  /** Adds the same to the graph; [N,1] in and out. */
  addTo(graph: Graph, sum: string): string;
}

interface EnsembleFacts {
  readonly algorithm: string;
  readonly version: number;
  readonly task: Task;
  readonly features: readonly Feature[];
  readonly link: Link;
  /** Sum of split gains by feature number. */
  readonly gains: Float64Array;
}

/** Makes a model of trees whose answers are added to `base` (a float32) and passed through the link. */
export function fitEnsemble(trees: readonly Tree[], base: number, facts: EnsembleFacts): FittedModel {
  const { features, link, gains } = facts;
  return {
    predict: table => sumTrees(trees, base, encodeTable(features, table)).map(sum => link.apply(sum)),
    toOnnx: name => {
      const graph = createGraph();
      const columns = features.map(feature => addEncoding(graph, feature));
      const sum = addTrees(graph, joinColumns(graph, columns), { trees, base });
      return finishModel(graph, link.addTo(graph, sum), { ...facts, name });
    },
    importance: shareGains(features, gains),
  };
}

/** Gains as shares of their sum, highest first; equal ones by name. */
export function shareGains(features: readonly Feature[], gains: ArrayLike<number>): readonly Importance[] {
  const total = Array.from(gains).reduce((sum, gain) => sum + gain, 0);
  return features
    .map(({ name }, i) => ({ feature: name, gain: total > 0 ? (gains[i] ?? 0) / total : 0 }))
    .toSorted((a, b) => b.gain - a.gain || compareText(a.feature, b.feature));
}

function addEncoding(graph: Graph, { name, kind, categories }: Feature): string {
  if (kind === 'number') return name;
  return lookUp(graph, name, { keys: categories, values: [...categories.keys()], otherwise: Number.NaN });
}

function addTrees(
  graph: Graph,
  columns: string,
  { trees, base }: { trees: readonly Tree[]; base: number },
): string {
  return graph.node('TreeEnsembleRegressor', [columns], {
    domain: 'ai.onnx.ml',
    attributes: { ...treeAttributes(trees), n_targets: int(1), base_values: floats([base]) },
  });
}

function treeAttributes(trees: readonly Tree[]): Readonly<Record<string, Attribute>> {
  const nodes = trees.flatMap((tree, treeId) =>
    Array.from(tree.left, (left, node) => ({ tree, treeId, node, isLeaf: left === 0 })),
  );
  const leaves = nodes.filter(({ isLeaf }) => isLeaf);
  return {
    nodes_treeids: ints(nodes.map(({ treeId }) => treeId)),
    nodes_nodeids: ints(nodes.map(({ node }) => node)),
    nodes_featureids: ints(nodes.map(({ tree, node }) => tree.feature[node]!)),
    nodes_values: floats(nodes.map(({ tree, node }) => tree.threshold[node]!)),
    nodes_modes: { kind: 'strings', value: nodes.map(({ isLeaf }) => (isLeaf ? 'LEAF' : 'BRANCH_LEQ')) },
    nodes_truenodeids: ints(nodes.map(({ tree, node }) => tree.left[node]!)),
    nodes_falsenodeids: ints(nodes.map(({ tree, node }) => tree.right[node]!)),
    nodes_missing_value_tracks_true: ints(nodes.map(({ tree, node }) => tree.missingLeft[node]!)),
    target_treeids: ints(leaves.map(({ treeId }) => treeId)),
    target_nodeids: ints(leaves.map(({ node }) => node)),
    target_ids: ints(leaves.map(() => 0)),
    target_weights: floats(leaves.map(({ tree, node }) => tree.value[node]!)),
  };
}

function int(value: number): Attribute {
  return { kind: 'int', value };
}

function ints(value: readonly number[]): Attribute {
  return { kind: 'ints', value };
}

function floats(value: readonly number[]): Attribute {
  return { kind: 'floats', value };
}
