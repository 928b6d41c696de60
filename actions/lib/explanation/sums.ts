// A model's inner sum and answer for every row, from its structure: what attributions have to add up to, and what is
// held against the runtime's answers before any of them is believed.
import {
  columnsOf,
  type Derived,
  type ModelStructure,
  passesTest,
  readDerived,
  type TreeNodes,
} from '#lib/onnx/structure.ts';
import { sigmoid } from '#lib/stats/elementary.ts';
import type { Table } from '#lib/tables/table.ts';

/** What moves each row's sum away from the base: base + the row's values of all columns = its sum. */
export interface Attributions {
  readonly base: number;
  readonly columns: readonly string[];
  /** One array per column, one number per row; the unit of the sum. */
  readonly values: readonly Float64Array[];
}

/** No movement yet, for the columns the model reads. */
export function startAttributions(structure: ModelStructure, rows: number): Omit<Attributions, 'base'> {
  const columns = columnsOf(structure);
  return { columns, values: columns.map(() => new Float64Array(rows)) };
}

/** The place of each derived number's column among `columns`. */
export function playersOf(derived: readonly Derived[], columns: readonly string[]): Int32Array {
  const places = new Map(columns.map((column, place) => [column, place]));
  return Int32Array.from(derived, ({ column }) => places.get(column) ?? -1);
}

/** The sum before the link: an amount, or log-odds. */
export function sumsOf(structure: ModelStructure, table: Table): Float64Array {
  const sums = new Float64Array(table.rows).fill(structure.base);
  if (structure.kind === 'additive') {
    for (const term of structure.terms) addTo(sums, readDerived(term, table));
    return sums;
  }
  const features = structure.features.map(feature => readDerived(feature, table));
  for (const tree of structure.trees) {
    for (let row = 0; row < table.rows; row++) sums[row]! += tree.value[leafOf(tree, features, row)]!;
  }
  return sums;
}

/** What the model would answer: the predicted amount, or the probability of the positive class. */
export function answersOf(structure: ModelStructure, table: Table): Float64Array {
  const sums = sumsOf(structure, table);
  return structure.link === 'logistic' ? sums.map(sigmoid) : sums;
}

/** The leaf a row reaches. @param features one array per derived number */
export function leafOf(tree: TreeNodes, features: readonly Float64Array[], row: number): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    const value = features[tree.feature[node]!]![row]!;
    node = passesTest(tree, node, value) ? tree.passed[node]! : tree.failed[node]!;
  }
  return node;
}

/** Adds each row's value to its sum, in place. */
export function addTo(sums: Float64Array, values: ArrayLike<number>): void {
  for (let row = 0; row < sums.length; row++) sums[row]! += values[row]!;
}

/** The arithmetic mean; NaN without values. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
