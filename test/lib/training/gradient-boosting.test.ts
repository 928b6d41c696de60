// Expected values are worked out by hand: leaf answer = -G / (H + lambda), gain = the children's G^2 / (H + lambda) less the parent's.
import { describe, expect, it } from 'vitest';
import { gradientBoosting } from '#lib/training/gradient-boosting.ts';
import { mixedSet, numberSet } from './sets.ts';

const oneTree = { trees: 1, learningRate: 1, minLeafRows: 1, lambda: 0 };

describe('gradient boosting', () => {
  it('one full step without a penalty answers the mean of each leaf', () => {
    const set = numberSet('regression', [1, 2, 3, 4], [10, 12, 20, 30]);
    const model = gradientBoosting.fit(set, { ...oneTree, leaves: 3 }, { seed: 1 });
    expect([...model.predict(set.features)]).toEqual([11, 11, 20, 30]);
  });

  it('the penalty and the learning rate pull a leaf toward the mean', () => {
    // Mean 4; residuals -3, -1, 4: left leaf G = 4, H = 2, answer -4 / (2 + 2) = -1, half of it: 3.5.
    const set = numberSet('regression', [1, 2, 9], [1, 3, 8]);
    const model = gradientBoosting.fit(
      set,
      { ...oneTree, leaves: 2, lambda: 2, learningRate: 0.5 },
      { seed: 1 },
    );
    const [left, , right] = model.predict(set.features);
    expect(left).toBe(3.5);
    // Right leaf: -(-4) / (1 + 2) = 4/3, half of it 2/3, rounded to float32.
    expect(right).toBe(4 + Math.fround(2 / 3));
  });

  it('the penalty makes splits that cut off few rows less worth while', () => {
    // Residuals 9, 1, -5, -5. Without a penalty cutting off the 9 gains 81 + 81 / 3 = 108, halving 50 + 50 = 100;
    // with lambda 2 it is 81 / 3 + 81 / 5 = 43.2 against 25 + 25 = 50.
    const set = numberSet('regression', [1, 2, 3, 4], [9, 1, -5, -5]);
    const predict = (lambda: number): readonly number[] => [
      ...gradientBoosting.fit(set, { ...oneTree, leaves: 2, lambda }, { seed: 1 }).predict(set.features),
    ];
    expect(predict(0)).toEqual([9, -3, -3, -3]);
    expect(predict(2)).toEqual([2.5, 2.5, -2.5, -2.5]);
  });

  it('a binary leaf answers the Newton step in log-odds', () => {
    // Base log-odds 0, p = 1/2: each row has G = +-1/2 and H = 1/4, so the leaves answer -2 and 2.
    const set = numberSet('binary-classification', [1, 2, 3, 4], [0, 0, 1, 1]);
    const model = gradientBoosting.fit(set, { ...oneTree, leaves: 2 }, { seed: 1 });
    const [low, , high] = model.predict(set.features);
    expect(low).toBeCloseTo(0.11920292202211755, 12);
    expect(high).toBeCloseTo(0.8807970779778823, 12);
  });

  it('missing values go to the side that they resemble', () => {
    const set = numberSet('regression', [1, 2, 8, 9, Number.NaN, Number.NaN], [0, 0, 6, 6, 0, 0]);
    const model = gradientBoosting.fit(set, { ...oneTree, leaves: 2 }, { seed: 1 });
    expect([...model.predict(set.features)]).toEqual([0, 0, 6, 6, 0, 0]);
  });

  it('splits the missing rows further by another feature', () => {
    const column = (name: string, ...values: readonly number[]) =>
      ({ name, kind: 'number', values: Float64Array.from(values) }) as const;
    const nan = Number.NaN;
    const features = { rows: 6, columns: [column('x', 1, 1, 1, 1, nan, nan), column('z', 0, 1, 0, 1, 0, 1)] };
    const set = { task: 'regression', features, target: Float64Array.of(0, 0, 0, 0, 10, 20) } as const;
    const model = gradientBoosting.fit(set, { ...oneTree, leaves: 3 }, { seed: 1 });
    expect([...model.predict(features)]).toEqual([0, 0, 0, 0, 10, 20]);
  });

  it('can part the missing from the present when the present are all alike', () => {
    const set = numberSet('regression', [5, 5, Number.NaN, Number.NaN], [1, 1, 3, 3]);
    const model = gradientBoosting.fit(set, { ...oneTree, leaves: 2 }, { seed: 1 });
    expect([...model.predict(set.features)]).toEqual([1, 1, 3, 3]);
  });

  it('a value that was never missing in training goes with the larger side when it is', () => {
    const set = numberSet('regression', [1, 2, 3, 9], [1, 1, 1, 5]);
    const model = gradientBoosting.fit(set, { ...oneTree, leaves: 2 }, { seed: 1 });
    const asked = numberSet('regression', [Number.NaN], [0]).features;
    expect([...model.predict(asked)]).toEqual([1]);
  });

  it('no leaf has fewer rows than asked for', () => {
    const predict = (target: readonly number[]): readonly number[] => {
      const set = numberSet('regression', [1, 2, 3, 4, 5, 6], target);
      const model = gradientBoosting.fit(set, { ...oneTree, leaves: 6, minLeafRows: 3 }, { seed: 1 });
      return Array.from(model.predict(set.features), Math.round);
    };
    expect(predict([0, 0, 0, 0, 0, 90])).toEqual([0, 0, 0, 30, 30, 30]);
    expect(predict([90, 0, 0, 0, 0, 0])).toEqual([30, 30, 30, 0, 0, 0]);
  });

  it('a target that never varies is predicted as it is', () => {
    const set = numberSet('regression', [1, 2, 3], [7, 7, 7]);
    const model = gradientBoosting.fit(set, { minLeafRows: 1 }, { seed: 1 });
    expect([...model.predict(set.features)]).toEqual([7, 7, 7]);
    expect(model.importance).toEqual([{ feature: 'x', gain: 0 }]);
  });

  it('rounding is not mistaken for signal: two plateaus make two leaves', () => {
    const x = Array.from({ length: 1000 }, (_, i) => i);
    const set = numberSet(
      'regression',
      x,
      x.map(i => (i < 500 ? 0.3 : 1.1)),
    );
    const { nodes } = gradientBoosting.fit(set, { ...oneTree, leaves: 31 }, { seed: 1 }).toOnnx('plateaus');
    const weights = nodes.find(({ op }) => op === 'TreeEnsembleRegressor')?.attributes.target_weights;
    expect(weights?.value).toHaveLength(2);
  });

  it('importance goes to the feature that carries the target', () => {
    const set = mixedSet('regression');
    const [first] = gradientBoosting.fit(set, {}, { seed: 1 }).importance;
    expect(first?.feature).toBe('minutes');
    expect(first?.gain).toBeGreaterThan(0.5);
  });

  it('the seed matters exactly when rows or features are sampled', () => {
    const set = mixedSet('regression');
    const predict = (parameters: object, seed: number): readonly number[] => [
      ...gradientBoosting.fit(set, { trees: 5, ...parameters }, { seed }).predict(set.features),
    ];
    expect(predict({}, 1)).toEqual(predict({}, 2));
    expect(predict({ rowShare: 0.5 }, 1)).toEqual(predict({ rowShare: 0.5 }, 1));
    expect(predict({ rowShare: 0.5 }, 1)).not.toEqual(predict({ rowShare: 0.5 }, 2));
    expect(predict({ featureShare: 0.4 }, 1)).not.toEqual(predict({ featureShare: 0.4 }, 2));
  });
});
