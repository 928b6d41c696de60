// TreeEnsembleRegressor and TreeEnsembleClassifier as trees with one output: the amount, or the positive class.
// Several targets, MIN and MAX are not sums of trees; PROBIT and SOFTMAX_ZERO have no plain scale. All of these: undefined.
import type { Attributes, GraphValue, NodeCall } from '#lib/onnx/graph-values.ts';
import {
  type BranchMode,
  branchModes,
  type Derived,
  type LinkName,
  type TreeNodes,
} from '#lib/onnx/structure.ts';

/** What a leaf adds, and to which output. */
interface Weight {
  readonly key: string;
  readonly output: number;
  readonly weight: number;
}

export function readTreeRegressor({
  inputs: [input],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  if (input?.kind !== 'numbers' || !input.isFloat) return [];
  const isPlain =
    attributes.int('n_targets', 1) === 1 && attributes.text('post_transform', 'NONE') === 'NONE';
  const aggregate = attributes.text('aggregate_function', 'SUM');
  if (!isPlain || (aggregate !== 'SUM' && aggregate !== 'AVERAGE')) return [];
  const trees = readTrees(attributes, readWeights(attributes, 'target'), {
    aggregate,
    width: input.cells.length,
  });
  const base = attributes.floats('base_values')[0] ?? 0;
  return [answerOf(trees, { features: input.cells, base, link: 'identity' })];
}

/** Two outputs: the label, of which nothing is known, and the scores of both classes. */
export function readTreeClassifier({
  inputs: [input],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  const classes =
    attributes.ints('classlabels_int64s').length + attributes.texts('classlabels_strings').length;
  if (input?.kind !== 'numbers' || !input.isFloat || classes !== 2) return [];
  const transform = attributes.text('post_transform', 'NONE');
  const weights = readWeights(attributes, 'class');
  const hasBoth = new Set(weights.map(({ output }) => output)).size === 2;
  const positive = hasBoth ? positiveOf(weights, transform) : weights;
  const bases = attributes.floats('base_values');
  if (!positive || (hasBoth && transform !== 'NONE' && bases.length > 0)) return [];
  const trees = readTrees(attributes, positive, { aggregate: 'SUM', width: input.cells.length });
  const link = transform === 'NONE' ? 'identity' : 'logistic';
  const found = answerOf(trees, { features: input.cells, base: bases.at(-1) ?? 0, link });
  return [undefined, found && { kind: 'classes', structure: found.structure }];
}

/** With both classes scored: the second one's weights, or the difference that a softmax of two looks at. */
function positiveOf(weights: readonly Weight[], transform: string): readonly Weight[] | undefined {
  if (transform === 'NONE' || transform === 'LOGISTIC') return weights.filter(({ output }) => output === 1);
  if (transform !== 'SOFTMAX') return undefined;
  return weights.map(one => (one.output === 1 ? one : { ...one, weight: -one.weight }));
}

function answerOf(
  trees: readonly TreeNodes[] | undefined,
  rest: { readonly features: readonly Derived[]; readonly base: number; readonly link: LinkName },
): Extract<GraphValue, { kind: 'answer' }> | undefined {
  return trees && { kind: 'answer', structure: { kind: 'trees', trees, ...rest } };
}

function readWeights(attributes: Attributes, prefix: 'target' | 'class'): readonly Weight[] {
  const nodes = attributes.ints(`${prefix}_nodeids`);
  const outputs = attributes.ints(`${prefix}_ids`);
  const weights = attributes.floats(`${prefix}_weights`);
  return attributes.ints(`${prefix}_treeids`).map((tree, i) => ({
    key: `${tree}/${nodes[i]}`,
    output: outputs[i] ?? 0,
    weight: weights[i] ?? 0,
  }));
}

function readTrees(
  attributes: Attributes,
  weights: readonly Weight[],
  { aggregate, width }: { readonly aggregate: 'SUM' | 'AVERAGE'; readonly width: number },
): readonly TreeNodes[] | undefined {
  const treeIds = attributes.ints('nodes_treeids');
  const nodeIds = attributes.ints('nodes_nodeids');
  const modes = attributes.texts('nodes_modes');
  const isKnown = modes.every(mode => mode === 'LEAF' || branchModes.some(known => known === mode));
  const isWithin = attributes
    .ints('nodes_featureids')
    .every((id, place) => modes[place] === 'LEAF' || (id >= 0 && id < width));
  const isWhole = treeIds.length > 0 && attributes.floats('nodes_values').length === treeIds.length;
  if (!isKnown || !isWithin || !isWhole) return undefined;
  const places = new Map<number, number[]>();
  treeIds.forEach((tree, place) => {
    const list = places.get(tree);
    if (list) list.push(place);
    else places.set(tree, [place]);
  });
  const divisor = aggregate === 'AVERAGE' ? places.size : 1;
  const values = new Map<string, number>();
  for (const { key, weight } of weights) values.set(key, (values.get(key) ?? 0) + weight / divisor);
  const table: NodeTable = { ...columnsOf(attributes), nodeIds, modes, values };
  const trees = [...places].map(([tree, rows]) => readTree(table, tree, rows));
  return trees.every(tree => tree !== undefined) ? trees : undefined;
}

/** The lists of the attributes, one entry per node of all trees. */
interface NodeTable {
  readonly nodeIds: readonly number[];
  readonly modes: readonly string[];
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  readonly missing: readonly number[];
  readonly passed: readonly number[];
  readonly failed: readonly number[];
  /** By tree and node. */
  readonly values: ReadonlyMap<string, number>;
}

function columnsOf(attributes: Attributes): Omit<NodeTable, 'nodeIds' | 'modes' | 'values'> {
  return {
    features: attributes.ints('nodes_featureids'),
    thresholds: attributes.floats('nodes_values'),
    missing: attributes.ints('nodes_missing_value_tracks_true'),
    passed: attributes.ints('nodes_truenodeids'),
    failed: attributes.ints('nodes_falsenodeids'),
  };
}

/** Taller and larger trees than any that answers in a moment are not explained exactly. */
const MOST_HEIGHT = 200;
const MOST_NODES = 65_535;

/** Orders the nodes from the root down; undefined where a node is missing or reached twice, or the tree is too large. */
function readTree(table: NodeTable, tree: number, rows: readonly number[]): TreeNodes | undefined {
  const rowOf = new Map(rows.map(row => [table.nodeIds[row] ?? -1, row]));
  const order: number[] = rows.slice(0, 1);
  const [passed, failed, heights]: [number[], number[], number[]] = [[], [], [0]];
  if (rows.length > MOST_NODES) return undefined;
  for (let at = 0; at < order.length && order.length <= rows.length; at++) {
    const row = order[at] ?? 0;
    if (table.modes[row] === 'LEAF') continue;
    for (const [ids, list] of [
      [table.passed, passed],
      [table.failed, failed],
    ] as const) {
      const child = rowOf.get(ids[row] ?? -1);
      if (child === undefined || heights[at] === MOST_HEIGHT) return undefined;
      list[at] = order.push(child) - 1;
      heights.push((heights[at] ?? 0) + 1);
    }
  }
  if (order.length > rows.length) return undefined;
  const isLeaf = (row: number): boolean => table.modes[row] === 'LEAF';
  return {
    feature: Int32Array.from(order, row => (isLeaf(row) ? -1 : (table.features[row] ?? 0))),
    threshold: Float32Array.from(order, row => table.thresholds[row] ?? 0),
    mode: order.map(row => (isLeaf(row) ? 'BRANCH_LEQ' : (table.modes[row] as BranchMode))),
    missingPasses: Uint8Array.from(order, row => table.missing[row] ?? 0),
    passed: Int32Array.from(order, (_, at) => passed[at] ?? 0),
    failed: Int32Array.from(order, (_, at) => failed[at] ?? 0),
    value: Float64Array.from(order, row =>
      isLeaf(row) ? (table.values.get(`${tree}/${table.nodeIds[row]}`) ?? 0) : 0,
    ),
  };
}
