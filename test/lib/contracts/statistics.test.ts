import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CheckResult } from '#lib/contracts/result.ts';
import { checkOf, type Entry, openTinyTables, tinyRoot, validate } from './tiny-table.ts';

openTinyTables();

type Numbers = Readonly<Record<string, number>>;

// SciPy 1.17.1 and NumPy 2.4.6 by make-statistics.py.
interface Expected {
  readonly before: string;
  readonly now: string;
  readonly psi: Numbers;
  readonly ks: Readonly<Record<string, readonly [number, number]>>;
  readonly mean: Numbers;
  readonly stddev: Numbers;
  readonly quantile: Numbers;
  readonly nullRate: Numbers;
  readonly labelRate: Numbers;
  readonly filtered: number;
  readonly outlierShare: Numbers;
  readonly correlationStability: Numbers;
}

const fixture = join(import.meta.dirname, '../../fixtures/contracts/statistics.json');
const expected = JSON.parse(readFileSync(fixture, 'utf8')) as Expected;
const COLUMNS = [
  { name: 'x', logicalType: 'number' },
  { name: 'y', logicalType: 'number' },
  { name: 'z', logicalType: 'number' },
  { name: 'count', logicalType: 'integer' },
  { name: 'kind', logicalType: 'string' },
] as const;

beforeAll(() => {
  writeFileSync(join(tinyRoot(), 'before.csv'), expected.before);
  writeFileSync(join(tinyRoot(), 'short.csv'), 'x,kind\n1,cash\n');
  writeFileSync(
    join(tinyRoot(), 'wide.csv'),
    `id\n${Array.from({ length: 1001 }, (_, i) => `i${i}`).join('\n')}\n`,
  );
});

interface Asked {
  readonly csv?: string;
  /** Further keys of the column. */
  readonly more?: Entry;
  readonly columns?: readonly Entry[];
}

/** The check of one metric, of a column or, without one, of the table. */
async function measure(
  implementation: Entry,
  column?: string,
  { csv = expected.now, more = {}, columns = COLUMNS }: Asked = {},
): Promise<CheckResult> {
  const rule = { type: 'custom', engine: 'mainline', name: 'asked', implementation };
  const withRule = columns.map(one => (one['name'] === column ? { ...one, ...more, quality: [rule] } : one));
  const table = column === undefined ? { quality: [rule] } : {};
  const result = await validate({ csv, columns: withRule, table });
  return checkOf(result, column === undefined ? 'asked' : `${column}.asked`);
}

const BEFORE = { reference: 'before.csv', mustBeLessThan: 1e9 };

describe('a metric of ours gives what SciPy and NumPy give:', () => {
  test.each([
    [{ metric: 'psi', ...BEFORE }, 'x', expected.psi['x']],
    [{ metric: 'psi', bins: 4, ...BEFORE }, 'z', expected.psi['z']],
    [{ metric: 'psi', ...BEFORE }, 'count', expected.psi['count']],
    [{ metric: 'psi', ...BEFORE }, 'kind', expected.psi['kind']],
    [{ metric: 'ks', ...BEFORE }, 'x', expected.ks['x']?.[0]],
    [{ metric: 'ks', ...BEFORE }, 'z', expected.ks['z']?.[0]],
    [{ metric: 'mean', mustBeLessThan: 1e9 }, 'x', expected.mean['x']],
    [{ metric: 'mean', mustBeLessThan: 1e9 }, 'z', expected.mean['z']],
    [{ metric: 'mean', mustBeLessThan: 1e9, filter: "y > 8 and kind = 'cash'" }, 'z', expected.filtered],
    [{ metric: 'stddev', mustBeLessThan: 1e9 }, 'x', expected.stddev['x']],
    [{ metric: 'stddev', mustBeLessThan: 1e9 }, 'z', expected.stddev['z']],
    [{ metric: 'quantile', mustBeLessThan: 1e9 }, 'z', expected.quantile['z0.5']],
    [{ metric: 'quantile', quantile: 0.95, mustBeLessThan: 1e9 }, 'z', expected.quantile['z0.95']],
    [{ metric: 'nullRate', mustBeLessThan: 1 }, 'x', expected.nullRate['x']],
    [{ metric: 'labelRate', label: 'cash', mustBeLessThan: 1 }, 'kind', expected.labelRate['cash']],
    [{ metric: 'labelRate', label: 0, mustBeLessThan: 1 }, 'count', expected.labelRate['zero']],
    [{ metric: 'outlierShare', ...BEFORE }, 'x', expected.outlierShare['x']],
    [{ metric: 'outlierShare', fence: 'iqr', ...BEFORE }, 'z', expected.outlierShare['z']],
    [{ metric: 'outlierShare', ...BEFORE }, 'count', expected.outlierShare['count']],
  ])('%o of %s', async (implementation, column, value) => {
    const found = await measure(implementation, column);
    expect(found).toMatchObject({ outcome: 'passed', failingRows: null, samples: [] });
    expect((found.value ?? 0) / (value ?? 0)).toBeCloseTo(1, 10);
  });

  test.each([
    [{}, expected.correlationStability['spearman']],
    [{ method: 'pearson' }, expected.correlationStability['pearson']],
    [{ limit: 0.6, columns: ['x', 'y', 'z', 'count'] }, expected.correlationStability['wide']],
  ])('correlationStability %o', async (options, value) => {
    const found = await measure({ metric: 'correlationStability', ...BEFORE, ...options });
    expect(found.value).toBeCloseTo(value ?? Number.NaN, 12);
  });

  test('the two-sided p-value of ks', async () => {
    const [, p = 1] = expected.ks['x'] ?? [];
    expect(p).toBeLessThan(1e-4);
    const { detail } = await measure({ metric: 'ks', ...BEFORE }, 'x');
    expect(detail).toEqual(['289 values against 381: two-sided p below 0.0001']);
  });

  test('with a reference, how far the value lies from its value there', async () => {
    const [now = 0, before = 0] = [expected.mean['z'], expected.mean['zBefore']];
    const absolute = await measure({ metric: 'mean', ...BEFORE }, 'z');
    expect(absolute.value).toBeCloseTo(now - before, 9);
    const relative = await measure({ metric: 'mean', change: 'relative', ...BEFORE }, 'z');
    expect(relative.value).toBeCloseTo((now - before) / before, 6);
    const less = await measure({ metric: 'nullRate', ...BEFORE }, 'x');
    expect(less.value).toBeCloseTo((expected.nullRate['xBefore'] ?? 0) - (expected.nullRate['x'] ?? 0), 12);
  });
});

