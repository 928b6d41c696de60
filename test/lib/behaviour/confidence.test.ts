import { expect, it } from 'vitest';
import { analyseConfidence, type ConfidenceInput, confidenceSchema } from '#lib/behaviour/confidence.ts';

function analyse(values: readonly number[], input: Omit<ConfidenceInput, 'outputs'>, width = 1) {
  const found = analyseConfidence({ ...input, outputs: { values: Float64Array.from(values), width } });
  expect(confidenceSchema.parse(found)).toEqual(found);
  return found;
}

const filled = (found: ReturnType<typeof analyse>) =>
  found.histogram.filter(({ n }) => n > 0).map(({ from, to, n }) => [from, to, n]);

it('near things are those within a tenth of the threshold, both ends counted', () => {
  const scores = [0.05, 0.39, 0.4, 0.5, 0.6, 0.61, 0.95, 1, Math.fround(0.6), Math.fround(0.4)];
  const truth = [0, 0, 0, 1, 0, 1, 1, 1, 1, 1];
  const found = analyse(scores, { answering: { task: 'binary-classification', threshold: 0.5 }, truth });
  // Low: 0.4 (right), 0.5 (right), 0.6 (wrong), and 0.6 right and 0.4 wrong in single precision. 3 of 5.
  // Wilson for 5 of 10, z = 1.959964: 0.5 -+ 0.263406; 3 of 5: 0.230724 to 0.882379; 5 of 5: 0.565518 to 1.
  const half = [0.236593, 0.763407];
  expect(found.low).toEqual({
    n: 5,
    share: 0.5,
    ci95: half,
    right: 3,
    accuracy: 0.6,
    accuracyCi95: [0.230724, 0.882379],
  });
  expect(found.high).toEqual({
    n: 5,
    share: 0.5,
    ci95: half,
    right: 5,
    accuracy: 1,
    accuracyCi95: [0.565518, 1],
  });
});

it('scores stand in twenty bins, each from its lower edge on, the last one closed', () => {
  const scores = [0, 0.049, 0.05, Math.fround(0.15), 0.15, 0.3, Math.fround(0.35), 0.949, 0.95, 1];
  const found = analyse(scores, { answering: { task: 'binary-classification', threshold: 0.5 } });
  expect(found.histogram).toHaveLength(20);
  expect(filled(found)).toEqual([
    [0, 0.05, 2],
    [0.05, 0.1, 1],
    [0.15, 0.2, 2],
    [0.3, 0.35, 1],
    [0.35, 0.4, 1],
    [0.9, 0.95, 1],
    [0.95, 1, 2],
  ]);
});

it('without the truth nobody says what is right', () => {
  const found = analyse([0.5], { answering: { task: 'binary-classification', threshold: 0.5 } });
  expect(found.low).toMatchObject({ n: 1, share: 1, right: null, accuracy: null, accuracyCi95: null });
  expect(found.high).toMatchObject({ n: 0, share: 0, accuracy: null });
});

it('with several classes a near thing has a second answer that is nearly as probable', () => {
  const answering = { task: 'multiclass-classification', classes: ['a', 'b', 'c'] } as const;
  const found = analyse([0.5, 0.3, 0.2, 0.1, 0.2, 0.7, 0.3, 0.35, 0.35], { answering, truth: [0, 1, 1] }, 3);
  // Leads of 0.2, 0.5 and 0: half of it is within a tenth in the first and the last. Answers a, c and b.
  expect(found.low).toMatchObject({ n: 2, right: 2 });
  expect(found.high).toMatchObject({ n: 1, right: 0 });
  expect(filled(found)).toEqual([
    [0.35, 0.4, 1],
    [0.5, 0.55, 1],
    [0.7, 0.75, 1],
  ]);
});

it('amounts have a histogram between their ends, and no threshold to be near to', () => {
  const found = analyse([10, 12, 30], { answering: { task: 'regression' }, bins: 4 });
  expect(found).toMatchObject({ n: 3, low: null, high: null, within: null });
  expect(found.histogram).toEqual([
    { from: 10, to: 15, n: 2 },
    { from: 15, to: 20, n: 0 },
    { from: 20, to: 25, n: 0 },
    { from: 25, to: 30, n: 1 },
  ]);
  expect(analyse([7, 7], { answering: { task: 'regression' } }).histogram).toEqual([
    { from: 7, to: 7, n: 2 },
  ]);
});

it('an answer that is no number is counted apart', () => {
  const found = analyse([0.2, Number.NaN], {
    answering: { task: 'binary-classification', threshold: 0.5 },
    truth: [0, 1],
  });
  expect(found).toMatchObject({ n: 1, unanswered: 1, high: { n: 1, right: 1 } });
});
