import { expect, test } from 'vitest';
import { judgeAmong } from '#lib/contracts/compare/history.ts';

const options = { column: null, say: String };

// With Python's statistics.median: 0.6745 * (x - median(a)) / median(|a - median(a)|), and where that median is 0,
// (x - median(a)) / (1.253314 * mean(|a - median(a)|)).
test.each([
  [[100, 101, 103, 99, 102, 100], 300, 134.56275, true],
  [[100, 101, 103, 99, 102, 100], 103, 1.68625, false],
  [[10, 10, 10, 10, 14], 12, 1.9947117, false],
  [[10, 10, 10, 10, 14], 20, 9.9735581, true],
])('among %j, %d has the score %d', (before, now, score, isUnusual) => {
  const judged = judgeAmong(before, now, options);
  expect(judged.z).toBeCloseTo(score, 5);
  expect(judged.isUnusual).toBe(isUnusual);
});

test('where all versions before are the same, any other number is unusual, and has no score', () => {
  expect(judgeAmong([7, 7, 7, 7, 7], 8, options)).toMatchObject({ z: null, isUnusual: true });
  expect(judgeAmong([7, 7, 7, 7, 7], 7, options)).toMatchObject({ z: null, isUnusual: false });
});
