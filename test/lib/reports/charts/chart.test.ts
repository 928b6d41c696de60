import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chart } from '#lib/reports/charts/chart.ts';
import { chartNumbers, drawChart, sketchChart } from '#lib/reports/charts/chart.ts';
import { displayWidth } from '#lib/reports/display-width.ts';
import { readMarkup } from '../../../support/markup.ts';

/** Numbers as programs produce them when something went wrong. */
const number = fc.oneof(
  fc.double({ min: -1e6, max: 1e6 }),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, Number.MAX_VALUE, 5e-324),
);
const axis = fc.record({ label: fc.string(), decimals: fc.integer({ min: 0, max: 3 }) });
const interval = fc.option(fc.tuple(number, number), { nil: undefined });
const row = fc.record({ label: fc.string(), value: number, interval, emphasis: fc.boolean() });

const charts: Readonly<Record<Chart['kind'], fc.Arbitrary<Chart>>> = {
  intervals: fc.record({
    kind: fc.constant('intervals' as const),
    axis,
    confidence: fc.constant(95),
    rows: fc.array(row, { maxLength: 6 }),
    reference: fc.option(fc.record({ label: fc.string(), value: number }), { nil: undefined }),
  }),
  bars: fc.record({ kind: fc.constant('bars' as const), axis, rows: fc.array(row, { maxLength: 6 }) }),
  'scatter-binned': fc.record({
    kind: fc.constant('scatter-binned' as const),
    x: axis,
    y: axis,
    bins: fc.array(fc.record({ x: number, y: number, count: number, interval }), { maxLength: 6 }),
  }),
  line: fc.record({
    kind: fc.constant('line' as const),
    x: axis,
    y: axis,
    series: fc.array(
      fc.record({ label: fc.string(), points: fc.array(fc.tuple(number, number), { maxLength: 6 }) }),
      { maxLength: 4 },
    ),
    diagonal: fc.option(fc.string(), { nil: undefined }),
  }),
};

describe.each(Object.entries(charts))('%s, whatever its numbers', (_, chart) => {
  test('is drawn as sound markup inside its frame', () => {
    fc.assert(
      fc.property(chart, fc.constantFrom('wide', 'narrow'), (description, room) => {
        const { width, height, body } = drawChart(description, room);
        for (const { attributes } of readMarkup(body).tags) {
          const at = (names: readonly string[]) =>
            names.flatMap(name => (attributes[name] === undefined ? [] : [Number(attributes[name])]));
          for (const x of at(['x', 'x1', 'x2', 'cx'])) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(x).toBeLessThanOrEqual(width);
          }
          for (const y of at(['y1', 'y2', 'cy'])) {
            expect(y).toBeGreaterThanOrEqual(0);
            expect(y).toBeLessThanOrEqual(height);
          }
        }
      }),
    );
  });

  test('is sketched within its canvas', () => {
    fc.assert(
      fc.property(chart, fc.integer({ min: 64, max: 120 }), fc.boolean(), (description, width, unicode) => {
        for (const line of sketchChart(description, { width, unicode }))
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('is listed with as many cells in every row as there are headers', () => {
    fc.assert(
      fc.property(chart, description => {
        const { headers, rows } = chartNumbers(description);
        for (const cells of rows) expect(cells).toHaveLength(headers.length);
      }),
    );
  });
});

test('a bar reaches from zero to its value: half the longest is half as wide', () => {
  const rows = [4, 2, -2].map(value => ({ label: `${value}`, value }));
  const chart: Chart = { kind: 'bars', axis: { label: 'share', decimals: 0, range: [-4, 4] }, rows };
  const { tags } = readMarkup(drawChart(chart, 'narrow').body);
  const bars = tags.filter(tag => tag.name === 'rect').map(({ attributes }) => attributes);
  // The narrow axis goes from 14 to 366, so zero is at 190 and one unit is 44 wide.
  expect(bars.map(({ x, width }) => [x, width])).toEqual([
    ['190', '176'],
    ['190', '88'],
    ['102', '88'],
  ]);
});

test('the diagonal joins two corners, and a curve is where its points are', () => {
  const chart: Chart = {
    kind: 'line',
    x: { label: 'x', decimals: 1, range: [0, 1] },
    y: { label: 'y', decimals: 1, range: [0, 1] },
    diagonal: 'guessing',
    series: [
      {
        label: 'a',
        points: [
          [0, 0],
          [0.5, 1],
          [1, 1],
        ],
      },
    ],
  };
  const { tags } = readMarkup(drawChart(chart, 'wide').body);
  const [curve] = tags.filter(tag => tag.name === 'polyline');
  const diagonal = tags.find(({ attributes }) => attributes.class === 'reference')?.attributes;
  const [first, middle, last] = (curve?.attributes.points ?? '')
    .split(' ')
    .map(point => point.split(',').map(Number));
  expect([diagonal?.x1, diagonal?.y1].map(Number)).toEqual(first);
  expect([diagonal?.x2, diagonal?.y2].map(Number)).toEqual(last);
  // Larger is further right, and further up, where SVG counts down.
  expect(last?.[0]).toBeGreaterThan(first?.[0] ?? 0);
  expect(last?.[1]).toBeLessThan(first?.[1] ?? 0);
  expect(middle).toEqual([((first?.[0] ?? 0) + (last?.[0] ?? 0)) / 2, last?.[1]]);
});

test('a fifth curve is refused', () => {
  const one = { label: 'a', points: [] };
  const axis = { label: 'x', decimals: 0 };
  const chart: Chart = { kind: 'line', x: axis, y: axis, series: [one, one, one, one, one] };
  expect(() => drawChart(chart, 'wide')).toThrow(RangeError);
});

test('a bin of few rows is a smaller dot, yet wider than its interval once the outline is taken off', () => {
  const axis = { label: 'x', decimals: 0, range: [0, 4] } as const;
  const bins = [1000, 640, 1].map((count, i) => ({
    x: i + 1,
    y: i + 1,
    count,
    interval: [i, i + 2] as const,
  }));
  const { tags } = readMarkup(drawChart({ kind: 'scatter-binned', x: axis, y: axis, bins }, 'wide').body);
  const radii = tags.filter(tag => tag.name === 'circle').map(({ attributes }) => Number(attributes.r));
  // The area follows the count: sqrt(640 / 1000) = 0.8 of the largest radius, 5.5. Interval and outline are 2 wide.
  expect(radii.slice(0, 2)).toEqual([5.5, 4.4]);
  expect(radii[2]).toBeLessThan(4.4);
  expect(2 * ((radii[2] ?? 0) - 1)).toBeGreaterThan(2 * 2);
});
