import { describe, expect, test } from 'vitest';
import { checkOf, openTinyTables, outcomeOf, validate } from './tiny-table.ts';

openTinyTables();

describe('columns', () => {
  test('of the contract are in the file, by their physical name', async () => {
    const columns = [
      { name: 'a', physicalName: 'A1', required: true },
      { name: 'b', required: true, unique: true },
    ];
    const result = await validate({ csv: 'A1,c\n1,2\n', columns });
    expect(result.checks.map(({ id, outcome, value, reason }) => [id, outcome, value, reason])).toEqual([
      ['rows', 'passed', 1, undefined],
      ['columns', 'failed', 1, undefined],
      ['a.present', 'passed', 1, undefined],
      ['a.required', 'passed', 0, undefined],
      ['b.present', 'failed', 0, undefined],
      ['b.required', 'skipped', null, 'the file has no column b'],
      ['b.unique', 'skipped', null, 'the file has no column b'],
    ]);
    expect(checkOf(result, 'columns').says).toBe('every column is in the contract (not in it: c)');
    expect(result.passed).toBe(false);
  });

  test('are told apart by case', async () => {
    const result = await validate({ csv: 'Hour\n1\n', columns: [{ name: 'hour' }] });
    expect(checkOf(result, 'hour.present').outcome).toBe('failed');
    expect(checkOf(result, 'columns').says).toContain('not in it: Hour');
  });

  test('may stand in another order', async () => {
    expect((await validate({ csv: 'b,a\n1,2\n', columns: [{ name: 'a' }, { name: 'b' }] })).passed).toBe(
      true,
    );
  });

  test('in a contract without any are all unexpected', async () => {
    const result = await validate({ csv: 'a,b\n1,2\n', columns: [], table: { properties: undefined } });
    expect(checkOf(result, 'columns')).toMatchObject({ outcome: 'failed', value: 2 });
  });
});

describe('rows', () => {
  test('a file without any fails, whatever else holds', async () => {
    const columns = [{ name: 'a', required: true, unique: true, logicalType: 'integer' }];
    const result = await validate({ csv: 'a\n', columns });
    expect(checkOf(result, 'rows')).toMatchObject({ outcome: 'failed', value: 0, threshold: '> 0' });
    expect(result).toMatchObject({
      passed: false,
      data: { rows: 0 },
      ratios: { schemaCompliance: 1, completeness: 1 },
    });
  });

  test('an empty line of a file with one column is a missing value', async () => {
    const result = await validate({ csv: 'a\n1\n\n2\n', columns: [{ name: 'a', required: true }] });
    expect(result.data.rows).toBe(3);
    expect(checkOf(result, 'a.required').samples).toEqual([{ line: 3, value: '(missing)' }]);
  });

  test('are counted into shares: three of four have their types, two of four are complete', async () => {
    const columns = [
      { name: 'a', logicalType: 'integer', required: true },
      { name: 'b', logicalType: 'date', required: true },
      { name: 'c', logicalType: 'integer' },
    ];
    const csv = 'a,b,c\n1,2024-01-01,\n,2024-01-01,1\nx,gestern,x\n4,NA,2\n';
    expect((await validate({ csv, columns })).ratios).toEqual({ schemaCompliance: 0.75, completeness: 0.5 });
  });

  test('are all incomplete when the file has no column of a required name', async () => {
    const columns = [{ name: 'a' }, { name: 'b', required: true }];
    expect((await validate({ csv: 'a\n1\n2\n', columns })).ratios.completeness).toBe(0);
    const optional = [{ name: 'a' }, { name: 'b' }];
    expect((await validate({ csv: 'a\n1\n2\n', columns: optional })).ratios.completeness).toBe(1);
  });
});

describe('required', () => {
  test('an empty field and NA are missing, quoted or not; blanks and other words are not', async () => {
    const values = ['', 'NA', '""', '"NA"', ' ', 'na', 'null', 'N/A'];
    const broken = ['(missing)', '(missing)', '(missing)', '(missing)'];
    expect(await outcomeOf('required', { required: true }, values)).toEqual({
      outcome: 'failed',
      rows: 4,
      values: broken,
    });
    expect((await outcomeOf('required', { required: true }, [' ', '0'])).outcome).toBe('passed');
  });

  test('a part of the primary key is required', async () => {
    expect(await outcomeOf('required', { primaryKey: true }, ['1', ''])).toMatchObject({
      outcome: 'failed',
      rows: 1,
    });
  });
});

