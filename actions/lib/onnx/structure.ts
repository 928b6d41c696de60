// What a model computes inside, where that is plain enough to explain exactly: the port between ONNX files and
// explanations. Every number it adds up or splits on is made of one column alone, so its effect belongs to that column.
import type { ColumnType, Table } from '#lib/tables/table.ts';

/** A number made of one column's value: as it is, looked up, imputed, scaled, or 1 for one category. */
export interface Derived {
  readonly column: string;
  readonly kind: ColumnType['kind'];
  /** Takes a number (NaN when missing) or a text (empty when missing), after the kind; rounds to float32 as the graph. */
  readonly read: (value: number | string) => number;
}

/** The test of a node, `value <mode> threshold`, in the words of ai.onnx.ml. */
export const branchModes = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
] as const;

export type BranchMode = (typeof branchModes)[number];

/** Node 0 is the root; children stand behind their parents. */
export interface TreeNodes {
  /** Which derived number is tested; -1 for a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly mode: readonly BranchMode[];
  /** 1 where a missing value passes the test. */
  readonly missingPasses: Uint8Array;
  readonly passed: Int32Array;
  readonly failed: Int32Array;
  /** What a leaf adds to the sum; 0 elsewhere. */
  readonly value: Float64Array;
}

/** How the sum becomes the answer: it is the answer, or the log-odds of a probability. */
export type LinkName = 'identity' | 'logistic';

/** sum = base + what the reached leaf of each tree adds. */
export interface TreeStructure {
  readonly kind: 'trees';
  readonly features: readonly Derived[];
  readonly trees: readonly TreeNodes[];
  readonly base: number;
  readonly link: LinkName;
}

/** sum = base + terms; each term is any function of one column. */
export interface AdditiveStructure {
  readonly kind: 'additive';
  readonly terms: readonly Derived[];
  readonly base: number;
  readonly link: LinkName;
}

export type ModelStructure = TreeStructure | AdditiveStructure;

/** Whether a node's test holds; comparisons are between float32 numbers, as onnxruntime makes them. */
export function passesTest(tree: TreeNodes, node: number, value: number): boolean {
  if (Number.isNaN(value) && tree.missingPasses[node] === 1) return true;
  const threshold = tree.threshold[node] ?? Number.NaN;
  switch (tree.mode[node]) {
    case 'BRANCH_LT':
      return value < threshold;
    case 'BRANCH_GTE':
      return value >= threshold;
    case 'BRANCH_GT':
      return value > threshold;
    case 'BRANCH_EQ':
      return value === threshold;
    case 'BRANCH_NEQ':
      return value !== threshold;
    default:
      return value <= threshold;
  }
}

/**
 * The derived number of every row.
 * @throws RangeError when the table lacks the column in that kind; whoever scored the table knows that it does not.
 */
export function readDerived({ column, kind, read }: Derived, table: Table): Float64Array {
  const found = table.columns.find(candidate => candidate.name === column && candidate.kind === kind);
  if (!found) throw new RangeError(`The table has no ${kind} column "${column}"`);
  if (found.kind === 'number') return found.values.map(value => read(value));
  return Float64Array.from(found.values, read);
}

/** The names of the columns the model reads, each once. */
export function columnsOf(structure: ModelStructure): readonly string[] {
  const derived = structure.kind === 'trees' ? structure.features : structure.terms;
  return [...new Set(derived.map(({ column }) => column))];
}
