// Trees leaf by leaf: a leaf is reached when every column on its path says so. Seen like this, all a row is to a leaf is a
// pattern of bits, one per column, and rows with the same pattern share one computation.
import { passesTest, type TreeNodes } from '#lib/onnx/structure.ts';

/** A leaf and the tests on the way to it; several tests of one column are one bit. */
export interface LeafPath {
  readonly leaf: number;
  /** The columns on the path, as places among the model's columns; the bit of a column is its place here. */
  readonly players: readonly number[];
  readonly tests: readonly PathTest[];
}

interface PathTest {
  readonly node: number;
  readonly passes: boolean;
  readonly bit: number;
}

/** More columns on one path than fit into the bits of a 32-bit integer are not explained exactly. */
export const MOST_PATH_COLUMNS = 30;

/** All leaves, depth first. @param players the column of each feature */
export function listPaths(tree: TreeNodes, players: Int32Array): readonly LeafPath[] {
  const paths: LeafPath[] = [];
  const visit = (node: number, path: Omit<LeafPath, 'leaf'>): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) {
      paths.push({ leaf: node, ...path });
      return;
    }
    const player = players[feature]!;
    const known = path.players.indexOf(player);
    const bit = known < 0 ? path.players.length : known;
    const onPath = known < 0 ? [...path.players, player] : path.players;
    for (const [child, passes] of [
      [tree.passed[node]!, true],
      [tree.failed[node]!, false],
    ] as const) {
      visit(child, { players: onPath, tests: [...path.tests, { node, passes, bit }] });
    }
  };
  visit(0, { players: [], tests: [] });
  return paths;
}

/** Per inner node whether each row passes its test, 1 or 0; all rows are tried at all nodes. */
export function decideAll(
  tree: TreeNodes,
  features: readonly Float64Array[],
  rows: number,
): readonly Uint8Array[] {
  return Array.from(tree.feature, (feature, node) => {
    if (feature < 0) return new Uint8Array();
    const values = features[feature]!;
    const decisions = new Uint8Array(rows);
    const [threshold, missing] = [tree.threshold[node]!, tree.missingPasses[node]!];
    for (let row = 0; row < rows; row++) {
      const value = values[row]!;
      // The commonest test by itself: this is where the time goes.
      if (tree.mode[node] !== 'BRANCH_LEQ') decisions[row] = passesTest(tree, node, value) ? 1 : 0;
      else decisions[row] = value <= threshold ? 1 : Number.isNaN(value) ? missing : 0;
    }
    return decisions;
  });
}

/** Rows by what they are to one leaf. */
export interface Patterns {
  /** The different patterns; bit i is set where column i of the path leads to the leaf. */
  readonly different: readonly number[];
  /** How many rows have each. */
  readonly counts: readonly number[];
  /** Per row the place of its pattern among the different ones. */
  readonly places: Int32Array;
}

/** Groups rows by their pattern, in the order of their first row. */
export function findPatterns(path: LeafPath, decisions: readonly Uint8Array[], rows: number): Patterns {
  const patterns = new Int32Array(rows).fill(2 ** path.players.length - 1);
  for (const { node, passes, bit } of path.tests) {
    const decided = decisions[node]!;
    const fails = passes ? 0 : 1;
    const cleared = ~(1 << bit);
    for (let row = 0; row < rows; row++) if (decided[row] === fails) patterns[row]! &= cleared;
  }
  return groupEqual(patterns, path.players.length);
}

/** Patterns of so few bits are looked up by place, which is several times quicker than a map. */
const MOST_PLACED_BITS = 16;
const placed = new Int32Array(2 ** MOST_PLACED_BITS);

function groupEqual(patterns: Int32Array, bits: number): Patterns {
  const different: number[] = [];
  const counts: number[] = [];
  const places = new Int32Array(patterns.length);
  const isPlaced = bits <= MOST_PLACED_BITS;
  const byPattern = new Map<number, number>();
  for (let row = 0; row < patterns.length; row++) {
    const pattern = patterns[row]!;
    // One more than the place, so that 0 says not seen.
    let found = isPlaced ? placed[pattern]! : (byPattern.get(pattern) ?? 0);
    if (found === 0) {
      found = different.push(pattern);
      counts.push(0);
      if (isPlaced) placed[pattern] = found;
      else byPattern.set(pattern, found);
    }
    places[row] = found - 1;
    counts[found - 1]! += 1;
  }
  if (isPlaced) for (const pattern of different) placed[pattern] = 0;
  return { different, counts, places };
}
