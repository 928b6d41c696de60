import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatEstimate, formatNumber, positionOn, scaleOf } from '#lib/reports/charts/axis.ts';

const axis = { label: 'x', decimals: 1 };
const ticksOf = (values: readonly number[], range?: readonly [number, number]) =>
  scaleOf({ ...axis, range }, values).ticks.map(tick => tick.text);

describe('ticks', () => {
  test.each([
    ['from zero', [0, 10], ['0', '2', '4', '6', '8', '10']],
    ['of tenths, exact in decimals', [0.1, 0.6], ['0.1', '0.2', '0.3', '0.4', '0.5', '0.6']],
    ['by fives', [0, 23], ['0', '5', '10', '15', '20', '25']],
    ['below zero', [-3, 4], ['-4', '-2', '0', '2', '4']],
    ['of thousands', [1200, 4800], ['1000', '2000', '3000', '4000', '5000']],
    ['around one value', [50], ['47', '48', '49', '50', '51', '52', '53']],
    ['without a value', [], ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    ['without a number', [Number.NaN, Infinity], ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
  ])('%s', (_, values, expected) => {
    expect(ticksOf(values)).toEqual(expected);
  });

  test('stay inside a range that was asked for', () => {
    expect(ticksOf([0.4], [0.05, 0.55])).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5']);
  });

  test('rise, lie within the ends, and hold every value between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 8 }),
        values => {
          const scale = scaleOf(axis, values);
          const ticks = scale.ticks.map(tick => tick.value);
          expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(8);
          expect(new Set(scale.ticks.map(tick => tick.text)).size).toBe(ticks.length);
          for (const value of values) {
            const position = positionOn(scale, value);
            expect(position).toBeGreaterThanOrEqual(-1e-9);
            expect(position).toBeLessThanOrEqual(1 + 1e-9);
          }
        },
      ),
    );
  });
});

test.each([
  [2.056, 2, '2.06'],
  [-0.04, 1, '0.0'],
  [-0.05, 2, '-0.05'],
  [Number.NaN, 2, 'n/a'],
  [-Infinity, 2, 'n/a'],
])('%d with %i decimals is written %s', (value, decimals, text) => {
  expect(formatNumber(value, decimals)).toBe(text);
});

test('an estimate is written with its interval', () => {
  expect(formatEstimate(2.06, [2.01, 2.12], 2)).toBe('2.06 [2.01, 2.12]');
  expect(formatEstimate(2.06, undefined, 1)).toBe('2.1');
});
