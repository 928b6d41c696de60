// Shapley values of trees, exactly. A sum of trees is a sum of leaves, and the game of one leaf is a product of one
// factor per column, whose Shapley values have a closed form: no recursion over the tree, no division that loses digits.
import {
  type Attributions,
  leafOf,
  meanOf,
  playersOf,
  startAttributions,
  sumsOf,
} from '#lib/explanation/sums.ts';
import {
  decideAll,
  findPatterns,
  type LeafPath,
  listPaths,
  MOST_PATH_COLUMNS,
  type Patterns,
} from '#lib/explanation/tree-paths.ts';
import { columnsOf, readDerived, type TreeNodes, type TreeStructure } from '#lib/onnx/structure.ts';
import type { Table } from '#lib/tables/table.ts';

/** How many training rows reach each node, tree by tree. */
export type Covers = readonly Float64Array[];

/** More leaves than this take minutes. */
const MOST_LEAVES = 200_000;

/** True when the trees are small enough: few enough leaves, and few enough columns on the way to each. */
export function isExplainable(structure: TreeStructure): boolean {
  const players = playersOf(structure.features, columnsOf(structure));
  const leaves = structure.trees.reduce((sum, { feature }) => sum + (feature.length + 1) / 2, 0);
  return (
    leaves <= MOST_LEAVES &&
    structure.trees.every(tree =>
      listPaths(tree, players).every(path => path.players.length <= MOST_PATH_COLUMNS),
    )
  );
}

/** Model files carry no covers: these come from running the rows through the trees. */
export function countCovers(structure: TreeStructure, training: Table): Covers {
  const features = structure.features.map(feature => readDerived(feature, training));
  return structure.trees.map(tree => {
    const covers = new Float64Array(tree.feature.length);
    for (let row = 0; row < training.rows; row++) covers[leafOf(tree, features, row)]! += 1;
    // Children stand behind their parents.
    for (let node = covers.length - 1; node >= 0; node--) {
      if (tree.feature[node]! >= 0) covers[node] = covers[tree.passed[node]!]! + covers[tree.failed[node]!]!;
    }
    return covers;
  });
}

/**
 * Path-dependent TreeSHAP (S. Lundberg, G. Erion and S.-I. Lee, arXiv:1802.03888, 2018, algorithms 1 and 2): a column
 * that is not known follows both branches of its nodes, weighed by covers. The features of one column are one player.
 * A node without rows weighs its branches equally.
 */
export function pathDependentShap(structure: TreeStructure, rows: Table, covers: Covers): Attributions {
  const { columns, values } = startAttributions(structure, rows.rows);
  let base = structure.base;
  eachLeaf(structure, [rows], ({ tree, path, value, patterns: [own] }, treeAt) => {
    const shares = shareOfColumns(tree, path, covers[treeAt]!);
    base += value * shares.reduce((product, share) => product * share, 1);
    const moved = own!.different.map(pattern => pathDependentLeaf(pattern, shares, value));
    addMoves(values, path, { patterns: own!, moved });
  });
  return { base, columns, values };
}

/**
 * Interventional TreeSHAP (S. Lundberg and others, Nature Machine Intelligence 2, 2020): a column that is not known has
 * the value of a background row, averaged over all of them. The same as brute force over all coalitions of columns.
 */
export function interventionalShap(structure: TreeStructure, rows: Table, background: Table): Attributions {
  const { columns, values } = startAttributions(structure, rows.rows);
  eachLeaf(structure, [rows, background], ({ path, value, patterns: [own, other] }) => {
    const moved = own!.different.map(pattern => {
      const moves = new Float64Array(path.players.length);
      other!.different.forEach((against, place) => {
        const weight = (value * other!.counts[place]!) / background.rows;
        addInterventional(moves, { pattern, against, full: 2 ** path.players.length - 1 }, weight);
      });
      return moves;
    });
    addMoves(values, path, { patterns: own!, moved });
  });
  return { base: meanOf(sumsOf(structure, background)), columns, values };
}

interface LeafVisit {
  readonly tree: TreeNodes;
  readonly path: LeafPath;
  readonly value: number;
  /** One per table. */
  readonly patterns: readonly Patterns[];
}

