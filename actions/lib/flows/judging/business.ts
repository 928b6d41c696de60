// What answers are worth: the declared expressions, evaluated in every row beside the model's answer.
import { join } from 'node:path';
import type { KeyPath } from '#lib/documents/document.ts';
import { readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { topLabel } from '#lib/evaluation/classes.ts';
import type { BusinessValues, Sample } from '#lib/evaluation/metric.ts';
import { privateColumns } from '#lib/flows/judging/contract-columns.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';
import type { RowValues, SqlEngine } from '#lib/sql/engine.ts';
import { type Column, findColumn } from '#lib/tables/table.ts';

interface Asked {
  readonly engine: SqlEngine;
  /** The repository's. */
  readonly root: string;
  readonly model: Model;
  /** The CSV file of the rows that the sample answers, in its order. */
  readonly file: string;
}

/**
 * The sample with the values of the declared business metrics; itself where none is declared.
 * @throws ConfigurationErrors that name the place of an expression that gives no number in a row.
 */
export async function withBusiness(sample: Sample, asked: Asked): Promise<Sample> {
  const { task, evaluation } = asked.model.spec;
  const terms = evaluation.business.flatMap(({ value, per }, index) => [
    { index, key: 'value', text: value } as const,
    ...(per === undefined ? [] : [{ index, key: 'per', text: per } as const]),
  ]);
  if (terms.length === 0) return sample;
  const found = await asked.engine.evaluateRows(
    asked.file,
    terms.map(({ text }) => text),
    answerColumns(sample, task),
  );
  const problems: ConfigurationError[] = [];
  const values = new Map<string, Float64Array>();
  for (const [i, term] of terms.entries()) {
    const result = found[i];
    if (result && 'values' in result) values.set(`${term.index} ${term.key}`, result.values);
    else if (result) problems.push(await explain(result, term, asked));
  }
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  const business = evaluation.business.map(({ name }, index): readonly [string, BusinessValues] => [
    name,
    { value: values.get(`${index} value`) ?? new Float64Array(), per: values.get(`${index} per`) },
  ]);
  return { ...sample, business: new Map(business) };
}

/** What an expression may name besides the columns of the rows. */
function answerColumns(sample: Sample, task: Model['spec']['task']): readonly Column[] {
  const { truth, prediction, threshold, classes } = sample;
  const numbers = (name: string, values: Float64Array): Column => ({ name, kind: 'number', values });
  if (task === 'regression') return [numbers('answer', prediction), numbers('truth', truth)];
  if (task === 'binary-classification') {
    const answer = prediction.map(score => (score >= threshold ? 1 : 0));
    return [numbers('answer', answer), numbers('score', prediction), numbers('truth', truth)];
  }
  const words = (name: string, places: Float64Array): Column => ({
    ...{ name, kind: 'string' as const },
    values: Array.from(places, place => classes?.names[place] ?? ''),
  });
  return [words('answer', prediction), numbers('score', topLabel(sample).prediction), words('truth', truth)];
}

type Failed = Exclude<RowValues, { readonly values: Float64Array }>;

async function explain(
  { problem, row }: Failed,
  { index, key, text }: { readonly index: number; readonly key: 'value' | 'per'; readonly text: string },
  { engine, root, model, file }: Asked,
): Promise<ConfigurationError> {
  const { rows } = model.spec.evaluation;
  const where = row === null ? '' : ` in ${await nameRow({ engine, root }, { file, row, key: rows.key })}`;
  return new ConfigurationError(`The expression ${problem}${where}`, {
    at: await locate(join(root, modelPath(model.metadata.name)), [
      'spec',
      'evaluation',
      'business',
      index,
      key,
    ]),
    remedy:
      row === null
        ? `It may name columns of ${file}, answer, truth and, with classes, score: ${JSON.stringify(text)}.`
        : `Say what such a row is worth, such as with coalesce(..., 0) or CASE WHEN: ${JSON.stringify(text)}.`,
  });
}

/** By its key; by its place where keys are personal data. */
async function nameRow(
  { engine, root }: Pick<Asked, 'engine' | 'root'>,
  { file, row, key }: { readonly file: string; readonly row: number; readonly key: string },
): Promise<string> {
  if ((await privateColumns(root)).has(key)) return `row ${row + 1}`;
  const table = await engine.readTable(file, [{ name: key, kind: 'string' }]);
  return `the row with the ${key} ${JSON.stringify(findColumn(table, key)?.values[row] ?? '')}`;
}

async function locate(file: string, path: KeyPath) {
  return (await readDocument(file, modelSchema)).locate(path);
}
