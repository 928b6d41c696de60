// Finds and reads models/<name>/overrides/*.yaml, and refuses those that could not count.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { type CheckedDocument, readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';
import { conditionOf } from '#lib/gates/gates.ts';
import { LONGEST_DAYS, type Override, overrideSchema, whyNotOverridable } from '#lib/gates/override.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import type { Model } from '#lib/registry/model.ts';

/** Where a model's overrides live, relative to the root. */
function overridesFolder(model: string): string {
  return `models/${model}/overrides`;
}

/**
 * The overrides of a model, in the order of their files; none where there is no folder.
 * @param today such as 2026-11-21: none may look too far ahead.
 * @throws ConfigurationErrors with file, line, column and remedy.
 */
export async function readOverrides(root: string, model: Model, today: string): Promise<readonly Override[]> {
  const folder = overridesFolder(model.metadata.name);
  const known = ['behaviour', ...gatesOf(model.spec).map(gate => conditionOf(gate).id)];
  const found: Override[] = [];
  for (const file of await listYaml(join(root, folder))) {
    const path = `${folder}/${file}`;
    const document = await readDocument(join(root, path), overrideSchema);
    const problems = checkOverride(document, { model: model.metadata.name, known, today });
    if (problems.length > 0) throw new ConfigurationErrors(problems);
    const { gate, reason, by, expires } = document.value.spec;
    found.push({ path, gate, reason, by, expires });
  }
  return found;
}

async function listYaml(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(name => /\.ya?ml$/u.test(name)).toSorted(compareText);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function checkOverride(
  document: CheckedDocument<{
    readonly metadata: { readonly model: string };
    readonly spec: { readonly gate: string; readonly expires: string };
  }>,
  {
    model,
    known,
    today,
  }: { readonly model: string; readonly known: readonly string[]; readonly today: string },
): readonly ConfigurationError[] {
  const { metadata, spec } = document.value;
  const problem = (path: KeyPath, text: string, remedy: string): ConfigurationError =>
    new ConfigurationError(text, { at: document.locate(path), remedy });
  const barred = whyNotOverridable(spec.gate);
  const near = nearestWord(spec.gate, known);
  const hint = near ? `Did you mean "${near}"?` : `Gates of ${model}: ${known.join('; ')}.`;
  return [
    ...(metadata.model === model
      ? []
      : [problem(['metadata', 'model'], `This override is of "${metadata.model}"`, `Write ${model}.`)]),
    ...(barred === undefined ? [] : [problem(['spec', 'gate'], upper(barred), 'Delete the file.')]),
    ...(barred === undefined && !known.includes(spec.gate)
      ? [problem(['spec', 'gate'], `${model} has no gate "${spec.gate}"`, hint)]
      : []),
    ...(daysBetween(today, spec.expires) > LONGEST_DAYS
      ? [
          problem(
            ['spec', 'expires'],
            `An override counts for at most ${LONGEST_DAYS} days`,
            'Choose an earlier day; it can be renewed in review.',
          ),
        ]
      : []),
  ];
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}
