// Finds and reads models/<name>/model.yaml, and checks what a schema alone cannot: names that must agree.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { type CheckedDocument, readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';
import { fairnessMeasures } from '#lib/evaluation/fairness/measures.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';

/** Where a model's declaration lives, relative to the root. */
export function modelPath(name: string): string {
  return `models/${name}/model.yaml`;
}

/** Names of all models below a root, sorted. */
export async function listModels(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(root, 'models'), { withFileTypes: true });
    return entries
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort(compareText);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

const comparedByGroup = fairnessMeasures.map(({ name }) => name);

/** The words model.yaml may use for metrics, costs and algorithms: registries live in other rooms. */
export interface Vocabulary {
  readonly metrics: (task: Model['spec']['task']) => readonly string[];
  readonly costs: readonly string[];
  /** What gates can bound besides metrics and costs. */
  readonly measures: (task: Model['spec']['task']) => readonly string[];
  readonly algorithms: (task: Model['spec']['task']) => readonly string[];
}

/**
 * Reads one model.
 * @throws ConfigurationErrors with file, line, column and remedy.
 */
export async function readModel(
  root: string,
  name: string,
  vocabulary: Vocabulary,
): Promise<CheckedDocument<Model>> {
  const known = await listModels(root);
  if (!known.includes(name)) throw unknownModel(name, known);
  const document = await readDocument(join(root, modelPath(name)), modelSchema);
  const problems = checkWords(document, name, vocabulary);
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  return document;
}

function unknownModel(name: string, known: readonly string[]): ConfigurationError {
  const near = nearestWord(name, known);
  const remedy = near ? `Did you mean "${near}"?` : `Models here: ${known.join(', ') || 'none'}.`;
  return new ConfigurationError(`There is no model "${name}"`, { at: { file: modelPath(name) }, remedy });
}

function checkWords(
  document: CheckedDocument<Model>,
  folder: string,
  vocabulary: Vocabulary,
): readonly ConfigurationError[] {
  const { metadata, spec } = document.value;
  const { business } = spec.evaluation;
  const metrics = [...business.map(({ name }) => name), ...vocabulary.metrics(spec.task)];
  const algorithms = vocabulary.algorithms(spec.task);
  const bounded = [...metrics, ...vocabulary.costs, ...vocabulary.measures(spec.task)];
  const { fairness } = spec.evaluation;
  const { among = [], select = 'best' } = spec.algorithms ?? {};
  const word = (path: KeyPath, value: string, valid: readonly string[]): readonly ConfigurationError[] =>
    valid.includes(value) ? [] : [unknownWord(document, path, { value, valid })];
  const taken = [...vocabulary.metrics(spec.task), ...vocabulary.costs, ...vocabulary.measures(spec.task)];
  return [
    ...business.flatMap(({ name }, i) =>
      taken.includes(name) ? [takenName(document, ['spec', 'evaluation', 'business', i, 'name'], name)] : [],
    ),
    ...word(['metadata', 'name'], metadata.name, [folder]),
    ...word(['spec', 'evaluation', 'primary'], spec.evaluation.primary, metrics),
    ...among.flatMap((name, i) => word(['spec', 'algorithms', 'among', i], name, algorithms)),
    ...word(['spec', 'algorithms', 'select'], select, ['best', ...among]),
    ...spec.gates.flatMap(({ metric, group, slices = [] }, i) => [
      ...word(['spec', 'gates', i, 'metric'], metric, bounded),
      ...(group === undefined
        ? []
        : [
            ...word(['spec', 'gates', i, 'group'], group, fairness?.groups ?? []),
            // Of anything else the whole would be judged, under a name that says otherwise.
            ...word(['spec', 'gates', i, 'metric'], metric, comparedByGroup),
          ]),
      ...slices.flatMap((column, j) =>
        word(['spec', 'gates', i, 'slices', j], column, spec.evaluation.slices),
      ),
      ...(slices.length === 0 ? [] : word(['spec', 'gates', i, 'metric'], metric, [spec.evaluation.primary])),
    ]),
  ];
}

function takenName(document: CheckedDocument<Model>, path: KeyPath, name: string): ConfigurationError {
  return new ConfigurationError(`"${name}" is the name of a metric that every such model has`, {
    at: document.locate(path),
    remedy: 'Give the business metric a name of its own, such as what it counts and per what.',
  });
}

function unknownWord(
  document: CheckedDocument<Model>,
  path: KeyPath,
  { value, valid }: { readonly value: string; readonly valid: readonly string[] },
): ConfigurationError {
  const near = nearestWord(value, valid);
  return new ConfigurationError(
    `"${value}" is not known as ${String(path.findLast(key => typeof key === 'string'))} here`,
    {
      at: document.locate(path),
      remedy: near ? `Did you mean "${near}"?` : `Write one of: ${valid.join(', ')}.`,
    },
  );
}
