import { expect, it } from 'vitest';
import { type AdversarialInput, adversarialSchema, attackModel, lossOf } from '#lib/behaviour/adversarial.ts';
import { rangesOf } from '#lib/behaviour/jitter.ts';
import type { Subject } from '#lib/behaviour/subject.ts';
import { rmse } from '#lib/evaluation/metrics/regression.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { sum } from '../onnx/models.ts';
import { formula, table } from './builders.ts';

const meanError = (truth: readonly number[]): AdversarialInput['metric'] => ({
  name: 'mae',
  better: 'lower',
  measure: (rows, outputs) =>
    outputs.reduce((total, output, place) => total + Math.abs(output - (truth[rows[place] ?? 0] ?? 0)), 0) /
    rows.length,
});

async function attack(
  input: Pick<AdversarialInput, 'rows' | 'subject' | 'metric' | 'loss'> & Partial<AdversarialInput>,
) {
  const found = await attackModel({ ranges: rangesOf(input.rows), ...input });
  expect(adversarialSchema.parse(found)).toEqual(found);
  return found;
}

it('finds the corner of the box of a weighted sum, away from the truth', async () => {
  // Ranges 100 and 10; under 5 % a moves by 5 and b by 0.5: the worst of 2a - 4b is 2 * 5 + 4 * 0.5 = 12 off, in either way.
  const rows = table({ a: [0, 50.5, 100, 50.5], b: [10, 5.5, 0, 5.5] });
  const answers = [-40, 79, 200, 79];
  const truth = [-50, 79, 210, 70];
  const subject = formula(
    { task: 'regression', tolerance: 2.5 },
    ({ a, b }) => 2 * Number(a) - 4 * Number(b),
  );
  const found = await attack({ rows, subject, metric: meanError(truth), loss: lossOf(subject, truth) });
  // Before: errors 10, 0, 10, 9. Row 1 is pushed up from its corner (a from 0, b from 10: both may move that way),
  // row 3 down, row 4 up; row 2 either way: each 2.4 worse at 1 %, 4.8 at 2 %, 12 at 5 %.
  expect(answers).toEqual(Array.from(await subject.score(rows)));
  expect(found).toEqual({
    n: 4,
    metric: 'mae',
    before: 7.25,
    budgets: [
      { budget: 0.01, after: 9.65, drop: 2.4, flipped: 0 },
      { budget: 0.02, after: 12.05, drop: 4.8, flipped: 4 },
      { budget: 0.05, after: 19.25, drop: 12, flipped: 4 },
    ],
    // At 2 % a moves the answer by 4, which is more than the tolerance, before b is looked at.
    flippedBy: [{ column: 'a', rows: 4 }],
  });
});

it('does not leave the bounds, and lets be what already lies outside', async () => {
  const rows = table({ a: [0.5, 99.5, 120.5] });
  const subject = formula({ task: 'regression' }, ({ a }) => Number(a));
  const [truth, ranges] = [[100, 0, 0], new Map([['a', { low: 0, high: 100, isWhole: false }]])];
  const input = {
    rows,
    subject,
    ranges,
    metric: meanError(truth),
    loss: lossOf(subject, truth),
    budgets: [0.05],
  };
  // Row 1 may go down to 0, row 2 up to 100, row 3 nowhere up: (100 + 100 + 120.5) / 3.
  expect((await attack(input)).budgets[0]?.after).toBe(106.833);
  const bounds = new Map([['a', { low: 0.25, high: 200 }]]);
  // 0.25, 104.5 and 125.5 from the truth: (99.75 + 104.5 + 125.5) / 3.
  expect((await attack({ ...input, bounds })).budgets[0]?.after).toBe(109.917);
  // What lies outside moves towards the bounds by no more than the budget: 120.5 to 115.5, -20.5 to -15.5.
  const outside = table({ a: [120.5, -20.5] });
  const far = [200, -100];
  const found = await attack({ ...input, rows: outside, metric: meanError(far), loss: lossOf(subject, far) });
  expect(found.budgets[0]?.after).toBe(84.5);
});

it('moves whole numbers by whole numbers and no further than the budget', async () => {
  const rows = table({ count: [30, 31, 32] });
  const subject = formula({ task: 'regression' }, ({ count }) => Number(count));
  const truth = [0, 0, 0];
  const ranges = new Map([['count', { low: 0, high: 59, isWhole: true }]]);
  const found = await attack({
    rows,
    subject,
    ranges,
    metric: meanError(truth),
    loss: lossOf(subject, truth),
  });
  // 0.59, 1.18 and 2.95 of the range.
  expect(found.budgets.map(({ after }) => after)).toEqual([31, 32, 33]);
  const strict = formula({ task: 'regression' }, ({ count }) => (Number.isInteger(count) ? 0 : 99));
  const whole = await attack({
    rows,
    ranges,
    subject: strict,
    metric: meanError(truth),
    loss: lossOf(strict, truth),
    budgets: [0.06],
  });
  expect(whole.budgets[0]?.after).toBe(0);
});

