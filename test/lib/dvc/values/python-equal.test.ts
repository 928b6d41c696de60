import { describe, expect, it } from 'vitest';
import { pythonEqual } from '#lib/dvc/values/python-equal.ts';
import type { Value } from '#lib/dvc/values/value.ts';

/** Left, right, and what Python 3.11 says of `left == right`. */
const asPythonSays: readonly (readonly [Value, Value, boolean])[] = [
  [2n, 2, true],
  [1n, true, true],
  [1, true, true],
  [0n, false, true],
  [0n, null, false],
  ['1', 1n, false],
  [Number.NaN, Number.NaN, false],
  [-0, 0n, true],
  [0.1, 0.1, true],
  [9007199254740993n, 9007199254740992, false],
  [10n ** 400n, Number.POSITIVE_INFINITY, false],
  [[1n, 2n], [1, 2], true],
  [[1n], [1n, 2n], false],
  [[1n], new Map([['a', 1n]]), false],
  [
    new Map<string, Value>([
      ['x', 1n],
      ['y', 2n],
    ]),
    new Map<string, Value>([
      ['y', 2],
      ['x', true],
    ]),
    true,
  ],
  [new Map([[1n, 'a']]), new Map([[true, 'a']]), true],
  [new Map([['a', null]]), new Map([['b', null]]), false],
];

describe('equality as Python has it', () => {
  it.each(asPythonSays)('%s == %s is %s', (a, b, expected) => {
    expect([pythonEqual(a, b), pythonEqual(b, a)]).toEqual([expected, expected]);
  });
});
