import { describe, expect, it } from 'vitest';
import { crossValidate } from '#lib/training/cross-validation.ts';
import type { Fit } from '#lib/training/fit.ts';
import { numberSet } from './sets.ts';

/** A port whose model answers the mean of its training targets: wrong rows show at once. */
const meanFit: Fit = async ({ set, predict }) => ({
  predictions: new Float64Array(predict?.rows ?? 0).fill(
    set.target.reduce((sum, value) => sum + value, 0) / set.target.length,
  ),
  model: undefined,
  importance: [],
});

const set = numberSet('regression', [1, 2, 3, 4, 5, 6], [1, 2, 4, 8, 16, 32]);
const base = { set, algorithm: 'mean', parameters: {}, seed: 1 };

describe('cross-validation', () => {
  it('predicts every row by a model of the other folds', async () => {
    const found = await crossValidate({
      ...base,
      folds: Uint8Array.of(0, 1, 2, 0, 1, 2),
      foldCount: 3,
      fit: meanFit,
    });
    // Without fold 0 (1 and 8) the mean is 54 / 4, without fold 1 (2 and 16) 45 / 4, without fold 2 (4 and 32) 27 / 4.
    expect([...found]).toEqual([13.5, 11.25, 6.75, 13.5, 11.25, 6.75]);
  });

  it('puts predictions in the order of the rows, whatever order the fits end in', async () => {
    const echo: Fit = async ({ predict, label }) => {
      const delay = label === 'fold 1 of 2' ? 20 : 0;
      await new Promise(resolve => setTimeout(resolve, delay));
      const column = predict?.columns[0];
      const predictions = column?.kind === 'number' ? column.values : new Float64Array();
      return { predictions, model: undefined, importance: [] };
    };
    const found = await crossValidate({
      ...base,
      folds: Uint8Array.of(1, 0, 0, 1, 0, 1),
      foldCount: 2,
      fit: echo,
    });
    expect([...found]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('leaves out a fold without rows', async () => {
    const fitted: string[] = [];
    const found = await crossValidate({
      ...base,
      folds: Uint8Array.of(0, 2, 0, 2, 0, 2),
      foldCount: 3,
      fit: job => {
        fitted.push(job.label);
        return meanFit(job);
      },
    });
    expect(fitted).toEqual(['fold 1 of 3', 'fold 3 of 3']);
    expect([...found]).toEqual([14, 7, 14, 7, 14, 7]);
  });

  it('refuses a fold number beyond the count', async () => {
    const folds = Uint8Array.of(0, 1, 2, 0, 1, 3);
    await expect(crossValidate({ ...base, folds, foldCount: 3, fit: meanFit })).rejects.toThrow(RangeError);
  });
});
