import { expect, test } from 'vitest';
import { valuesInFocus } from '#lib/reports/charts/focus.ts';
import type { IntervalsChart } from '#lib/reports/charts/intervals.ts';
import { intervals } from '#lib/reports/charts/intervals.ts';

const rows = [
  { label: 'boosting', value: 2.14, interval: [2.07, 2.2] as const, emphasis: true },
  { label: 'forest', value: 2.46, interval: [2.37, 2.53] as const },
  { label: 'linear', value: 2.74, interval: [2.66, 2.82] as const },
];
const chart = (change: Partial<IntervalsChart>): IntervalsChart => ({
  kind: 'intervals',
  axis: { label: 'rmse', unit: 'min', decimals: 2 },
  confidence: 95,
  rows,
  ...change,
});
const sketch = (change: Partial<IntervalsChart>) =>
  intervals.sketch(chart(change), { width: 80, unicode: true });
const axisEnds = (lines: readonly string[]) =>
  lines
    .find(line => /^\s+[\d.]+\s+[\d.]+$/u.test(line))
    ?.trim()
    .split(/\s+/u);

test('a reference near the rows is in view, one far away is told in words', () => {
  const near = sketch({ reference: { label: 'champion', value: 2.19 } });
  expect(near.at(-1)).toBe('┊ champion 2.19 min');
  expect(axisEnds(near)).toEqual(['2.0', '3.0']);
  const far = sketch({ reference: { label: 'trivial', value: 6.86 } });
  expect(far.at(-1)).toBe('trivial 6.86 min, off the axis to the right');
  expect(axisEnds(far)).toEqual(['2.0', '3.0']);
  expect(sketch({ reference: { label: 'trivial', value: 0.1 } }).at(-1)).toMatch(/to the left$/u);
});

test('a row far away becomes an arrow, and keeps its number', () => {
  const lines = sketch({ rows: [...rows, { label: 'diverged', value: 1e6, interval: [9e5, 2e6] }] });
  expect(axisEnds(lines)).toEqual(['2.0', '3.0']);
  expect(lines.find(line => line.startsWith('diverged'))).toMatch(/1000000\.00 \[.*\].*▸$/u);
});

test('the emphasized row stays in view, however far it is', () => {
  const lines = sketch({ rows: [...rows, { label: 'chosen', value: 40, emphasis: true }] });
  expect(lines.find(line => line.startsWith('chosen'))).toContain('◆');
});

test('of two rows none is left outside, since neither is the odd one', () => {
  expect(valuesInFocus([{ values: [1, 1.1] }, { values: [1000] }], undefined)).toEqual([1, 1.1, 1000]);
});

test('a reference beside a single point is in view: there is nothing it could squeeze', () => {
  expect(valuesInFocus([{ values: [2] }], 50)).toEqual([2, 50]);
});

test('what is no number decides nothing', () => {
  expect(valuesInFocus([{ values: [Number.NaN] }, { values: [1, Infinity] }], undefined)).toEqual([1]);
});

test('a drawing shows an arrow instead of a dot for what is outside', () => {
  const { body } = intervals.draw(chart({ rows: [...rows, { label: 'diverged', value: 1e6 }] }), 'wide');
  expect(body.match(/<circle/gu)).toHaveLength(3);
  expect(body.match(/<polygon/gu)).toHaveLength(1);
});

test('an interval that reaches out of a fixed view has no end mark there', () => {
  const axis = { label: 'auc', decimals: 2, range: [0.5, 1] as const };
  const one = { label: 'a', value: 0.9, interval: [0.8, 1.2] as const };
  const { body } = intervals.draw(chart({ axis, rows: [one] }), 'wide');
  expect(body.match(/mark cap/gu)).toHaveLength(1);
});
