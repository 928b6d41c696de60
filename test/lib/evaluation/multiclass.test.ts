import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mostProbable, orderClasses } from '#lib/evaluation/classes.ts';
import { compare } from '#lib/evaluation/comparison.ts';
import { confusionTable } from '#lib/evaluation/confusion.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import { intervalAround, uncertaintyOf } from '#lib/evaluation/influence.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric, metricsOf } from '#lib/evaluation/metrics.ts';
import { trivialShares } from '#lib/evaluation/trivial.ts';
import { bootstrap, standardErrorOf } from '#lib/stats/bootstrap.ts';
import { createRandom } from '#lib/stats/random.ts';

interface Facts {
  readonly names: readonly string[];
  readonly truth: readonly number[];
  readonly probabilities: readonly number[];
  readonly confusion: readonly (readonly number[])[];
  readonly accuracy_interval: readonly [number, number];
  readonly expected: Readonly<Record<string, number>>;
}

const file = new URL('../../fixtures/evaluation/metrics.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')).multiclass;
const sets = Object.entries<Facts>(fixture);
const task = 'multiclass-classification';

function sampleOf({ names, truth, probabilities }: Pick<Facts, 'names' | 'truth' | 'probabilities'>): Sample {
  const classes = { names, probabilities: Float64Array.from(probabilities) };
  const prediction = mostProbable(classes);
  return { truth: Float64Array.from(truth), prediction, threshold: 0.5, tolerance: undefined, classes };
}

/** Answers without probabilities of their own: certain ones. */
function answers(truth: readonly number[], prediction: readonly number[], width = 3): Sample {
  const names = Array.from({ length: width }, (_, k) => `class ${k}`);
  const probabilities = prediction.flatMap(one => names.map((_, k) => (k === one ? 1 : 0)));
  return sampleOf({ names, truth, probabilities });
}

function ones(n: number): Float64Array {
  return new Float64Array(n).fill(1);
}

function measured(name: string, sample: Sample, counts = ones(sample.truth.length)): number {
  const metric = findMetric(task, name);
  if (!metric) throw new Error(`${name} is no metric`);
  return metric.prepare(sample)(counts);
}

describe.each(sets)('on %s', (_, facts) => {
  const sample = sampleOf(facts);

  it.each(Object.entries(facts.expected))("%s is scikit-learn's", (name, expected) => {
    expect(measured(name, sample)).toBeCloseTo(expected, 10);
  });

  it('the matrix and the interval of accuracy are those of scikit-learn and SciPy', () => {
    expect(confusionTable(sample, task)).toEqual({ labels: facts.names, cells: facts.confusion });
    const interval = findMetric(task, 'accuracy')?.interval?.(sample);
    expect(interval?.[0]).toBeCloseTo(facts.accuracy_interval[0], 10);
    expect(interval?.[1]).toBeCloseTo(facts.accuracy_interval[1], 10);
  });
});

it('scikit-learn knows every metric there is', () => {
  expect(
    metricsOf(task)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(fixture.iris.expected).sort());
});

it.each(Object.entries<number>(fixture.rare.weighted))(
  "%s over rows drawn several times is scikit-learn's",
  (name, expected) => {
    const counts = Float64Array.from(fixture.rare.weights);
    expect(measured(name, sampleOf(fixture.rare), counts)).toBeCloseTo(expected, 10);
  },
);

it('ten answers among three classes give what scikit-learn 1.2.1 gives', () => {
  const sample = answers([0, 1, 2, 2, 1, 0, 2, 1, 0, 2], [0, 2, 2, 2, 1, 0, 1, 1, 1, 2]);
  const expected = {
    accuracy: 0.7,
    f1_macro: 0.7071428571428572,
    f1_weighted: 0.7114285714285715,
    f1_micro: 0.7,
    precision_macro: 0.75,
    recall_macro: 0.6944444444444443,
    cohen_kappa: 0.5454545454545454,
  };
  for (const [name, value] of Object.entries(expected)) {
    expect(measured(name, sample), name).toBeCloseTo(value, 12);
  }
});

it('an area is undefined where a class does not occur, as a bare mean over the others would hide', () => {
  expect(measured('roc_auc_macro', sampleOf(fixture.nowhere))).toBeNaN();
});

describe('the influence of rows', () => {
  const big = scattered(3000, 7);

  it.each(metricsOf(task).flatMap(metric => (metric.influence ? [metric] : [])))(
    'on $name gives the spread that drawing rows again finds',
    metric => {
      const influence = metric.influence?.(big) ?? new Float64Array();
      const [drawn] = bootstrap(big.truth.length, [metric.prepare(big)], { resamples: 400 });
      const ratio = uncertaintyOf(influence).standardError / standardErrorOf(drawn ?? new Float64Array());
      // Three standard errors of a standard deviation of 400 draws.
      expect(Math.abs(ratio - 1)).toBeLessThan(0.11);
    },
  );

  it.each(['accuracy', 'log_loss', 'brier'])('on %s, a mean, has its mean at 0', name => {
    const influence = findMetric(task, name)?.influence?.(big) ?? Float64Array.of(1);
    expect(influence.reduce((sum, one) => sum + one, 0) / influence.length).toBeCloseTo(0, 6);
  });

  it('on accuracy gives the interval of a mean of hits', () => {
    const hits = big.truth.map((one, row) => Number(one === big.prediction[row]));
    const share = hits.reduce((sum, one) => sum + one, 0) / hits.length;
    const { standardError, df } = uncertaintyOf(
      findMetric(task, 'accuracy')?.influence?.(big) ?? new Float64Array(),
    );
    expect(standardError).toBeCloseTo(Math.sqrt((share * (1 - share)) / (hits.length - 1)), 8);
    expect(intervalAround(share, { standardError, df })[0]).toBeLessThan(share);
  });
});

