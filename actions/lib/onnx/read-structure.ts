// Reads trees or a weighted sum out of a model file, following the graph from its inputs to its answer. Knows what our
// trainers and the converters of scikit-learn, XGBoost and LightGBM write; of anything else it says that it does not know.
import { fromBinary } from '@bufbuild/protobuf';
import { TensorProto_DataType as DataType, type ModelProto, ModelProtoSchema } from 'onnx-buf';
import { listInputs, plainDomain } from '#lib/onnx/admission.ts';
import {
  type Cell,
  type GraphValue,
  type NodeCall,
  type NodeReader,
  numbersOf,
  readAttributes,
  readTensor,
} from '#lib/onnx/graph-values.ts';
import { pickOutput } from '#lib/onnx/outputs.ts';
import {
  elementwise,
  mapCell,
  readColumns,
  readConcat,
  readImputer,
  readLabelEncoder,
  readOneHot,
  readScaler,
} from '#lib/onnx/read-derived.ts';
import {
  readGemm,
  readLinearClassifier,
  readLinearRegressor,
  readMatMul,
  readReduceSum,
  shiftBase,
} from '#lib/onnx/read-linear.ts';
import { readTreeClassifier, readTreeRegressor } from '#lib/onnx/read-trees.ts';
import type { ModelStructure } from '#lib/onnx/structure.ts';
import { shapeOf, typeName } from '#lib/onnx/value-types.ts';

/**
 * The structure of a model that `inspectModel` has admitted, or undefined where it is not of a kind that can be explained
 * exactly. It is read from the file's text alone: who uses it compares its answers with the runtime's first.
 * @param features column names in order, for a model with one input [N,F]
 */
export function readStructure(
  bytes: Uint8Array,
  { features }: { readonly features?: readonly string[] | undefined } = {},
): ModelStructure | undefined {
  const model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  const known = new Map<string, GraphValue>(readInputs(model, features));
  for (const tensor of model.graph?.initializer ?? []) remember(known, tensor.name, readTensor(tensor));
  for (const node of model.graph?.node ?? []) {
    const reader = readers.get(`${plainDomain(node.domain)}:${node.opType}`);
    const inputs = node.input.map(name => known.get(name));
    const outputs = reader?.({ inputs, attributes: readAttributes(node) }) ?? [];
    node.output.forEach((name, place) => {
      remember(known, name, outputs[place]);
    });
  }
  return structureOf(known.get(answerName(model)));
}

function remember(known: Map<string, GraphValue>, name: string, value: GraphValue | undefined): void {
  if (value) known.set(name, value);
}

function answerName(model: ModelProto): string {
  const outputs = (model.graph?.output ?? []).map(value => ({
    name: value.name,
    type: typeName(value),
    shape: shapeOf(value),
  }));
  return pickOutput({ inputs: [], outputs }).name;
}

/** A single number per row is a sum of one term. */
function structureOf(value: GraphValue | undefined): ModelStructure | undefined {
  if (value?.kind === 'answer' || value?.kind === 'classes') return value.structure;
  if (value?.kind !== 'numbers' || value.cells.length !== 1 || !value.isFloat) return undefined;
  return { kind: 'additive', terms: value.cells, base: 0, link: 'identity' };
}

function readInputs(
  model: ModelProto,
  features: readonly string[] | undefined,
): readonly (readonly [string, GraphValue])[] {
  const inputs = listInputs(model);
  const [first] = inputs;
  if (first && inputs.length === 1 && features && shapeOf(first).length === 2 && shapeOf(first)[1] !== 1) {
    return inputOf(first.name, typeName(first), features);
  }
  return inputs.flatMap(input =>
    shapeOf(input).at(1) === 1 || shapeOf(input).length === 1
      ? inputOf(input.name, typeName(input), [input.name])
      : [],
  );
}

function inputOf(
  name: string,
  type: string,
  columns: readonly string[],
): readonly (readonly [string, GraphValue])[] {
  if (type === 'string') return [[name, { kind: 'texts', columns }]];
  const isFloat = type === 'float';
  const read = (value: number | string): number => (isFloat ? Math.fround(Number(value)) : Number(value));
  const cells = columns.map((column): Cell => ({ column, kind: 'number', steps: 1, read }));
  return [[name, { kind: 'numbers', cells, isFloat }]];
}

/** Shapes [N,1], [N] and [N,K] of the same numbers are one to us. */
function passOn({ inputs: [input] }: NodeCall): readonly (GraphValue | undefined)[] {
  return [input];
}

