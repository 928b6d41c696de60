import { describe, expect, it } from 'vitest';
import { rangesOf } from '#lib/behaviour/jitter.ts';
import { measureStability, type StabilityInput, stabilitySchema } from '#lib/behaviour/stability.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { gradientBoosting } from '#lib/training/gradient-boosting.ts';
import { mixedSet } from '../training/sets.ts';
import { formula, table } from './builders.ts';

/** Whole thousands up to 100,000, so that one hundredth of the range is 1,000. */
const rows = table({ income: Array.from({ length: 101 }, (_, row) => row * 1000) });
const ranges = rangesOf(rows);

async function measure(input: Partial<StabilityInput> & Pick<StabilityInput, 'subject'>) {
  const found = await measureStability({ rows, ranges, ...input });
  expect(stabilitySchema.parse(found)).toEqual(found);
  return found;
}

it('only rows nearer to the border than a step can change', async () => {
  // Positive from 50,500: of 101 rows, 50,000 and 51,000 lie within 1,000. Such a row changes with the probability that the
  // step goes the right way and is larger than 500: a quarter. 99 + 2 * 0.75 = 100.5 of 101.
  const subject = formula(
    { task: 'binary-classification', threshold: 50.5 },
    ({ income }) => Number(income) / 1000,
  );
  const found = await measure({ subject, repeats: 400 });
  expect(Math.abs((found.share ?? 0) * 101 - 100.5)).toBeLessThan(0.15);
  expect(found).toMatchObject({ n: 101, status: 'passed', reference: 0.94, limit: 0.9, repeats: 400 });
});

it('the interval is that of the rows, however many steps each took', async () => {
  const still = formula({ task: 'binary-classification', threshold: 0.5 }, () => 1);
  // Wilson for 101 of 101: 101 / (101 + 1.959964^2) = 0.963359.
  expect(await measure({ subject: still, repeats: 3 })).toMatchObject({ share: 1, ci95: [0.963359, 1] });
  expect(await measure({ subject: still, repeats: 30 })).toMatchObject({ ci95: [0.963359, 1] });
});

it('a model that answers by the last digit fails', async () => {
  const nervous = formula(
    { task: 'binary-classification', threshold: 1 },
    ({ income }) => Number(income) % 2,
  );
  const found = await measure({ subject: nervous });
  expect(found.status).toBe('failed');
  expect(found.share).toBeGreaterThan(0.35);
  expect(found.share).toBeLessThan(0.65);
});

describe('columns moved alone', () => {
  const two = table({
    quiet: Array.from({ length: 50 }, (_, row) => row + 0.5),
    loud: Array.from({ length: 50 }, (_, row) => row + 0.5),
    flag: Array.from({ length: 50 }, (_, row) => row % 2),
    state: Array.from({ length: 50 }, () => 'CA'),
  });
  const subject = formula(
    { task: 'regression', tolerance: 0.5 },
    ({ quiet, loud }) => Number(quiet) + 1000 * Number(loud),
  );

  it('are listed with the least stable first; a flag does not move, a text is not spoken of', async () => {
    const found = await measure({ rows: two, ranges: rangesOf(two), subject });
    expect(found.columns.map(({ column, share }) => [column, share])).toEqual([
      ['loud', 0],
      ['quiet', 1],
    ]);
    expect(found.columns[0]?.step).toBe(0.49);
    expect(found).toMatchObject({ share: 0, unmoved: ['flag'] });
  });

  it('that are all flags tell nothing', async () => {
    const flags = table({ flag: [0, 1, 1] });
    const found = await measure({ rows: flags, ranges: rangesOf(flags), subject });
    expect(found).toMatchObject({ status: "can't tell", share: null, ci95: null, columns: [] });
  });
});

it('an amount without a declared tolerance may move by a hundredth of the range of the target', async () => {
  const eta = formula({ task: 'regression' }, ({ income }) => Number(income));
  expect(await measure({ subject: eta, targetRange: 100_000 })).toMatchObject({ share: 1 });
  expect((await measure({ subject: eta, targetRange: 10_000 })).share).toBeLessThan(0.2);
});

it('classes are compared by the most probable one', async () => {
  const flower = formula({ task: 'multiclass-classification', classes: ['a', 'b', 'c'] }, ({ income }) =>
    Number(income) >= 0 ? [0.3, 0.3 + Number(income) / 1e7, 0.2] : [1, 0, 0],
  );
  // b always leads by a little but for income 0, where a and b are equal and a comes first; its steps all go up.
  expect(await measure({ subject: flower })).toMatchObject({ share: 0.990099 });
});

it('no rows tell nothing', async () => {
  const none = table({ income: [] });
  const subject = formula({ task: 'regression' }, () => 0);
  expect(await measure({ rows: none, subject })).toMatchObject({ status: "can't tell", n: 0, share: null });
});

it('a real model gives the same result every time, and another one with another seed', async () => {
  const set = mixedSet('binary-classification');
  const scorer = await openScorer(
    encodeModel(gradientBoosting.fit(set, {}, { seed: 3 }).toOnnx('stability')),
  );
  const input = {
    ...{ rows: set.features, ranges: rangesOf(set.features), mostRows: 400 },
    subject: { task: 'binary-classification' as const, threshold: 0.5, score: scorer.score },
  };
  const found = await measure(input);
  expect(found).toMatchObject({ n: 400, unmoved: ['count'] });
  expect(found.columns.map(({ column }) => column)).toEqual(['minutes']);
  expect(await measure(input)).toEqual(found);
  const shares = await Promise.all(
    [1, 2, 3, 4, 5].map(async seed => (await measure({ ...input, seed })).share),
  );
  expect(new Set(shares).size).toBeGreaterThan(1);
  expect(await measure({ ...input, mostRows: 200 })).toMatchObject({ n: 200 });
  await scorer.close();
});
