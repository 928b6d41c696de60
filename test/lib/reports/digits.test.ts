import { expect, test } from 'vitest';
import { groupDigits } from '#lib/reports/digits.ts';

test('groups of three from the end, as the English locale has them', () => {
  const counts = [
    0, 7, 12, 999, 1000, 12_345, 999_999, 1_000_000, 9_007_199_254_740_991, -1, -1000, -123_456,
  ];
  expect(counts.map(groupDigits)).toEqual(counts.map(count => count.toLocaleString('en-US')));
});
