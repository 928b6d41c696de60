import { describe, expect, test } from 'vitest';
import { brokenOf, check, checkFile, openDataLab, writeParquet } from './data-lab.ts';

openDataLab();

/** Whole numbers that may not be missing; every eleventh has a bound. */
const columns = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ name: `c${i}`, logicalType: 'integer', required: true },
    ...(i % 11 === 0 && { logicalTypeOptions: { maximum: 9 } }),
  }));
const numbers = (count: number, of: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => of(i)).join(',');

describe('a table of very many columns is checked as any other:', () => {
  test('10,000 of Parquet', async () => {
    const list = numbers(
      10_000,
      i => `${i === 77 ? 'range + 9' : i === 9_999 ? 'nullif(range, 1)' : 'range'} AS c${i}`,
    );
    await writeParquet('wide.parquet', `SELECT ${list} FROM range(3)`);
    expect(brokenOf(await checkFile('wide.parquet', { columns: columns(10_000) }))).toEqual({
      ...{ total: 3, 'c77.maximum': 2, 'c9999.required': 1 },
    });
  });

  test('2,000 of CSV', async () => {
    const rows = [0, 1, 2].map(row =>
      numbers(2000, i => (i === 1999 && row === 1 ? 'x' : i === 7 ? '' : `${row}`)),
    );
    const text = [numbers(2000, i => `c${i}`), ...rows, ''].join('\n');
    expect(brokenOf(await check('wide.csv', text, { columns: columns(2000) }))).toEqual({
      ...{ total: 3, 'c7.required': 3, 'c1999.type': 1 },
    });
  });

  test('1,000 keys of JSON lines, with a list of values each', async () => {
    const rule = { metric: 'invalidValues', arguments: { validValues: ['a', 'b'] }, mustBe: 0 };
    const listed = Array.from({ length: 1000 }, (_, i) => ({
      name: `c${i}`,
      logicalType: 'string',
      quality: [rule],
    }));
    const row = (of: (i: number) => string) =>
      `${JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`c${i}`, of(i)])))}\n`;
    const text = `${row(() => 'a')}${row(i => (i === 500 ? 'c' : 'b'))}`;
    expect(brokenOf(await check('wide.jsonl', text, { columns: listed }))).toEqual({
      ...{ total: 2, 'c500.invalidValues': 1 },
    });
  });

  test('10,000 in the header alone, with a contract of one', async () => {
    const text = `${numbers(10_000, i => `c${i}`)}\n${numbers(10_000, () => '1')}\n`;
    const { data, checks } = await check('wide.csv', text, { columns: [{ name: 'c9999' }] });
    expect(data.rows).toBe(1);
    expect(checks.find(({ id }) => id === 'columns')).toMatchObject({ outcome: 'failed' });
    expect(checks.find(({ id }) => id === 'columns')?.reason?.length ?? 0).toBeLessThan(1000);
  });
});