describe('unique', () => {
  test('counts the rows that repeat an earlier one', async () => {
    const values = ['x', 'y', 'x', 'x', 'z', 'z'];
    expect(await outcomeOf('unique', { unique: true }, values)).toEqual({
      outcome: 'failed',
      rows: 3,
      values: ['x', 'x', 'z'],
    });
  });

  test('missing values are no duplicates; 1, 1.0 and upper case are not the same text', async () => {
    const values = ['', '', 'NA', '1', '1.0', 'a', 'A'];
    expect(await outcomeOf('unique', { unique: true }, values)).toMatchObject({ outcome: 'passed', rows: 0 });
  });
});

describe('a primary key', () => {
  const columns = [
    { name: 'shop', primaryKey: true, primaryKeyPosition: 2 },
    { name: 'order', primaryKey: true, primaryKeyPosition: 1 },
  ];

  test('of two columns is unique as a pair, in its own order', async () => {
    const result = await validate({ csv: 'shop,order\n1,1\n1,2\n2,1\n1,2\n,1\n,1\n', columns });
    expect(checkOf(result, 'primaryKey')).toMatchObject({
      outcome: 'failed',
      says: 'order and shop together name one row only',
      failingRows: 1,
      failingShare: 1 / 6,
      samples: [{ line: 5, value: '2, 1' }],
    });
    expect(checkOf(result, 'shop.required').failingRows).toBe(2);
  });

  test('does not take 1 and 23 for 12 and 3', async () => {
    const result = await validate({ csv: 'shop,order\n1,23\n12,3\n"1,","2"\n1,",2"\n', columns });
    expect(checkOf(result, 'primaryKey').outcome).toBe('passed');
  });

  test('is not checked without one of its columns', async () => {
    const check = checkOf(await validate({ csv: 'shop\n1\n1\n', columns }), 'primaryKey');
    expect(check).toMatchObject({ outcome: 'skipped', reason: 'the file has no column order' });
  });

  test('of one column reads as such', async () => {
    const result = await validate({ csv: 'a\n1\n1\n', columns: [{ name: 'a', primaryKey: true }] });
    expect(checkOf(result, 'primaryKey')).toMatchObject({
      outcome: 'failed',
      says: 'a names one row only',
      failingRows: 1,
    });
  });
});

describe('what nobody checks yet is told:', () => {
  test('nested values, with a logical type or without', async () => {
    const columns = [
      { name: 'a', logicalType: 'object', properties: [{ name: 'x', required: true }] },
      { name: 'b', logicalType: 'array', items: { logicalType: 'integer' } },
      { name: 'c', properties: [{ name: 'x', required: true }] },
      { name: 'd', items: { logicalType: 'integer' } },
    ];
    const result = await validate({ csv: 'a,b,c,d\n{},[],{},[]\n', columns });
    for (const { name } of columns) {
      expect(checkOf(result, `${name}.type`)).toMatchObject({
        outcome: 'skipped',
        reason: 'nested values are not checked in CSV files',
      });
    }
  });
});

test('every check has an id of its own, also where names collide', async () => {
  const rule = { metric: 'rowCount', mustBeGreaterThan: 0 };
  const table = {
    quality: [
      { ...rule, name: 'size' },
      { ...rule, name: 'size' },
      { ...rule, name: 'size-2' },
      { ...rule, id: 'rows' },
    ],
  };
  const columns = [{ name: 'a', required: true }, { name: 'a' }];
  const ids = (await validate({ csv: 'a\n1\n', columns, table })).checks.map(({ id }) => id);
  expect(ids).toEqual([
    'rows',
    'columns',
    'a.present',
    'a.required',
    'a.present-2',
    'size',
    'size-3',
    'size-2',
    'rows-2',
  ]);
});
