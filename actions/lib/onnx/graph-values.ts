// What is known of a tensor while a graph is read for explanation: which columns its numbers are made of, and how.
// A tensor of which this is not known has no value here, and neither has anything that is computed from it. Bounded, since
// a few hundred bytes can double a tensor's width, or the steps to one of its numbers, fifty times over.
import {
  type AttributeProto,
  TensorProto_DataType as DataType,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import type { Derived, ModelStructure } from '#lib/onnx/structure.ts';

/** A number of a column with how many operations it takes. */
export interface Cell extends Derived {
  readonly steps: number;
}

export type GraphValue =
  /** Numbers of the file; `shape` as written there. */
  | { readonly kind: 'constant'; readonly values: readonly number[]; readonly shape: readonly number[] }
  /** [N, columns] text as the table has it. */
  | { readonly kind: 'texts'; readonly columns: readonly string[] }
  /** [N, cells]; not yet float32 when it came as another type, which only a Cast may touch. */
  | { readonly kind: 'numbers'; readonly cells: readonly Cell[]; readonly isFloat: boolean }
  /** [N, 1] the whole sum, or the probability it stands for. */
  | { readonly kind: 'answer'; readonly structure: ModelStructure }
  /** [N, 1] one minus the answer. */
  | { readonly kind: 'opposite'; readonly structure: ModelStructure }
  /** [N, 2] opposite and answer. */
  | { readonly kind: 'classes'; readonly structure: ModelStructure };

/** Operations for one number: they are nested calls. */
const MOST_STEPS = 200;
/** Operations for one row of one tensor: 10 000 numbers of ten. */
const MOST_ROW_STEPS = 100_000;
export const MOST_WIDTH = 20_000;

/** Float32 numbers made of columns, or undefined when there are too many or they take too long. */
export function numbersOf(cells: readonly Cell[], isFloat = true): GraphValue | undefined {
  const steps = cells.reduce((sum, cell) => sum + cell.steps, 0);
  const isBounded = cells.length <= MOST_WIDTH && steps <= MOST_ROW_STEPS;
  return isBounded && cells.every(cell => cell.steps <= MOST_STEPS)
    ? { kind: 'numbers', cells, isFloat }
    : undefined;
}

/** Text columns, or undefined when there are too many. */
export function textsOf(columns: readonly string[]): GraphValue | undefined {
  return columns.length <= MOST_WIDTH ? { kind: 'texts', columns } : undefined;
}

/** A node with what is known of its inputs. */
export interface NodeCall {
  readonly inputs: readonly (GraphValue | undefined)[];
  readonly attributes: Attributes;
}

/** What is known of a node's outputs, in their order. */
export type NodeReader = (call: NodeCall) => readonly (GraphValue | undefined)[];

/** The attributes of a node by name, with empty ones where it has none of that name. */
export interface Attributes {
  has(name: string): boolean;
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  text(name: string, otherwise: string): string;
  ints(name: string): readonly number[];
  floats(name: string): readonly number[];
  texts(name: string): readonly string[];
  tensor(name: string): GraphValue | undefined;
}

const decoder = new TextDecoder();

export function readAttributes({ attribute }: NodeProto): Attributes {
  const byName = new Map<string, AttributeProto>(attribute.map(one => [one.name, one]));
  return {
    has: name => byName.has(name),
    int: (name, otherwise) => Number(byName.get(name)?.i ?? otherwise),
    float: (name, otherwise) => byName.get(name)?.f ?? otherwise,
    text: (name, otherwise) => {
      const found = byName.get(name);
      return found ? decoder.decode(found.s) : otherwise;
    },
    ints: name => byName.get(name)?.ints.map(Number) ?? [],
    floats: name => byName.get(name)?.floats ?? [],
    texts: name => byName.get(name)?.strings.map(text => decoder.decode(text)) ?? [],
    tensor: name => {
      const found = byName.get(name)?.t;
      return found && readTensor(found);
    },
  };
}

/** A constant of float32, float64, int32, int64 or bool; undefined for text and for types no exporter of ours writes. */
export function readTensor(tensor: TensorProto): GraphValue | undefined {
  const values = tensor.rawData.length > 0 ? readRaw(tensor) : readTyped(tensor);
  return values && { kind: 'constant', values, shape: tensor.dims.map(Number) };
}

function readTyped({ dataType, floatData, doubleData, int64Data, int32Data }: TensorProto) {
  switch (dataType) {
    case DataType.FLOAT:
      return floatData;
    case DataType.DOUBLE:
      return doubleData;
    case DataType.INT64:
      return int64Data.map(Number);
    case DataType.INT32:
    case DataType.BOOL:
      return int32Data;
    default:
      return undefined;
  }
}

/** Little-endian, as the format prescribes whatever the machine. */
function readRaw({ dataType, rawData }: TensorProto): readonly number[] | undefined {
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const each = (size: number, read: (offset: number) => number): readonly number[] =>
    Array.from({ length: Math.floor(rawData.length / size) }, (_, i) => read(i * size));
  switch (dataType) {
    case DataType.FLOAT:
      return each(4, offset => view.getFloat32(offset, true));
    case DataType.DOUBLE:
      return each(8, offset => view.getFloat64(offset, true));
    case DataType.INT64:
      return each(8, offset => Number(view.getBigInt64(offset, true)));
    case DataType.INT32:
      return each(4, offset => view.getInt32(offset, true));
    case DataType.BOOL:
      return each(1, offset => view.getUint8(offset));
    default:
      return undefined;
  }
}
