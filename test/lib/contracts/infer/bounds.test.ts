import { expect, test } from 'vitest';
import { guessBounds } from '#lib/contracts/infer/bounds.ts';

const bounds = (name: string, low: number, high: number, isWhole = false) => {
  const { minimum, maximum } = guessBounds(name, { low, high, isWhole }) ?? {};
  return [minimum, maximum];
};

test('the largest value seen is no limit, and the smallest one only where it is nature', () => {
  expect(bounds('amount', 3, 500)).toEqual([0, undefined]);
  expect(bounds('amount', -3, 500)).toEqual([undefined, undefined]);
});

test('a share, a percentage, a latitude end where they end', () => {
  expect(bounds('share_of_total', 0.1, 0.4)).toEqual([0, 1]);
  expect(bounds('discountPercent', 5, 30)).toEqual([0, 100]);
  expect(bounds('lat', 47, 55)).toEqual([-90, 90]);
  expect(bounds('longitude', 6, 15)).toEqual([-180, 180]);
  expect(bounds('month', 3, 5, true)).toEqual([1, 12]);
});

test('but not where this file shows that they do not', () => {
  expect(bounds('share', 0.1, 1.4)).toEqual([0, undefined]);
  expect(bounds('discount_percent', 5, 130)).toEqual([0, undefined]);
});

test('a summer without frost says nothing of the winter', () => {
  expect(bounds('temperature', 11, 34)).toEqual([undefined, undefined]);
  expect(bounds('balance_eur', 11, 34)).toEqual([undefined, undefined]);
});

test('a flag is 0 or 1', () => {
  expect(bounds('is_open', 0, 1, true)).toEqual([0, 1]);
  expect(bounds('ratio', 0, 1)).toEqual([0, undefined]);
});
