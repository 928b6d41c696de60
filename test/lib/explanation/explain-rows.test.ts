import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { type ExplainedModel, explainRows, explanationSchema } from '#lib/explanation/explain-rows.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { sigmoid } from '#lib/stats/elementary.ts';
import type { Table } from '#lib/tables/table.ts';
import { findTrainer } from '#lib/training/trainers.ts';
import { mixedSet, strangeRows } from '../training/sets.ts';
import { features, libraryModels, numberTable } from './models.ts';

/** A model trained here, its training rows, and rows to explain: its columns only. */
async function trained(algorithm: string, task: ExplainedModel['task']) {
  const set = mixedSet(task);
  const trainer = findTrainer(algorithm);
  const bytes = encodeModel(trainer.fit(set, trainer.parameters.parse({}), { seed: 1 }).toOnnx('model'));
  const scorer = await openScorer(bytes);
  const all = strangeRows();
  const rows: Table = { ...all, columns: all.columns.filter(({ name }) => name !== 'not used') };
  const model: ExplainedModel = { score: scorer.score, structure: readStructure(bytes), task };
  return { model, rows, training: set.features };
}

describe('explanations', () => {
  it.each([
    ['linear', 'regression', 'weighted-sum', 'target'],
    ['logistic', 'binary-classification', 'weighted-sum', 'log-odds'],
    ['gradient-boosting', 'regression', 'trees', 'target'],
    ['gradient-boosting', 'binary-classification', 'trees', 'log-odds'],
    ['random-forest', 'binary-classification', 'trees', 'probability'],
  ] as const)(
    'of %s for %s are exact (%s), in %s, and reach the answer',
    async (algorithm, task, method, scale) => {
      const { model, rows, training } = await trained(algorithm, task);
      const found = await explainRows(model, { rows, training });
      expect(found).toHaveLength(rows.rows);
      for (const one of found) {
        expect(explanationSchema.parse(one)).toEqual(one);
        expect(one).toMatchObject({ method, scale });
        const total = one.attributions.reduce((sum, { attribution }) => sum + attribution, one.base);
        expect(Math.abs(total - one.reached)).toBeLessThan(1e-5 * (1 + Math.abs(one.reached)));
        expect(scale === 'log-odds' ? sigmoid(one.reached) : one.reached).toBeCloseTo(one.answer, 4);
        expect(one.attributions.map(({ standardError }) => standardError)).toEqual([null, null, null]);
        const sizes = one.attributions.map(({ attribution }) => Math.abs(attribution));
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }
    },
  );

  it('show values as the row has them, missing ones as null', async () => {
    const { model, rows, training } = await trained('linear', 'regression');
    const [first, second] = await explainRows(model, { rows, training });
    const valuesOf = (one: typeof first) =>
      Object.fromEntries(one?.attributions.map(({ column, value }) => [column, value]) ?? []);
    expect(valuesOf(first)).toEqual({ city: 'Lyon', minutes: null, count: 0 });
    expect(valuesOf(second)).toEqual({ city: null, minutes: 0, count: null });
  });

  it('fall back to sampling where no structure is known, and are near the exact ones', async () => {
    const { model, rows, training } = await trained('random-forest', 'regression');
    const exact = await explainRows(model, { rows, training });
    const sampled = await explainRows({ ...model, structure: undefined }, { rows, training }, { pairs: 256 });
    sampled.forEach((one, at) => {
      expect(one).toMatchObject({ method: 'sampling', scale: 'target', answer: exact[at]?.answer });
      expect(one.base).toBeCloseTo(exact[at]?.base ?? Number.NaN, 4);
      for (const { column, attribution, standardError } of one.attributions) {
        const truth =
          exact[at]?.attributions.find(other => other.column === column)?.attribution ?? Number.NaN;
        expect(Math.abs(attribution - truth)).toBeLessThan(4.5 * (standardError ?? 0) + 1e-4);
      }
    });
  });

  it('do not believe a structure that answers otherwise than the model', async () => {
    const { model, rows, training } = await trained('linear', 'regression');
    const other = async (table: Table) => (await model.score(table)).map(answer => answer * 1.001);
    const [found] = await explainRows({ ...model, score: other }, { rows, training });
    expect(found?.method).toBe('sampling');
  });

  it('can weigh unknown columns by the trees’ own covers instead', async () => {
    const { model, rows, training } = await trained('gradient-boosting', 'regression');
    const [found] = await explainRows(model, { rows, training }, { way: 'path-dependent' });
    expect(found?.method).toBe('trees-path-dependent');
    const interventional = (await explainRows(model, { rows, training }))[0];
    expect(found?.attributions).not.toEqual(interventional?.attributions);
    expect(found?.reached).toBeCloseTo(interventional?.reached ?? Number.NaN, 4);
  });

  it('are the same bytes each time', async () => {
    const { model, rows, training } = await trained('gradient-boosting', 'binary-classification');
    const sampled = { ...model, structure: undefined };
    for (const one of [model, sampled]) {
      const first = JSON.stringify(await explainRows(one, { rows, training }));
      expect(JSON.stringify(await explainRows(one, { rows, training }))).toBe(first);
    }
  });

  it('give 0 to a column that the model does not read', async () => {
    const { model, rows, training } = await trained('linear', 'regression');
    const idle = (table: Table): Table => ({
      ...table,
      columns: [
        ...table.columns,
        { name: 'idle', kind: 'number', values: new Float64Array(table.rows).fill(7) },
      ],
    });
    const [found] = await explainRows(model, { rows: idle(rows), training: idle(training) });
    expect(found?.attributions.at(-1)).toEqual({
      column: 'idle',
      value: 7,
      attribution: 0,
      standardError: null,
    });
  });

  it('of no rows are none', async () => {
    const { model, training } = await trained('linear', 'regression');
    const none = { rows: 0, columns: [] };
    expect(await explainRows(model, { rows: none, training })).toEqual([]);
  });

  it('name the row to which the model answers no number', async () => {
    const rows = numberTable([[1], [null]], ['x']);
    const model: ExplainedModel = {
      score: async table => Float64Array.from(table.columns[0]?.values ?? [], Number),
      structure: undefined,
      task: 'regression',
    };
    await expect(explainRows(model, { rows, training: numberTable([[1]], ['x']) })).rejects.toThrow(
      'The model answers NaN to row 2 of the rows to explain',
    );
    const answered = numberTable([[1]], ['x']);
    await expect(
      explainRows(model, { rows: answered, training: numberTable([[null]], ['x']) }),
    ).rejects.toThrow(ConfigurationError);
    const [found] = await explainRows(model, { rows: answered, training: numberTable([[null], [3]], ['x']) });
    expect(found).toMatchObject({ base: 3, reached: 1 });
  });
});

describe('models of other libraries', () => {
  it.each(libraryModels)('$name is explained exactly through its own file', async one => {
    const scorer = await openScorer(one.bytes, { features });
    const task =
      one.name.includes('Classifier') || one.name.includes('Logistic')
        ? 'binary-classification'
        : 'regression';
    const model: ExplainedModel = {
      score: scorer.score,
      structure: readStructure(one.bytes, { features }),
      task,
    };
    const found = await explainRows(model, { rows: one.asked, training: one.training });
    expect(new Set(found.map(({ method }) => method))).toEqual(
      new Set([one.name.startsWith('Standard') ? 'weighted-sum' : 'trees']),
    );
    await scorer.close();
  });
});
