// Grows one tree leaf by leaf, the most useful split first, from histograms. Boosting and forests share it.
// Every open leaf keeps its histogram (24 bytes per bin and feature), which halves the work and costs the memory.
import { type BinnedRows, MISSING_BIN, upperBorder } from '#lib/training/bins.ts';
import type { Gradients } from '#lib/training/gradients.ts';
import {
  buildHistogram,
  type HistogramLayout,
  layOutHistogram,
  subtractHistogram,
} from '#lib/training/histogram.ts';
import type { Tree } from '#lib/training/tree.ts';
import { findSplit, type NodeSums, type Split, type SplitRules } from '#lib/training/tree-split.ts';

export interface GrowRules {
  readonly leaves: number;
  readonly minLeafRows: number;
  readonly lambda: number;
  /** Multiplies every leaf's answer: the learning rate, or one over the number of trees. */
  readonly scale: number;
  /** The features one node may split on, ascending. */
  pickFeatures(): ArrayLike<number>;
  /** Told of every split that is made. */
  onSplit(feature: number, gain: number): void;
}

/** A leaf that may still be split. */
interface Leaf {
  readonly node: number;
  readonly rows: Uint32Array;
  readonly sums: NodeSums;
  readonly histogram: Float64Array;
  readonly split: Split | undefined;
}

interface Grower {
  readonly binned: BinnedRows;
  readonly gradients: Gradients;
  readonly layout: HistogramLayout;
  readonly rules: GrowRules;
}

/** Grows a tree on the given rows (repeats allowed) that lowers the loss whose gradients these are. */
export function growTree(
  binned: BinnedRows,
  { gradients, rows }: { gradients: Gradients; rows: Uint32Array },
  rules: GrowRules,
): Tree {
  const grower: Grower = { binned, gradients, layout: layOutHistogram(binned), rules };
  const nodes = createNodes(rules.leaves);
  const histogram = buildHistogram(binned, grower.layout, { rows, gradients });
  const leaves: Leaf[] = [openLeaf(grower, { node: 0, rows, sums: sumRows(gradients, rows), histogram })];
  setAnswer(nodes, leaves[0]!, grower);
  while (leaves.length < rules.leaves) {
    const index = mostUseful(leaves);
    const leaf = leaves[index];
    if (!leaf?.split) break;
    rules.onSplit(leaf.split.feature, leaf.split.gain);
    const [left, right] = splitLeaf(grower, nodes, { leaf, split: leaf.split });
    leaves[index] = left;
    leaves.push(right);
  }
  return trimNodes(nodes);
}

function openLeaf(grower: Grower, leaf: Omit<Leaf, 'split'>): Leaf {
  const { binned, gradients, layout, rules } = grower;
  if (leaf.rows.length < 2 * rules.minLeafRows) return { ...leaf, split: undefined };
  const splitRules: SplitRules = { ...rules, ...gradients };
  const features = rules.pickFeatures();
  const split = findSplit(
    leaf.histogram,
    { layout, binned, features },
    { sums: leaf.sums, rules: splitRules },
  );
  return { ...leaf, split };
}

function mostUseful(leaves: readonly Leaf[]): number {
  let best = 0;
  leaves.forEach((leaf, i) => {
    if ((leaf.split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = i;
  });
  return best;
}

function splitLeaf(
  grower: Grower,
  nodes: Nodes,
  { leaf, split }: { leaf: Leaf; split: Split },
): readonly [Leaf, Leaf] {
  const { binned, gradients, layout } = grower;
  const [leftRows, rightRows] = partRows(binned.columns[split.feature]!, leaf.rows, split);
  const isLeftSmaller = leftRows.length <= rightRows.length;
  const small = buildHistogram(binned, layout, { rows: isLeftSmaller ? leftRows : rightRows, gradients });
  const large = subtractHistogram(leaf.histogram, small);
  const [leftNode, rightNode] = [nodes.count, nodes.count + 1];
  nodes.count += 2;
  nodes.feature[leaf.node] = split.feature;
  nodes.threshold[leaf.node] = upperBorder(binned.bins[split.feature]!, split.bin);
  nodes.missingLeft[leaf.node] = split.missingLeft ? 1 : 0;
  nodes.left[leaf.node] = leftNode;
  nodes.right[leaf.node] = rightNode;
  nodes.value[leaf.node] = 0;
  const left = { node: leftNode, rows: leftRows, sums: split.left, histogram: isLeftSmaller ? small : large };
  const right = {
    node: rightNode,
    rows: rightRows,
    sums: split.right,
    histogram: isLeftSmaller ? large : small,
  };
  for (const child of [left, right]) setAnswer(nodes, child, grower);
  return [openLeaf(grower, left), openLeaf(grower, right)];
}

/** Both sides keep the rows' order. */
function partRows(column: Uint8Array, rows: Uint32Array, split: Split): readonly [Uint32Array, Uint32Array] {
  const goesLeft = (row: number): boolean => {
    const bin = column[row]!;
    return bin === MISSING_BIN ? split.missingLeft : bin <= split.bin;
  };
  return [rows.filter(goesLeft), rows.filter(row => !goesLeft(row))];
}

function sumRows({ first, second }: Gradients, rows: Uint32Array): NodeSums {
  const sums = { first: 0, second: 0, count: rows.length };
  for (const row of rows) {
    sums.first += first[row]!;
    sums.second += second[row]!;
  }
  return sums;
}

/** The answer that lowers the loss most: -G / (H + lambda), scaled. */
function setAnswer(
  nodes: Nodes,
  { node, sums }: Pick<Leaf, 'node' | 'sums'>,
  { gradients, rules }: Grower,
): void {
  const answer = (-sums.first * gradients.firstUnit) / (sums.second * gradients.secondUnit + rules.lambda);
  nodes.value[node] = answer * rules.scale;
}

interface Nodes extends Tree {
  count: number;
}

function createNodes(leaves: number): Nodes {
  const size = 2 * leaves - 1;
  return {
    count: 1,
    feature: new Int32Array(size),
    threshold: new Float32Array(size),
    missingLeft: new Uint8Array(size),
    left: new Int32Array(size),
    right: new Int32Array(size),
    value: new Float32Array(size),
  };
}

function trimNodes({ count, ...nodes }: Nodes): Tree {
  return {
    feature: nodes.feature.slice(0, count),
    threshold: nodes.threshold.slice(0, count),
    missingLeft: nodes.missingLeft.slice(0, count),
    left: nodes.left.slice(0, count),
    right: nodes.right.slice(0, count),
    value: nodes.value.slice(0, count),
  };
}
