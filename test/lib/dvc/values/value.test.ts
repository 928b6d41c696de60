import { expect, it } from 'vitest';
import { formatFloat, sameValue } from '#lib/dvc/values/value.ts';
import { readEmitted, type Typed } from './typed-values.ts';

function floatsIn(typed: Typed): readonly string[] {
  if (typed[0] === 'f') return [typed[2]];
  if (typed[0] === 'l') return typed[1].flatMap(floatsIn);
  return typed[0] === 'm' ? typed[1].flatMap(([, item]) => floatsIn(item)) : [];
}

it("floats are written as Python's repr writes them", () => {
  const reprs = readEmitted()
    .flatMap(one => floatsIn(one.value))
    .filter(repr => !/inf|nan/.test(repr));
  expect(reprs.length).toBeGreaterThan(50);
  expect(reprs.map(repr => formatFloat(Number(repr)))).toEqual(reprs);
});

it.each([
  [1e-5, '1e-05'],
  [0.0001, '0.0001'],
  [123456.789, '123456.789'],
  [1e16, '1e+16'],
  [9999999999999998, '9999999999999998.0'],
  [1e22, '1e+22'],
  [-0, '-0.0'],
  [100000, '100000.0'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
])('%d is written %s', (value, text) => {
  expect(formatFloat(value)).toBe(text);
});

it('a whole number and a float of the same size are different values', () => {
  expect(sameValue(2n, 2)).toBe(false);
  expect(sameValue([1n, [2n]], [1n, [2n]])).toBe(true);
  expect(sameValue([1n], [1n, 2n])).toBe(false);
});

it('the order of keys does not make maps different, a missing key that would be null does', () => {
  const first = new Map([
    ['a', 1n],
    ['b', 2n],
  ]);
  const second = new Map([
    ['b', 2n],
    ['a', 1n],
  ]);
  expect(sameValue(first, second)).toBe(true);
  expect(sameValue(new Map([['a', null]]), new Map([['b', null]]))).toBe(false);
});
