import { describe, expect, test } from 'vitest';
import { explainLimit, formatLimit, keepsLimit, type Limit } from '#lib/contracts/check.ts';

const limit = (operator: Limit['operator'], operand: unknown): Limit => ({ operator, operand, unit: 'rows' });

describe('a limit', () => {
  test.each([
    ['mustBe', 2, [2]],
    ['mustNotBe', 2, [1, 3, 4, 5]],
    ['mustBeGreaterThan', 2, [3, 4, 5]],
    ['mustBeGreaterOrEqualTo', 2, [2, 3, 4, 5]],
    ['mustBeLessThan', 2, [1]],
    ['mustBeLessOrEqualTo', 2, [1, 2]],
    ['mustBeBetween', [2, 4], [3]],
    ['mustNotBeBetween', [2, 4], [1, 2, 4, 5]],
  ] as const)('%s %o is kept by %o of 1 to 5', (operator, operand, kept) => {
    expect([1, 2, 3, 4, 5].filter(value => keepsLimit(value, limit(operator, operand)))).toEqual(kept);
  });

  test.each([
    ...([
      'mustBe',
      'mustNotBe',
      'mustBeGreaterThan',
      'mustBeGreaterOrEqualTo',
      'mustBeLessThan',
      'mustBeLessOrEqualTo',
      'mustBeBetween',
      'mustNotBeBetween',
    ] as const),
  ])('%s of what is no number is kept by none', operator => {
    for (const operand of [
      '0',
      null,
      true,
      undefined,
      [0],
      [],
      {},
      Number.NaN,
      ['0', '1'],
      [0, null],
      [0, 1, 2],
    ]) {
      expect(explainLimit(limit(operator, operand))).toContain(operator);
      expect([-1, 0, 1].filter(value => keepsLimit(value, limit(operator, operand)))).toEqual([]);
    }
  });

  test('reads as a comparison', () => {
    expect(formatLimit(limit('mustBe', 0))).toBe('= 0');
    expect(formatLimit({ ...limit('mustBeLessThan', 5), unit: 'percent' })).toBe('< 5 percent');
    expect(formatLimit(limit('mustNotBeBetween', [1, 2]))).toBe('not between 1 and 2');
    expect(formatLimit(limit('mustBe', { a: 1 }))).toBe('= {"a":1}');
  });
});
