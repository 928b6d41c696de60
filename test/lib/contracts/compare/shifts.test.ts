import { describe, expect, test } from 'vitest';
import { compareOutcomes } from '#lib/contracts/compare/comparison.ts';
import type { ColumnProfile, TableProfile } from '#lib/contracts/compare/profile.ts';
import { findShifts } from '#lib/contracts/compare/shifts.ts';
import type { CheckResult } from '#lib/contracts/result.ts';

const column = (own: Partial<ColumnProfile>): ColumnProfile => ({
  ...{ name: 'a', type: undefined, missing: 0, distinct: 5 },
  ...own,
});
const table = (rows: number, ...columns: readonly Partial<ColumnProfile>[]): TableProfile => ({
  rows,
  columns: columns.map(column),
});
const kindsOf = (base: TableProfile, head: TableProfile) => findShifts(base, head).map(({ kind }) => kind);
const numbers = (mean: number, deviation: number, count = 1000) => ({
  ...{ mean, deviation, count },
  quantiles: [-1.645, -0.674, 0, 0.674, 1.645].map(z => mean + z * deviation),
});

describe('a difference between two profiles', () => {
  test('nothing is said of the same table twice', () => {
    const same = table(1000, { numbers: numbers(5, 2) }, { name: 'b', categories: { x: 600, y: 400 } });
    expect(findShifts(same, same)).toEqual([]);
  });

  test('columns that come and go, and types that change, are said', () => {
    const base = table(10, { name: 'old' }, { name: 'kept', type: 'INTEGER' });
    const head = table(10, { name: 'kept', type: 'BIGINT' }, { name: 'new' });
    expect(kindsOf(base, head)).toEqual(['column-removed', 'type-changed', 'column-added']);
  });

  test.each([
    ['a tenth more rows', 1000, 1100, true],
    ['a little more', 1000, 1099, false],
    ['none any more', 1000, 0, true],
  ])('%s', (_, before, after, isSaid) => {
    expect(kindsOf(table(before), table(after)).includes('rows')).toBe(isSaid);
  });

  test.each([
    ['the first missing value is said, be it one', 1000, 0, 1, true],
    ['a share that moves by one in a hundred of many rows', 100_000, 1000, 2100, true],
    ['the same share of a few rows is chance', 100, 1, 3, false],
    ['a difference too small to matter, however sure', 10_000_000, 1_000_000, 1_050_000, false],
  ])('%s', (_, rows, before, after, isSaid) => {
    const kinds = kindsOf(table(rows, { missing: before }), table(rows, { missing: after }));
    expect(kinds.includes('null-share')).toBe(isSaid);
  });

  test.each([
    ['a fifth of a standard deviation over many rows', 0.2, 10_000, true],
    ['the same over few rows is chance', 0.2, 50, false],
    ['a hundredth is nothing, however sure', 0.01, 10_000_000, false],
  ])('a mean that moves by %s', (_, by, count, isSaid) => {
    const base = table(count, { numbers: numbers(5, 1, count) });
    const head = table(count, { numbers: numbers(5 + by, 1, count) });
    expect(kindsOf(base, head).includes('mean')).toBe(isSaid);
  });

  test('numbers that spread further are elsewhere, though their mean is the same', () => {
    const base = table(1000, { numbers: numbers(5, 1) });
    expect(kindsOf(base, table(1000, { numbers: numbers(5, 2) }))).toEqual(['quantiles']);
  });

  test('more rows have more different values anyhow', () => {
    const base = table(1000, { distinct: 1000 });
    expect(kindsOf(base, table(2000, { distinct: 2000 }))).toEqual(['rows']);
    expect(kindsOf(base, table(1000, { distinct: 500 }))).toEqual(['distinct']);
  });

  test('categories that come, go, and take another share are said by name', () => {
    const base = table(1000, { categories: { x: 500, y: 400, gone: 100 } });
    const head = table(1000, { categories: { x: 700, y: 250, new: 50 } });
    expect(findShifts(base, head).map(({ says }) => says)).toEqual([
      'a has new values: "new"',
      'a no longer has: "gone"',
      '70.0 % of a is "x", before 50.0 %',
    ]);
  });
});

test('checks are newly failing, fixed, or still failing; one that is skipped now is not fixed', () => {
  const outcome = (id: string, value: CheckResult['outcome']) => ({ id, outcome: value }) as CheckResult;
  const base = [
    outcome('a', 'passed'),
    outcome('b', 'failed'),
    outcome('c', 'failed'),
    outcome('d', 'failed'),
  ];
  const head = [
    ...[outcome('a', 'failed'), outcome('b', 'passed'), outcome('c', 'failed'), outcome('d', 'skipped')],
    outcome('new', 'failed'),
  ];
  expect(compareOutcomes(base, head)).toEqual({
    ...{ newlyFailing: ['a', 'new'], fixed: ['b'], stillFailing: ['c'] },
  });
});