it('every drawn row is held against its own truth', async () => {
  // Each answer is 1 off, up or down without a pattern; 5 % of 100 more in the same way is 6.
  const values = Array.from({ length: 60 }, (_, row) => 20.5 + row);
  const truth = values.map((value, row) => value + ((row * row) % 7 < 3 ? 1 : -1));
  const rows = table({ a: values });
  const ranges = new Map([['a', { low: 0, high: 100, isWhole: false }]]);
  const subject = formula({ task: 'regression' }, ({ a }) => Number(a));
  const input = { rows, ranges, subject, metric: meanError(truth), loss: lossOf(subject, truth) };
  const found = await attack({ ...input, mostRows: 20, budgets: [0.05] });
  expect(found).toMatchObject({ n: 20, before: 1, budgets: [{ after: 6, flipped: 20 }] });
  // Of a target that ranges over 1,000, moves of 5 are none.
  const wide = await attack({ ...input, mostRows: 20, budgets: [0.05], targetRange: 1000 });
  expect(wide).toMatchObject({ budgets: [{ after: 6, flipped: 0 }], flippedBy: [] });
});

it('the column that turns most answers stands first', async () => {
  const rows = table({ a: [10.5, 50.5, 50.5], b: [50.5, 10.5, 10.5] });
  const ranges = new Map(['a', 'b'].map(name => [name, { low: 0, high: 100, isWhole: false }]));
  // Positive above 11: the first row by a, the other two by b.
  const subject = formula({ task: 'binary-classification', threshold: 0.5 }, ({ a, b }) =>
    Math.min(Number(a), Number(b)) > 11 ? 1 : 0,
  );
  const truth = [0, 0, 0];
  const found = await attack({
    rows,
    ranges,
    subject,
    metric: meanError(truth),
    loss: lossOf(subject, truth),
    budgets: [0.01],
  });
  expect(found.flippedBy).toEqual([
    { column: 'b', rows: 2 },
    { column: 'a', rows: 1 },
  ]);
});

it('a second look finds what only the order of the columns hid', async () => {
  // The answer is off only where both are high; raising b first gains nothing, a alone gains a little.
  const rows = table({ b: [50.5], a: [50.5] });
  const ranges = new Map(['a', 'b'].map(name => [name, { low: 0, high: 100, isWhole: false }]));
  const subject = formula({ task: 'regression' }, ({ a, b }) =>
    Number(a) > 51 ? (Number(b) > 51 ? 10 : 1) : 0,
  );
  const metric = meanError([0]);
  const found = await attack({ rows, ranges, subject, metric, loss: lossOf(subject, [0]), budgets: [0.02] });
  expect(found.budgets[0]?.after).toBe(10);
});

it('a drop is measured the way the metric is better', async () => {
  const rows = table({ x: [1.5, 2.5, 3.5, 96.5] });
  const truth = [0, 0, 1, 1];
  const subject = formula({ task: 'binary-classification', threshold: 0.03 }, ({ x }) => Number(x) / 100);
  const accuracy: AdversarialInput['metric'] = {
    ...{ name: 'accuracy', better: 'higher' },
    measure: (drawn, outputs) =>
      outputs.filter((output, place) => Number(output >= 0.03) === truth[drawn[place] ?? 0]).length /
      outputs.length,
  };
  const found = await attack({
    rows,
    subject,
    metric: accuracy,
    loss: lossOf(subject, truth),
    budgets: [0.01],
  });
  // The range is 95: 0.95 takes 2.5 over 3 and 3.5 under it.
  expect(found).toMatchObject({ before: 1, budgets: [{ after: 0.5, drop: 0.5, flipped: 2 }] });
  expect(found.flippedBy).toEqual([{ column: 'x', rows: 2 }]);
});

it('classes lose the probability of the true one', () => {
  const { task } = { task: 'multiclass-classification' } as const;
  expect(lossOf({ task }, [2, 0])(0, [0.25, 0.25, 0.5])).toBe(0.5);
  expect(lossOf({ task }, [2, 0])(1, [0.25, 0.25, 0.5])).toBe(0.75);
});

it('a real model is attacked on the same drawn rows each time, and never gains from a larger budget', async () => {
  const scorer = await openScorer(encodeModel(sum));
  const values = Array.from({ length: 80 }, (_, row) => ((row * 37) % 101) / 4);
  const rows = table({ a: values, b: values.map(value => 25 - value / 2) });
  const truth = Float64Array.from(values, value => 25 + value / 2 + ((value * 8) % 3) - 1);
  const subject: Subject = { task: 'regression', score: scorer.score };
  const measure: AdversarialInput['metric']['measure'] = (drawn, outputs) =>
    rmse.prepare({
      truth: Float64Array.from(drawn, row => truth[row] ?? 0),
      ...{ prediction: outputs, threshold: 0, tolerance: undefined },
    })(new Float64Array(outputs.length).fill(1));
  const metric = { name: 'rmse', better: 'lower' as const, measure };
  const input = { rows, subject, metric, loss: lossOf(subject, truth), mostRows: 50 };
  const found = await attack(input);
  expect(found.n).toBe(50);
  const drops = found.budgets.map(({ drop }) => drop ?? 0);
  expect(drops).toEqual(drops.toSorted((a, b) => a - b));
  expect(drops[0]).toBeGreaterThan(0);
  expect(await attack(input)).toEqual(found);
  await scorer.close();
});

it('without rows there is nothing to say', async () => {
  const subject = formula({ task: 'regression' }, () => 0);
  const found = await attack({
    rows: table({ a: [] }),
    subject,
    metric: meanError([]),
    loss: lossOf(subject, []),
  });
  expect(found).toMatchObject({ n: 0, before: null, flippedBy: [] });
  expect(found.budgets[0]).toEqual({ budget: 0.01, after: null, drop: null, flipped: 0 });
});
