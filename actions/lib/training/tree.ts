// A grown decision tree as flat arrays: quick to walk, easy to export.

/** Node 0 is the root; `left[node]` is 0 for a leaf, since nothing points back at the root. */
export interface Tree {
  readonly feature: Int32Array;
  /** Float32 border: a value up to and including it goes left. */
  readonly threshold: Float32Array;
  /** 1 where missing values go left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf answers, a float32. */
  readonly value: Float32Array;
}

/** Adds the tree's answer to each row's sum, in place: a forest of hundreds of trees needs no arrays between. */
export function addTreeAnswers(tree: Tree, columns: readonly Float32Array[], sums: Float64Array): void {
  for (let row = 0; row < sums.length; row++) sums[row]! += tree.value[findLeaf(tree, columns, row)]!;
}

function findLeaf(tree: Tree, columns: readonly Float32Array[], row: number): number {
  let node = 0;
  while (tree.left[node] !== 0) {
    const value = columns[tree.feature[node]!]![row]!;
    const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
    node = goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

/** The sum of all trees' answers and the base, per row. */
export function sumTrees(
  trees: readonly Tree[],
  base: number,
  columns: readonly Float32Array[],
): Float64Array {
  const sums = new Float64Array(columns[0]?.length ?? 0).fill(base);
  for (const tree of trees) addTreeAnswers(tree, columns, sums);
  return sums;
}
