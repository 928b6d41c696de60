// The parts every exported graph shares: raw columns in, preprocessing inside, the task's standard outputs.
// Only operators that ai.onnx 17 and ai.onnx.ml 3 have, so that old and new runtimes read the file.
import type { Attribute, GraphNode, OnnxModel, Tensor, ValueInfo } from '#lib/onnx/model.ts';
import type { ColumnType } from '#lib/tables/table.ts';
import { INTERNAL_PREFIX, type Task } from '#lib/training/training-set.ts';

/** A growing graph: each call adds one node and returns the name of its result. */
export interface Graph {
  /** Adds a node of ai.onnx or, with `domain`, of ai.onnx.ml; `output` names its result, else a name is given. */
  node(op: string, inputs: readonly string[], options?: NodeOptions): string;
  /** Adds a constant. */
  constant(type: Tensor['type'], shape: readonly number[], values: Tensor['values']): string;
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Tensor[];
}

interface NodeOptions {
  readonly domain?: GraphNode['domain'];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly output?: string;
}

/** An empty graph. */
export function createGraph(): Graph {
  const nodes: GraphNode[] = [];
  const initializers: Tensor[] = [];
  return {
    nodes,
    initializers,
    node(op, inputs, { domain = '', attributes = {}, output = `${INTERNAL_PREFIX}${nodes.length}` } = {}) {
      nodes.push({ op, domain, inputs, outputs: [output], attributes });
      return output;
    },
    constant(type, shape, values) {
      const name = `${INTERNAL_PREFIX}constant/${initializers.length}`;
      initializers.push({ name, type, shape, values });
      return name;
    },
  };
}

/** Joins [N,1] columns to [N,count]. */
export function joinColumns(graph: Graph, columns: readonly string[]): string {
  return graph.node('Concat', columns, { attributes: { axis: { kind: 'int', value: 1 } } });
}

/** Looks a text column up: known texts give their number, all others (also the empty text) give `otherwise`. */
export function lookUp(
  graph: Graph,
  column: string,
  { keys, values, otherwise }: { keys: readonly string[]; values: readonly number[]; otherwise: number },
): string {
  return graph.node('LabelEncoder', [column], {
    domain: 'ai.onnx.ml',
    attributes: {
      // An empty table is not valid ONNX; the empty text is never a known one.
      keys_strings: { kind: 'strings', value: keys.length > 0 ? keys : [''] },
      values_floats: { kind: 'floats', value: keys.length > 0 ? values : [otherwise] },
      default_float: { kind: 'float', value: otherwise },
    },
  });
}

interface ModelFacts {
  readonly name: string;
  readonly algorithm: string;
  readonly version: number;
  readonly task: Task;
  readonly features: readonly ColumnType[];
}

/**
 * Finishes a graph whose result is `value` [N,1]: the prediction, or the positive class's probability.
 * Regression answers `prediction` [N,1]; binary tasks answer `label` [N] and `probabilities` [N,2].
 */
export function finishModel(graph: Graph, value: string, facts: ModelFacts): OnnxModel {
  const outputs = facts.task === 'regression' ? addPrediction(graph, value) : addClasses(graph, value);
  return {
    name: facts.name,
    producer: { name: 'mainline', version: String(facts.version) },
    inputs: facts.features.map(({ name, kind }) => ({
      name,
      type: kind === 'number' ? 'float' : 'string',
      shape: [1],
    })),
    outputs,
    initializers: graph.initializers,
    nodes: graph.nodes,
    metadata: {
      algorithm: `${facts.algorithm}@${facts.version}`,
      task: facts.task,
      features: JSON.stringify(facts.features.map(feature => feature.name)),
    },
  };
}

function addPrediction(graph: Graph, value: string): readonly ValueInfo[] {
  graph.node('Identity', [value], { output: 'prediction' });
  return [{ name: 'prediction', type: 'float', shape: [1] }];
}

function addClasses(graph: Graph, probability: string): readonly ValueInfo[] {
  const opposite = graph.node('Sub', [graph.constant('float', [1], [1]), probability]);
  graph.node('Concat', [opposite, probability], {
    attributes: { axis: { kind: 'int', value: 1 } },
    output: 'probabilities',
  });
  const isPositive = graph.node('GreaterOrEqual', [probability, graph.constant('float', [1], [0.5])]);
  const flat = graph.node('Reshape', [isPositive, graph.constant('int64', [1], [-1])]);
  const INT64 = 7;
  graph.node('Cast', [flat], { attributes: { to: { kind: 'int', value: INT64 } }, output: 'label' });
  return [
    { name: 'label', type: 'int64', shape: [] },
    { name: 'probabilities', type: 'float', shape: [2] },
  ];
}