function eachLeaf(
  structure: TreeStructure,
  tables: readonly Table[],
  visit: (leaf: LeafVisit, tree: number) => void,
): void {
  const players = playersOf(structure.features, columnsOf(structure));
  const features = tables.map(table => structure.features.map(feature => readDerived(feature, table)));
  structure.trees.forEach((tree, treeAt) => {
    const decisions = tables.map((table, at) => decideAll(tree, features[at]!, table.rows));
    for (const path of listPaths(tree, players)) {
      const patterns = tables.map((table, at) => findPatterns(path, decisions[at]!, table.rows));
      visit({ tree, path, value: tree.value[path.leaf]!, patterns }, treeAt);
    }
  });
}

function addMoves(
  values: readonly Float64Array[],
  path: LeafPath,
  { patterns, moved }: { readonly patterns: Patterns; readonly moved: readonly Float64Array[] },
): void {
  path.players.forEach((player, bit) => {
    const column = values[player]!;
    const moves = Float64Array.from(moved, byBit => byBit[bit]!);
    const { places } = patterns;
    for (let row = 0; row < places.length; row++) column[row]! += moves[places[row]!]!;
  });
}

/** Per column of the path the share of rows that its nodes send towards the leaf. */
function shareOfColumns(tree: TreeNodes, path: LeafPath, covers: Float64Array): Float64Array {
  const shares = new Float64Array(path.players.length).fill(1);
  for (const { node, passes, bit } of path.tests) {
    const child = passes ? tree.passed[node]! : tree.failed[node]!;
    shares[bit]! *= covers[node] === 0 ? 0.5 : covers[child]! / covers[node]!;
  }
  return shares;
}

/**
 * The game v(S) = value * product over S of (does the row pass) * product over the others of their share. The sum over
 * coalitions of one size is a coefficient of the polynomial prod(share + t) over the columns that pass.
 */
function pathDependentLeaf(pattern: number, shares: Float64Array, value: number): Float64Array {
  const weights = coalitionWeights(shares.length);
  const polynomial = new Float64Array(shares.length + 1);
  polynomial[0] = value;
  let degree = 0;
  shares.forEach((share, bit) => {
    const passes = pattern & (1 << bit) ? 1 : 0;
    degree += passes;
    for (let power = degree; power > 0; power--) {
      polynomial[power] = polynomial[power]! * share + passes * polynomial[power - 1]!;
    }
    polynomial[0]! *= share;
  });
  const failing = -weigh(polynomial, weights);
  return shares.map((share, bit) =>
    pattern & (1 << bit) ? (1 - share) * weighQuotient(polynomial, share, { degree, weights }) : failing,
  );
}

function weigh(polynomial: Float64Array, weights: Float64Array): number {
  return weights.reduce((sum, weight, power) => sum + polynomial[power]! * weight, 0);
}

/** Weighs polynomial / (share + t), divided from the highest power down: the share is at most 1, so errors do not grow. */
function weighQuotient(
  polynomial: Float64Array,
  share: number,
  { degree, weights }: { readonly degree: number; readonly weights: Float64Array },
): number {
  let [sum, coefficient] = [0, 0];
  for (let power = degree; power > 0; power--) {
    coefficient = polynomial[power]! - share * coefficient;
    sum += coefficient * weights[power - 1]!;
  }
  return sum;
}

const weightsOfSize = new Map<number, Float64Array>();

/** k! (n - k - 1)! / n! for k = 0 ... n - 1, L. Shapley's weight of a coalition of k others among n. */
function coalitionWeights(n: number): Float64Array {
  const known = weightsOfSize.get(n);
  if (known) return known;
  const weights = new Float64Array(n);
  let weight = 1 / n;
  for (let k = 0; k < n; k++) {
    weights[k] = weight;
    weight *= (k + 1) / (n - k - 1);
  }
  weightsOfSize.set(n, weights);
  return weights;
}

/**
 * One background row: columns with which only the explained row comes to the leaf have to be in the coalition, columns
 * with which only the other does must not be; where neither does, nothing comes to the leaf.
 */
function addInterventional(
  moves: Float64Array,
  { pattern, against, full }: { readonly pattern: number; readonly against: number; readonly full: number },
  weight: number,
): void {
  if ((pattern | against) !== full) return;
  const needed = pattern & ~against;
  const forbidden = against & ~pattern;
  const [inside, outside] = [countBits(needed), countBits(forbidden)];
  const weights = coalitionWeights(inside + outside);
  if (inside > 0) addAtBits(moves, needed, weight * weights[inside - 1]!);
  if (outside > 0) addAtBits(moves, forbidden, -weight * weights[inside]!);
}

function addAtBits(moves: Float64Array, bits: number, amount: number): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) moves[31 - Math.clz32(rest & -rest)]! += amount;
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
