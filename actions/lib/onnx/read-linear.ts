// Weighted sums of numbers that each come from one column, however the exporter writes them.
import type { GraphValue, NodeCall } from '#lib/onnx/graph-values.ts';
import type { Derived, LinkName, ModelStructure } from '#lib/onnx/structure.ts';

type Answer = Extract<GraphValue, { kind: 'answer' }>;

/** base + sum of weight * number; undefined unless there is a weight for each. */
function weighedSum(
  input: GraphValue | undefined,
  weights: readonly number[],
  { base, link = 'identity' }: { readonly base: number; readonly link?: LinkName },
): Answer | undefined {
  if (input?.kind !== 'numbers' || !input.isFloat || weights.length !== input.cells.length) return undefined;
  const terms = input.cells.map((cell, place): Derived => {
    const weight = weights[place] ?? 0;
    return { ...cell, read: value => weight * cell.read(value) };
  });
  return { kind: 'answer', structure: { kind: 'additive', terms, base, link } };
}

export function readLinearRegressor({
  inputs: [input],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  if (attributes.int('targets', 1) !== 1 || attributes.text('post_transform', 'NONE') !== 'NONE') return [];
  const base = attributes.floats('intercepts')[0] ?? 0;
  return [weighedSum(input, attributes.floats('coefficients'), { base })];
}

/**
 * Label and scores of two classes. LOGISTIC scores each class by itself, so its two sums have to mirror each other, as
 * exporters write them; SOFTMAX looks at their difference.
 */
export function readLinearClassifier({
  inputs: [input],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  const coefficients = attributes.floats('coefficients');
  const intercepts = attributes.floats('intercepts');
  const width = coefficients.length / 2;
  const [first, second] = [coefficients.slice(0, width), coefficients.slice(width)];
  const transform = attributes.text('post_transform', 'NONE');
  if (intercepts.length !== 2 || (transform !== 'LOGISTIC' && transform !== 'SOFTMAX')) return [];
  const [low = 0, high = 0] = intercepts;
  const mirrors = low === -high && first.every((weight, place) => weight === -(second[place] ?? 0));
  if (transform === 'LOGISTIC' && !mirrors) return [];
  const weights =
    transform === 'LOGISTIC' ? second : second.map((weight, place) => weight - (first[place] ?? 0));
  const base = transform === 'LOGISTIC' ? high : high - low;
  const found = weighedSum(input, weights, { base, link: 'logistic' });
  return [undefined, found && { kind: 'classes', structure: found.structure }];
}

/** alpha * input * weights + beta * bias, with one result. */
export function readGemm({
  inputs: [input, weights, bias],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  if (weights?.kind !== 'constant' || attributes.int('transA', 0) !== 0) return [];
  const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)];
  const base = bias?.kind === 'constant' && bias.values.length === 1 ? bias.values[0] : undefined;
  if (bias && base === undefined) return [];
  return [
    weighedSum(
      input,
      weights.values.map(weight => alpha * weight),
      { base: beta * (base ?? 0) },
    ),
  ];
}

export function readMatMul({ inputs: [input, weights] }: NodeCall): readonly (GraphValue | undefined)[] {
  return weights?.kind === 'constant' ? [weighedSum(input, weights.values, { base: 0 })] : [];
}

/** The sum over the columns; its axes are an input since ai.onnx 13, an attribute before. */
export function readReduceSum({
  inputs: [input, axes],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  const along = axes?.kind === 'constant' ? axes.values : attributes.ints('axes');
  if (input?.kind !== 'numbers' || along.length !== 1 || (along[0] !== 1 && along[0] !== -1)) return [];
  return [
    weighedSum(
      input,
      input.cells.map(() => 1),
      { base: 0 },
    ),
  ];
}

/** The same sum with something added to it before its link. */
export function shiftBase(structure: ModelStructure, by: number): ModelStructure | undefined {
  return structure.link === 'identity' ? { ...structure, base: structure.base + by } : undefined;
}
