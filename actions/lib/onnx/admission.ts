// What makes a well-formed ONNX file unfit for us, each with its remedy: too new, foreign operators, outside data,
// an interface other than tensors. All problems are found at once, so that one export mends them.
import type { ModelProto, NodeProto, ValueInfoProto } from 'onnx-buf';
import { findExternalTensors, listGraphs } from '#lib/onnx/graph-walk.ts';
import { ADMITTED_OPERATORS } from '#lib/onnx/operators.ts';

/** What may still be read; newer files are refused. */
export interface Limits {
  readonly maxIrVersion?: number;
  /** Newest version by operator set; sets that are not named are refused. '' is ai.onnx. */
  readonly maxOpsets?: Readonly<Record<string, number>>;
}

const DEFAULT_MAX_IR_VERSION = 10;
const DEFAULT_MAX_OPSETS: Readonly<Record<string, number>> = { '': 21, 'ai.onnx.ml': 5 };

/** What is wrong, and what to do. */
export type Problem = readonly [message: string, remedy: string];

/** Everything that speaks against the model; empty when it may be loaded. */
export function findProblems(model: ModelProto, limits: Limits): readonly Problem[] {
  return [
    ...checkIrVersion(model, limits),
    ...checkOperatorSets(model, limits),
    ...checkOperators(model),
    ...checkExtras(model),
    ...checkOutsideData(model),
    ...checkInterface(model),
  ];
}

function checkIrVersion(
  { irVersion }: ModelProto,
  { maxIrVersion = DEFAULT_MAX_IR_VERSION }: Limits,
): readonly Problem[] {
  if (irVersion <= maxIrVersion) return [];
  return [
    [`has IR version ${irVersion}, at most ${maxIrVersion} is read`, 'Export it for an older ONNX version.'],
  ];
}

function checkOperatorSets(
  model: ModelProto,
  { maxOpsets = DEFAULT_MAX_OPSETS }: Limits,
): readonly Problem[] {
  const imported = new Map(
    model.opsetImport.map(({ domain, version }) => [plainDomain(domain), Number(version)]),
  );
  const used = listGraphs(model).flatMap(graph => graph.node.map(node => plainDomain(node.domain)));
  return [...new Set([...imported.keys(), ...used])].flatMap((domain): readonly Problem[] => {
    const name = nameDomain(domain);
    const limit = Object.hasOwn(maxOpsets, domain) ? maxOpsets[domain] : undefined;
    const version = imported.get(domain);
    if (limit === undefined) {
      const known = Object.keys(maxOpsets).map(nameDomain).join(', ');
      return [[`uses operators of "${name}"`, `Export it with standard operators only (${known}).`]];
    }
    if (version === undefined) {
      return [[`does not say which version of ${name} it uses`, 'Export it, or fetch it, again.']];
    }
    if (version <= limit) return [];
    const remedy = `Export it with target_opset ${limit} or less for ${name}.`;
    return [[`uses ${name} ${version}, at most ${limit} is read`, remedy]];
  });
}

/** Sets that have no list here are refused, or allowed, as a whole. */
function checkOperators(model: ModelProto): readonly Problem[] {
  const strange = listGraphs(model)
    .flatMap(graph => graph.node)
    .filter(node => !isAdmitted(node))
    .map(({ opType }) => opType);
  return [...new Set(strange)]
    .slice(0, 5)
    .map(name => [
      `uses the operator "${name.slice(0, 40)}", which is not admitted`,
      'Export it without: what the converters of scikit-learn, XGBoost, LightGBM and dense PyTorch networks write is admitted; Loop, random numbers, images and sequences are not.',
    ]);
}

/** Dropout with its third input can be told to train, and then throws dice. */
function isAdmitted({ domain, opType, input }: NodeProto): boolean {
  if (opType === 'Dropout' && input[2]) return false;
  return ADMITTED_OPERATORS.get(plainDomain(domain))?.has(opType) ?? true;
}

/** '' and 'ai.onnx' are two names of one set. */
export function plainDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function nameDomain(domain: string): string {
  return domain === '' ? 'ai.onnx' : domain;
}

function checkExtras(model: ModelProto): readonly Problem[] {
  return [
    ...(model.functions.length > 0
      ? [['defines functions of its own', 'Export it with all functions inlined.'] as const]
      : []),
    ...(model.trainingInfo.length > 0
      ? [['carries training information', 'Export it for inference only.'] as const]
      : []),
  ];
}

function checkOutsideData(model: ModelProto): readonly Problem[] {
  const [name] = findExternalTensors(model);
  if (name === undefined) return [];
  return [
    [
      `reads the tensor "${name}" from another file`,
      'Save it with all data inside: onnx.save(model, path, save_as_external_data=False).',
    ],
  ];
}

function checkInterface(model: ModelProto): readonly Problem[] {
  const inputs = listInputs(model).filter(input => input.type?.value.case !== 'tensorType');
  const outputs = (model.graph?.output ?? []).filter(output => output.type?.value.case !== 'tensorType');
  return [
    ...inputs.map(
      ({ name }) =>
        [
          `has an input "${name}" that is not a tensor`,
          'Export it with one tensor input per column.',
        ] as const,
    ),
    ...outputs.map(
      ({ name }) =>
        [
          `has an output "${name}" that is not a tensor`,
          'Export it with tensor outputs; with skl2onnx pass options={"zipmap": False}.',
        ] as const,
    ),
    ...(model.graph?.output.length === 0
      ? [['has no output', 'Export it with its prediction as output.'] as const]
      : []),
  ];
}

/** The inputs a caller has to feed: old files list their constants among the inputs as well. */
export function listInputs({ graph }: ModelProto): readonly ValueInfoProto[] {
  const constants = new Set(graph?.initializer.map(({ name }) => name));
  return (graph?.input ?? []).filter(({ name }) => !constants.has(name));
}