describe('what was measured is told:', () => {
  test('psi tells the bins that moved most, and what chance alone gives', async () => {
    const found = await measure({ metric: 'psi', reference: 'before.csv', mustBeLessThan: 0.1 }, 'kind');
    expect(found).toMatchObject({ outcome: 'failed', threshold: '< 0.1' });
    expect(found.detail?.slice(0, 2)).toEqual([
      // (4 - 1) * (1 / 300 + 1 / 400)
      '300 rows against 400: without any change it is about 0.018',
      'new to the reference: 0 % before, 4 % now',
    ]);
  });

  test('correlations tell the pairs that moved', async () => {
    const found = await measure({ metric: 'correlationStability', reference: 'before.csv', mustBe: 1 });
    expect(found.detail?.[0]).toBe('3 of 6 pairs of columns moved by less than 0.1');
    expect(found.detail?.[1]).toMatch(/^. with z: -?0\.\d+ before, 0\.\d+ now$/u);
  });

  test('nothing of a private column is quoted', async () => {
    const more = { classification: 'personal' };
    for (const implementation of [
      { metric: 'psi', ...BEFORE },
      { metric: 'outlierShare', ...BEFORE },
      { metric: 'quantile', quantile: 1, ...BEFORE },
    ]) {
      const { detail = [] } = await measure(implementation, 'z', { more });
      expect(detail.join('\n')).not.toMatch(/\d\.\d+ to|above|up to|before, -?\d+\.\d+ now/u);
    }
    const kinds = await measure({ metric: 'psi', ...BEFORE }, 'kind', { more });
    expect(kinds.detail?.join('\n')).not.toMatch(/cash|card|credit/u);
    const largest = { metric: 'quantile', quantile: 1, mustBeLessThan: 5 };
    expect(await measure(largest, 'z', { more })).toMatchObject({ outcome: 'failed', value: null });
    expect((await measure(largest, 'z')).value).toBe(11.1);
  });
});

describe('what cannot be measured never passes:', () => {
  test.each([
    [{ metric: 'mean', mustBe: 1 }, 'kind', 'kind holds no numbers'],
    [{ metric: 'ks', reference: 'before.csv', mustBe: 0 }, 'kind', 'kind holds no numbers'],
    [
      { metric: 'mean', mustBe: 1, filter: 'nothing > 1' },
      'z',
      'the filter names "nothing", which is no column of the contract',
    ],
    [
      { metric: 'mean', mustBe: 1, filter: 'z > (select 1)' },
      'z',
      'the filter holds a query of its own, and may only look at its row',
    ],
    [
      { metric: 'mean', mustBe: 1, filter: 'kind::INTEGER > 1' },
      'z',
      'the filter does not run in every row (Conversion Error)',
    ],
    [{ metric: 'mean', mustBe: 1, filter: 'y > 1e7' }, 'z', 'the data has no value of z'],
    [{ metric: 'mean', mustBe: 1 }, undefined, 'mean is of a column, and this rule is of a table'],
    [
      { metric: 'correlationStability', mustBe: 1 },
      'z',
      'correlationStability is of a table, and this rule is of a column',
    ],
    [
      { metric: 'correlationStability', reference: 'before.csv', mustBe: 1, columns: ['x', 'kind'] },
      undefined,
      'kind does not hold numbers in both versions',
    ],
    [
      { metric: 'correlationStability', reference: 'before.csv', mustBe: 1, columns: ['x', 'a'] },
      undefined,
      'the contract has no column a',
    ],
  ])('%o of %s', async (implementation, column, reason) => {
    const found = await measure(implementation, column);
    expect(found).toMatchObject({ outcome: 'failed', value: null, reason });
  });

  test('an identifier is no category', async () => {
    const columns = [{ name: 'id', logicalType: 'string' }];
    const psi = { metric: 'psi', reference: 'wide.csv', mustBeLessThan: 1 };
    const found = await measure(psi, 'id', { csv: 'id\ni1\n', columns });
    expect(found).toMatchObject({
      outcome: 'failed',
      reason: 'id has more than 1000 different values in wide.csv',
    });
  });
});

test.each([
  ['main', 'there is no file main to compare with'],
  ['../before.csv', 'there is no file ../before.csv to compare with'],
  ['/etc/passwd', 'there is no file /etc/passwd to compare with'],
  ['short.csv', 'short.csv has no column z'],
])('without the reference %s the check is skipped', async (reference, reason) => {
  const found = await measure({ metric: 'psi', reference, mustBeLessThan: 0.2 }, 'z');
  expect(found).toMatchObject({ outcome: 'skipped', value: null, reason });
});