/** Four classes, one of them rare; `skill` from 0 to 1 moves the probabilities to the truth. */
function scattered(n: number, seed: number, skill = 0.35): Sample {
  const [truths, noise] = [createRandom(1), createRandom(seed)];
  const borders = [0.45, 0.75, 0.95];
  const truth = Array.from({ length: n }, () => {
    const at = truths.next();
    return borders.filter(border => at > border).length;
  });
  const probabilities = truth.flatMap(one => {
    const raw = [0, 1, 2, 3].map(k => noise.next() + (k === one ? skill : 0) + 0.01);
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map(value => value / sum);
  });
  return sampleOf({ names: ['a', 'b', 'c', 'd'], truth, probabilities });
}

it.each(metricsOf(task).map(({ name }) => name))('%s tells a much better model from a worse one', name => {
  const metric = findMetric(task, name);
  const pair = { sample: scattered(1500, 3, 0.6), reference: scattered(1500, 4, 0.15) };
  if (!metric) throw new Error(`${name} is no metric`);
  // Sure answers that are right more often are no better calibrated by that.
  if (name === 'ece') return;
  expect(compare(metric, pair)?.verdict).toBe('better');
  expect(compare(metric, { sample: pair.reference, reference: pair.sample })?.verdict).toBe('worse');
});

it('an evaluation has the matrix, the calibration of the answers and slices that keep their probabilities', () => {
  const sample = scattered(400, 5);
  const shares = trivialShares(sample.truth, 4);
  const probabilities = Array.from(sample.truth).flatMap(() => [...shares]);
  const trivial = sampleOf({ names: ['a', 'b', 'c', 'd'], truth: [...sample.truth], probabilities });
  const half = Array.from(sample.truth.keys(), row => (row < 200 ? 'first' : 'second'));
  const found = evaluate(sample, trivial, {
    ...{ task, primary: 'log_loss', resamples: 200 },
    slices: new Map([['half', half]]),
  });
  expect(found.positives).toBeNull();
  expect(found.confusion?.cells.flat().reduce((sum, one) => sum + one, 0)).toBe(400);
  const right = found.confusion?.cells.reduce((sum, line, k) => sum + (line[k] ?? 0), 0) ?? 0;
  const calibrated = found.reliability.reduce((sum, { n, observed }) => sum + n * observed, 0);
  expect(calibrated).toBeCloseTo(right, 3);
  const [first, second] = found.slices.map(({ measured }) => measured ?? 0);
  const all = found.metrics.find(({ metric }) => metric === 'log_loss')?.value ?? 0;
  expect(((first ?? 0) + (second ?? 0)) / 2).toBeCloseTo(all, 4);
});

it('the matrix of two classes has the positive word first, and stands at the threshold', () => {
  const sample = {
    truth: Float64Array.of(1, 1, 0, 0, 0),
    prediction: Float64Array.of(0.3, 0.2, 0.3, 0.1, 0.2),
    threshold: 0.25,
    tolerance: undefined,
  };
  const expected = {
    labels: ['late', 'not late'],
    cells: [
      [1, 1],
      [1, 2],
    ],
  };
  expect(confusionTable(sample, 'binary-classification', 'late')).toEqual(expected);
  expect(confusionTable(sample, 'regression')).toBeNull();
});

it('the first of equally probable classes is answered', () => {
  const probabilities = Float64Array.of(0.25, 0.5, 0.25, 0.4, 0.2, 0.4);
  expect([...mostProbable({ names: ['a', 'b', 'c'], probabilities })]).toEqual([1, 0]);
});

it.each([
  ['margins', [1, 0, 3, -1], 'row 2 has -1 for "b"'],
  ['numbers that sum to more than 1', [1, 0, 0.9, 0.9], 'row 2 has numbers that sum to 1.8'],
  ['nothing', [Number.NaN, 1], 'row 1 has NaN for "a"'],
])('%s are no probabilities', (_, numbers, message) => {
  const run = () => mostProbable({ names: ['a', 'b'], probabilities: Float64Array.from(numbers) });
  expect(run).toThrow(message);
});

it('the classes of another model are brought into the same order, by their words', () => {
  const found = orderClasses({ names: ['b', 'a'], probabilities: Float64Array.of(0.1, 0.9, 0.7, 0.3) }, [
    'a',
    'b',
  ]);
  expect([...found.probabilities]).toEqual([0.9, 0.1, 0.3, 0.7]);
  expect(() => orderClasses({ names: ['a', 'c'], probabilities: Float64Array.of(1, 0) }, ['a', 'b'])).toThrow(
    'The model answers with the classes a, c; expected were a, b',
  );
});
