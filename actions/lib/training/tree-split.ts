// The best way to part a node's rows in two, by the gain formula of second-order boosting (Chen and Guestrin 2016, eq. 7).
// Ties go to the first feature, the lowest bin, missing values right: a fixed rule, so that no machine decides otherwise.
import type { BinnedRows } from '#lib/training/bins.ts';
import { CELL, type HistogramLayout } from '#lib/training/histogram.ts';

/** Sums over a node's rows, as integers in the gradients' units. */
export interface NodeSums {
  readonly first: number;
  readonly second: number;
  readonly count: number;
}

export interface Split {
  readonly feature: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  readonly left: NodeSums;
  readonly right: NodeSums;
}

export interface SplitRules {
  readonly minLeafRows: number;
  /** Added to the sum of second derivatives: shrinks the answers of small leaves. */
  readonly lambda: number;
  readonly firstUnit: number;
  readonly secondUnit: number;
}

/** A leaf whose second derivatives sum to less says nothing sure, and its answer could explode. */
const MIN_LEAF_SECOND = 1e-3;
/** Gains below this part of the children's scores are rounding, not signal. */
const ROUNDING = 1e-12;

/** The split with the highest gain among the features, or undefined when none is allowed or helps. */
export function findSplit(
  histogram: Float64Array,
  { layout, binned, features }: { layout: HistogramLayout; binned: BinnedRows; features: ArrayLike<number> },
  { sums, rules }: { sums: NodeSums; rules: SplitRules },
): Split | undefined {
  let best: Split | undefined;
  for (let i = 0; i < features.length; i++) {
    const feature = features[i]!;
    const offset = layout.offsets[feature]!;
    const cells = histogram.subarray(offset, offset + CELL * (binned.bins[feature]!.thresholds.length + 2));
    const candidate = findFeatureSplit(cells, sums, rules);
    if (candidate && candidate.gain > (best?.gain ?? 0)) best = { feature, ...candidate };
  }
  return best;
}

type FeatureSplit = Omit<Split, 'feature'>;

function findFeatureSplit(cells: Float64Array, sums: NodeSums, rules: SplitRules): FeatureSplit | undefined {
  const missing: NodeSums = { first: cells[0]!, second: cells[1]!, count: cells[2]! };
  const parent = score(sums.first, sums.second, rules);
  const lastBin = cells.length / CELL - 1;
  const seen = { first: 0, second: 0, count: 0 };
  let best: { bin: number; missingLeft: boolean; gain: number; left: NodeSums } | undefined;
  for (let bin = 1; bin <= lastBin; bin++) {
    if (cells[bin * CELL + 2] === 0) continue;
    seen.first += cells[bin * CELL]!;
    seen.second += cells[bin * CELL + 1]!;
    seen.count += cells[bin * CELL + 2]!;
    const gain = gainOf(seen, sums, rules) - parent;
    if (gain > (best?.gain ?? 0)) best = { bin, missingLeft: false, gain, left: { ...seen } };
    if (missing.count === 0 || bin === lastBin) continue;
    const withMissing = addSums(seen, missing);
    const gainLeft = gainOf(withMissing, sums, rules) - parent;
    if (gainLeft > (best?.gain ?? 0)) best = { bin, missingLeft: true, gain: gainLeft, left: withMissing };
  }
  if (!best || best.gain <= ROUNDING * parent) return undefined;
  const right = subtractSums(sums, best.left);
  // Without missing values in training they follow the larger side.
  const missingLeft = missing.count > 0 ? best.missingLeft : best.left.count >= right.count;
  return { ...best, missingLeft, right };
}

/** Both children's scores together, or -1 when one of them would be too small. */
function gainOf(left: NodeSums, sums: NodeSums, rules: SplitRules): number {
  const rightCount = sums.count - left.count;
  if (left.count < rules.minLeafRows || rightCount < rules.minLeafRows) return -1;
  const rightSecond = sums.second - left.second;
  if (Math.min(left.second, rightSecond) * rules.secondUnit < MIN_LEAF_SECOND) return -1;
  return score(left.first, left.second, rules) + score(sums.first - left.first, rightSecond, rules);
}

/** Twice the loss a node removes with its best answer: G^2 / (H + lambda). */
function score(first: number, second: number, { firstUnit, secondUnit, lambda }: SplitRules): number {
  const sum = first * firstUnit;
  return (sum * sum) / (second * secondUnit + lambda);
}

function addSums(a: NodeSums, b: NodeSums): NodeSums {
  return { first: a.first + b.first, second: a.second + b.second, count: a.count + b.count };
}

function subtractSums(a: NodeSums, b: NodeSums): NodeSums {
  return { first: a.first - b.first, second: a.second - b.second, count: a.count - b.count };
}
