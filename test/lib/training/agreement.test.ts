// The exported graph is what serves, so it must answer as the trainer did, for every trainer and whatever the rows hold.
import { describe, expect, it } from 'vitest';
import { encodeModel } from '#lib/onnx/encode.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';
import type { FittedModel } from '#lib/training/trainer.ts';
import { findTrainer, trainers } from '#lib/training/trainers.ts';
import type { Task } from '#lib/training/training-set.ts';
import { mixedSet, numberSet, strangeRows } from './sets.ts';

const cases = [...trainers.values()].flatMap(trainer =>
  trainer.tasks.map(task => ({ trainer, task, name: trainer.name })),
);

async function withScorer(model: FittedModel, act: (scorer: Scorer) => Promise<void>): Promise<void> {
  const bytes = encodeModel(model.toOnnx('agreement'));
  inspectModel(bytes, { file: 'agreement.onnx' });
  const scorer = await openScorer(bytes);
  try {
    await act(scorer);
  } finally {
    await scorer.close();
  }
}

async function expectAgreement(model: FittedModel, scorer: Scorer, rows: Table, task: Task): Promise<void> {
  const own = model.predict(rows);
  const served = await scorer.score(rows);
  expect(served).toHaveLength(rows.rows);
  own.forEach((value, row) => {
    const allowed = task === 'regression' ? 1e-5 * Math.max(1, Math.abs(value)) : 1e-5;
    expect(Math.abs(value - served[row]!)).toBeLessThanOrEqual(allowed);
  });
}

describe.each(cases)('$name for $task', ({ trainer, task }) => {
  const set = mixedSet(task);
  const model = trainer.fit(set, {}, { seed: 3 });

  it('trainer and ONNX agree on the training rows', () =>
    withScorer(model, scorer => expectAgreement(model, scorer, set.features, task)));

  it('and on missing, extreme and never seen values', () =>
    withScorer(model, scorer => expectAgreement(model, scorer, strangeRows(), task)));

  it('an unseen category, an empty one and other columns in between change nothing', () =>
    withScorer(model, async scorer => {
      const ask = (city: string): Promise<Float64Array> =>
        scorer.score({
          rows: 1,
          columns: [
            { name: 'count', kind: 'number', values: Float64Array.of(2) },
            { name: 'noise', kind: 'number', values: Float64Array.of(9) },
            { name: 'city', kind: 'string', values: [city] },
            { name: 'minutes', kind: 'number', values: Float64Array.of(Number.NaN) },
          ],
        });
      expect(await ask('Atlantis')).toEqual(await ask(''));
    }));

  it('a row alone gets the answer that it gets among others, to the bit', () =>
    withScorer(model, async scorer => {
      const together = await scorer.score(set.features);
      for (let row = 0; row < 40; row++) {
        const [alone] = await scorer.score(selectRows(set.features, [row]));
        expect(alone).toBe(together[row]);
      }
    }));

  it('declares one input per column and the outputs of its task', () =>
    withScorer(model, async scorer => {
      expect(scorer.interface.inputs).toEqual([
        { name: 'minutes', type: 'float', shape: [-1, 1] },
        { name: 'count', type: 'float', shape: [-1, 1] },
        { name: 'city', type: 'string', shape: [-1, 1] },
      ]);
      expect(scorer.interface.outputs).toEqual(
        task === 'regression'
          ? [{ name: 'prediction', type: 'float', shape: [-1, 1] }]
          : [
              { name: 'label', type: 'int64', shape: [-1] },
              { name: 'probabilities', type: 'float', shape: [-1, 2] },
            ],
      );
    }));
});

describe('the label of a binary model', () => {
  it('is 1 from a probability of one half on', async () => {
    const runtime = await import('onnxruntime-node');
    // One split, a mean of 1/2 and no more to learn on the left: its probability is exactly one half.
    const set = numberSet('binary-classification', [1, 1, 2, 2, 3, 3], [0, 1, 1, 1, 0, 0]);
    const fitted = findTrainer('gradient-boosting').fit(
      set,
      { trees: 1, leaves: 3, minLeafRows: 2 },
      { seed: 1 },
    );
    const session = await runtime.InferenceSession.create(encodeModel(fitted.toOnnx('label')));
    const outputs = await session.run({ x: new runtime.Tensor('float32', [1, 2, 3], [3, 1]) });
    await session.release();
    expect([...fitted.predict(set.features)].map(p => Math.sign(p - 0.5))).toEqual([0, 0, 1, 1, -1, -1]);
    expect(Array.from(outputs.label?.data as BigInt64Array)).toEqual([1n, 1n, 0n]);
    expect(outputs.label?.dims).toEqual([3]);
  });
});

describe('models of few columns', () => {
  const only = (kind: 'number' | 'string'): Table => {
    const { features } = mixedSet('regression');
    return { rows: features.rows, columns: features.columns.filter(column => column.kind === kind) };
  };

  it.each(
    cases.flatMap(entry => [
      { ...entry, kind: 'number' as const },
      { ...entry, kind: 'string' as const },
    ]),
  )('$name for $task with $kind columns alone', async ({ trainer, task, kind }) => {
    const features = only(kind);
    const model = trainer.fit({ ...mixedSet(task), features }, {}, { seed: 1 });
    await withScorer(model, scorer => expectAgreement(model, scorer, features, task));
  });

  it.each(cases)(
    '$name for $task with a column in which every value is missing',
    async ({ trainer, task }) => {
      const set = mixedSet(task);
      const rows = set.features.rows;
      const features: Table = {
        rows,
        columns: [
          ...set.features.columns,
          { name: 'no text', kind: 'string', values: Array<string>(rows).fill('') },
          { name: 'no number', kind: 'number', values: new Float64Array(rows).fill(Number.NaN) },
        ],
      };
      const model = trainer.fit({ ...set, features }, {}, { seed: 1 });
      await withScorer(model, scorer => expectAgreement(model, scorer, features, task));
    },
  );
});
