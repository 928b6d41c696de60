// The door for every .onnx file, ours or a stranger's: refused here, it never reaches onnxruntime's C++ parser.
// "It loads" is not a check (a 40 GB constant loads in a millisecond), so size, operators and outside data are bounded.
import { fromBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema, type ValueInfoProto } from 'onnx-buf';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { findProblems, type Limits, listInputs, plainDomain } from '#lib/onnx/admission.ts';
import { explainForeignBytes } from '#lib/onnx/foreign.ts';
import { exceedsMemory } from '#lib/onnx/parse-cost.ts';
import type { Interface, InterfaceEntry } from '#lib/onnx/scorer.ts';
import { shapeOf, typeName } from '#lib/onnx/value-types.ts';

interface InspectOptions extends Limits {
  /** How messages call the file. */
  readonly file: string;
  readonly maxBytes?: number;
}

/** What an admitted file says about itself; all of it is the file's own claim. */
export interface InspectedModel {
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly interface: Interface;
  readonly metadata: Readonly<Record<string, string>>;
}

export const DEFAULT_MAX_MODEL_BYTES = 50_000_000;
/** Memory one parse may take. */
const PARSE_BUDGET = 2_000_000_000;

/**
 * Admits a model file or says everything that is wrong with it.
 * @throws ConfigurationErrors with what was found and how to mend it
 */
export function inspectModel(bytes: Uint8Array, options: InspectOptions): InspectedModel {
  const { file, maxBytes = DEFAULT_MAX_MODEL_BYTES } = options;
  if (bytes.length > maxBytes) {
    throw new ConfigurationError(
      `${file} has ${megabytes(bytes.length)} MB, at most ${megabytes(maxBytes)} MB are allowed`,
      {
        at: { file },
        remedy: 'Train a smaller model (fewer trees or leaves), or raise the limit in model.yaml.',
      },
    );
  }
  const model = parseModel(bytes, file);
  const problems = findProblems(model, options);
  if (problems.length > 0) {
    throw new ConfigurationErrors(
      problems.map(
        ([message, remedy]) => new ConfigurationError(`${file} ${message}`, { at: { file }, remedy }),
      ),
    );
  }
  return describeModel(model);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function parseModel(bytes: Uint8Array, file: string): ModelProto {
  const [what, remedy] = explainForeignBytes(bytes);
  const refuse = (cause?: unknown): ConfigurationError =>
    new ConfigurationError(`${file} is not an ONNX model: ${what}`, { at: { file }, remedy, cause });
  let model: ModelProto;
  try {
    if (exceedsMemory(bytes, PARSE_BUDGET)) throw new RangeError('Parsing it would take too much memory');
    model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw refuse(cause);
  }
  if (model.irVersion <= 0n || !model.graph || model.graph.node.length === 0) throw refuse();
  return model;
}

function describeModel(model: ModelProto): InspectedModel {
  const describe = (value: ValueInfoProto): InterfaceEntry => ({
    name: value.name,
    type: typeName(value),
    shape: shapeOf(value),
  });
  return {
    irVersion: Number(model.irVersion),
    opsets: Object.fromEntries(
      model.opsetImport.map(({ domain, version }) => [plainDomain(domain), Number(version)]),
    ),
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
    interface: {
      inputs: listInputs(model).map(describe),
      outputs: (model.graph?.output ?? []).map(describe),
    },
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}
