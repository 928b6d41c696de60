import { describe, expect, it } from 'vitest';
import { encodeModel } from '#lib/onnx/encode.ts';
import { randomForest } from '#lib/training/random-forest.ts';
import { mixedSet, numberSet } from './sets.ts';

describe('the random forest', () => {
  it('stays between the smallest and the largest target', () => {
    const set = numberSet('regression', [1, 2, 3, 4, 5, 6, 7, 8], [3, 1, 4, 1, 5, 9, 2, 6]);
    const found = randomForest
      .fit(set, { minLeafRows: 1, featureShare: 1 }, { seed: 1 })
      .predict(set.features);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...found)).toBeLessThanOrEqual(9);
  });

  it('answers probabilities, near 0 and 1 where the classes lie apart', () => {
    const x = Array.from({ length: 100 }, (_, i) => i);
    const set = numberSet(
      'binary-classification',
      x,
      x.map(i => Number(i >= 50)),
    );
    const found = randomForest.fit(set, { featureShare: 1 }, { seed: 1 }).predict(set.features);
    expect(found.every(p => p >= 0 && p <= 1)).toBe(true);
    expect(found[0]).toBeLessThan(0.01);
    expect(found[99]).toBeGreaterThan(0.99);
  });

  it('repeats with a seed and differs with another', () => {
    const set = mixedSet('binary-classification');
    const predict = (seed: number): readonly number[] => [
      ...randomForest.fit(set, { trees: 10 }, { seed }).predict(set.features),
    ];
    expect(predict(7)).toEqual(predict(7));
    expect(predict(7)).not.toEqual(predict(8));
  });

  it('with its defaults a file stays below 5 MB however many rows there are', () => {
    const set = mixedSet('regression', 12_000);
    const jitter = set.target.map((value, row) => value + ((row * 104_729) % 1000) / 100);
    const model = randomForest.fit({ ...set, target: jitter }, { minLeafRows: 1 }, { seed: 1 });
    expect(encodeModel(model.toOnnx('forest')).length).toBeLessThan(5_000_000);
  });
});