/** To float32, or from it to float64, which keeps the numbers. */
function readCast({ inputs: [input], attributes }: NodeCall): readonly (GraphValue | undefined)[] {
  const to = attributes.int('to', 0);
  if (input?.kind !== 'numbers') return to === DataType.FLOAT || to === DataType.DOUBLE ? [input] : [];
  if (to !== DataType.FLOAT) return [];
  return [numbersOf(input.cells.map(cell => mapCell(cell, value => value)))];
}

function readSigmoid({ inputs: [input] }: NodeCall): readonly GraphValue[] {
  if (input?.kind !== 'answer' || input.structure.link !== 'identity') return [];
  return [{ kind: 'answer', structure: { ...input.structure, link: 'logistic' } }];
}

/** A probability cut at 0 and 1 for the last bits of a sum of shares: what matters of it is seen in the comparison. */
function readClip({ inputs: [input, low, high] }: NodeCall): readonly (GraphValue | undefined)[] {
  const isUnit =
    low?.kind === 'constant' && high?.kind === 'constant' && low.values[0] === 0 && high.values[0] === 1;
  return isUnit && input?.kind === 'answer' ? [input] : [];
}

const addNumbers = elementwise((a = 0, b = 0) => a + b);
const subtractNumbers = elementwise((a = 0, b = 0) => a - b);
const multiplyNumbers = elementwise((a = 0, b = 0) => a * b);

function readAdd(call: NodeCall): readonly (GraphValue | undefined)[] {
  const answer = call.inputs.find(input => input?.kind === 'answer');
  const constant = call.inputs.find(input => input?.kind === 'constant');
  if (answer?.kind !== 'answer') return addNumbers(call);
  if (constant?.kind !== 'constant' || constant.values.length !== 1) return [];
  const structure = shiftBase(answer.structure, constant.values[0] ?? 0);
  return [structure && { kind: 'answer', structure }];
}

function readSub(call: NodeCall): readonly (GraphValue | undefined)[] {
  const [one, answer] = call.inputs;
  if (answer?.kind !== 'answer') return subtractNumbers(call);
  const isOne = one?.kind === 'constant' && one.values.length === 1 && one.values[0] === 1;
  return isOne ? [{ kind: 'opposite', structure: answer.structure }] : [];
}

function readGather(call: NodeCall): readonly (GraphValue | undefined)[] {
  return call.attributes.int('axis', 0) === 1 ? readColumns(call) : [];
}

/** LightGBM's converter multiplies probabilities by 1 to rename them. */
function readMul(call: NodeCall): readonly (GraphValue | undefined)[] {
  const [value, one] = call.inputs;
  const isOne = one?.kind === 'constant' && one.values.every(factor => factor === 1);
  return isOne && (value?.kind === 'classes' || value?.kind === 'answer') ? [value] : multiplyNumbers(call);
}

/** Two probabilities that already add up to 1 stay as they are. */
function readNormalizer({ inputs: [input], attributes }: NodeCall): readonly (GraphValue | undefined)[] {
  return input?.kind === 'classes' && attributes.text('norm', 'MAX') === 'L1' ? [input] : [];
}

const readers: ReadonlyMap<string, NodeReader> = new Map<string, NodeReader>([
  [':Identity', passOn],
  [':Reshape', passOn],
  [':Flatten', passOn],
  [':Constant', ({ attributes }) => [attributes.tensor('value')]],
  [':Cast', readCast],
  [':Concat', readConcat],
  [':Add', readAdd],
  [':Sub', readSub],
  [':Mul', readMul],
  [':Div', elementwise((a = 0, b = 0) => a / b)],
  [':IsNaN', elementwise(value => Number(Number.isNaN(value)))],
  [':Where', elementwise((condition, yes = 0, no = 0) => (condition ? yes : no))],
  [':Sigmoid', readSigmoid],
  [':Clip', readClip],
  [':Gather', readGather],
  [':Gemm', readGemm],
  [':MatMul', readMatMul],
  [':ReduceSum', readReduceSum],
  ['ai.onnx.ml:ArrayFeatureExtractor', readColumns],
  ['ai.onnx.ml:FeatureVectorizer', readConcat],
  ['ai.onnx.ml:Imputer', readImputer],
  ['ai.onnx.ml:LabelEncoder', readLabelEncoder],
  ['ai.onnx.ml:LinearClassifier', readLinearClassifier],
  ['ai.onnx.ml:LinearRegressor', readLinearRegressor],
  ['ai.onnx.ml:Normalizer', readNormalizer],
  ['ai.onnx.ml:OneHotEncoder', readOneHot],
  ['ai.onnx.ml:Scaler', readScaler],
  ['ai.onnx.ml:TreeEnsembleClassifier', readTreeClassifier],
  ['ai.onnx.ml:TreeEnsembleRegressor', readTreeRegressor],
]);
