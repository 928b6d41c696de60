// What a model takes and gives, in the protocol's words. Settled when the model is loaded, so that a model nobody could
// call is refused then and not by the first caller.
import { ConfigurationError } from '#lib/errors.ts';
import type { Interface, InterfaceEntry } from '#lib/onnx/scorer.ts';
import { datatypeOfElement } from '#lib/serving/datatypes.ts';

/** One value a row. */
export interface SignatureColumn {
  readonly name: string;
  readonly datatype: string;
}

export interface Signature {
  readonly columns: readonly SignatureColumn[];
  /** Set for a model with one input [N, F]: callers may send it whole, or its columns by name. */
  readonly packed: { readonly name: string; readonly datatype: string } | undefined;
  /** The name of the one output: a value (regression), the probability of the positive class, or those of all classes. */
  readonly output: 'prediction' | 'probability' | 'probabilities';
  /** Several classes, in the order of their probabilities. */
  readonly classes?: readonly string[];
}

/** A tensor in the protocol's metadata; -1 is the number of rows. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters?: Readonly<Record<string, unknown>>;
}

interface SignatureOptions {
  /** Of a packed input, in their order. */
  readonly features: readonly string[] | undefined;
  readonly task: 'regression' | 'binary-classification' | 'multiclass-classification';
  /** In the order of the probabilities, with several classes. */
  readonly classes?: readonly string[] | undefined;
}

const OUTPUTS = {
  regression: 'prediction',
  'binary-classification': 'probability',
  'multiclass-classification': 'probabilities',
} as const;

/**
 * Describes a model's inputs.
 * @throws ConfigurationError when an input is of a type or shape that no request could fill.
 */
export function describeSignature(
  { inputs }: Interface,
  { features, task, classes }: SignatureOptions,
): Signature {
  const answer = { output: OUTPUTS[task], ...(classes ? { classes } : {}) };
  const [first] = inputs;
  if (first && inputs.length === 1 && first.shape.length === 2 && first.shape[1] !== 1) {
    const datatype = requireDatatype(first);
    const columns = packedNames(first, features).map(name => ({ name, datatype }));
    return { columns, packed: { name: first.name, datatype }, ...answer };
  }
  const columns = inputs.map(input => {
    const isOneValue = input.shape.length === 1 || (input.shape.length === 2 && input.shape[1] === 1);
    if (!isOneValue) throw unservable(input, `has the shape [${input.shape.join(', ')}]`);
    return { name: input.name, datatype: requireDatatype(input) };
  });
  return { columns, packed: undefined, ...answer };
}

function requireDatatype(input: InterfaceEntry): string {
  const datatype = datatypeOfElement(input.type);
  if (datatype === undefined) throw unservable(input, `has the type ${input.type}`);
  return datatype;
}

function packedNames(input: InterfaceEntry, features: readonly string[] | undefined): readonly string[] {
  if (requireDatatype(input) === 'BYTES') throw unservable(input, 'takes several texts');
  const width = input.shape[1] ?? -1;
  const names = features ?? Array.from({ length: Math.max(0, width) }, (_, i) => `${input.name}[${i}]`);
  if (names.length === 0) throw unservable(input, 'does not say how many columns it takes');
  if (width !== -1 && width !== names.length) {
    throw unservable(input, `takes ${width} columns, ${names.length} features are named`);
  }
  return names;
}

function unservable({ name }: InterfaceEntry, what: string): ConfigurationError {
  return new ConfigurationError(`The model's input "${name}" ${what}`, {
    remedy:
      'Export it with float, double, int64, int32 or string inputs [N, 1], one a column, or one input [N, F] with its features named.',
  });
}

/** The inputs as metadata lists them. */
export function inputMetadata({ columns, packed }: Signature): readonly TensorMetadata[] {
  if (packed) return [{ ...packed, shape: [-1, columns.length] }];
  return columns.map(({ name, datatype }) => ({ name, datatype, shape: [-1, 1] }));
}

/** The outputs as metadata lists them. */
export function outputMetadata({ output, classes }: Signature): readonly TensorMetadata[] {
  const tensor = { name: output, datatype: 'FP64' };
  if (!classes) return [{ ...tensor, shape: [-1] }];
  return [{ ...tensor, shape: [-1, classes.length], parameters: { classes } }];
}

/** Numbers a row of the output. */
export function widthOf({ classes }: Pick<Signature, 'classes'>): number {
  return classes?.length ?? 1;
}
