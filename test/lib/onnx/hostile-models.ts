// Well-formed models of a few kilobytes that take all the time or all the memory of whoever runs them.
import type { Attribute, GraphNode, OnnxModel, Tensor } from '#lib/onnx/model.ts';
import { floatInput, model, node } from './models.ts';

function numbers(name: string, type: 'float' | 'int64', values: readonly number[], shape = [values.length]) {
  return { name, type, shape, values } satisfies Tensor;
}

function withAttribute(one: GraphNode, name: string, value: Attribute): GraphNode {
  return { ...one, attributes: { ...one.attributes, [name]: value } };
}

function answering(nodes: readonly GraphNode[], initializers: readonly Tensor[]): OnnxModel {
  return model({
    inputs: [floatInput('distance', 1)],
    outputs: [floatInput('prediction', 1)],
    initializers,
    nodes,
  });
}

const mean = (from: string): readonly GraphNode[] => [
  withAttribute(node('ReduceMean', [from], 'mean'), 'keepdims', { kind: 'int', value: 0 }),
  node('Add', ['distance', 'mean'], 'prediction'),
];

const multiplications = Array.from({ length: 300 }, (_, i) => node('MatMul', [`m${i}`, 'm0'], `m${i + 1}`));

/** Minutes of multiplications out of two constants, done while the model is opened. */
export const slowToOpen = answering(
  [node('Expand', ['one', 'size'], 'm0'), ...multiplications, ...mean('m300')],
  [numbers('one', 'float', [0.0005], [1, 1]), numbers('size', 'int64', [2000, 2000])],
);

/** The same out of each row, so that nothing can be done before there is one. */
export const slowToScore = answering(
  [
    node('ReduceMean', ['distance'], 'all'),
    node('Expand', ['all', 'size'], 'm0'),
    ...multiplications,
    ...mean('m300'),
  ],
  [numbers('size', 'int64', [2000, 2000])],
);

/** Doubles a row 40 times. */
export const largeToScore = answering(
  [
    node('Identity', ['distance'], 'd0'),
    ...Array.from({ length: 40 }, (_, i) =>
      withAttribute(node('Concat', [`d${i}`, `d${i}`], `d${i + 1}`), 'axis', { kind: 'int', value: 0 }),
    ),
    ...mean('d40'),
  ],
  [],
);

/** A constant of 40 GB, held while the model is opened. */
export const largeToOpen = answering(
  [node('Expand', ['one', 'size'], 'huge'), ...mean('huge')],
  [numbers('one', 'float', [0.5], [1, 1]), numbers('size', 'int64', [100_000, 100_000])],
);
