import { describe, expect, test } from 'vitest';
import { checkOf, type Entry, openTinyTables, validate } from './tiny-table.ts';

openTinyTables();

/** The outcome of one rule on a column `a` with these values. */
async function columnRule(rule: Entry, values: readonly string[]) {
  const csv = ['n,a', ...values.map((value, i) => `${i},${value}`), ''].join('\n');
  const result = await validate({
    csv,
    columns: [{ name: 'n' }, { name: 'a', quality: [{ id: 'rule', ...rule }] }],
    contract: versionOf(rule),
  });
  return { ...checkOf(result, 'a.rule'), contractPassed: result.passed };
}

/** The outcome of one rule on a table. */
async function tableRule(rule: Entry, csv: string) {
  const columns = (csv.split('\n')[0] ?? '').split(',').map(name => ({ name }));
  const table = { quality: [{ id: 'rule', ...rule }] };
  return checkOf(await validate({ csv, columns, table, contract: versionOf(rule) }), 'rule');
}

/** Only version 3.0 has the word rule in place of metric. */
function versionOf(rule: Entry): Entry {
  return 'rule' in rule ? { apiVersion: 'v3.0.2' } : {};
}

describe('nullValues and missingValues', () => {
  const values = ['1', '', 'NA', 'n/a', 'N/A', '-999', '-999.0', '-9990'];

  test('nullValues counts what is missing', async () => {
    expect(await columnRule({ metric: 'nullValues', mustBe: 0 }, values)).toMatchObject({
      outcome: 'failed',
      value: 2,
      failingRows: 2,
    });
  });

  test('missingValues also counts the words that stand for it, numbers as numbers', async () => {
    const words = [null, '', 'n/a', -999];
    const check = await columnRule(
      { metric: 'missingValues', arguments: { missingValues: words }, mustBe: 0 },
      values,
    );
    expect(check).toMatchObject({ outcome: 'failed', value: 5 });
    expect(check.samples.map(sample => sample.value)).toEqual([
      '(missing)',
      '(missing)',
      'n/a',
      '-999',
      '-999.0',
    ]);
  });

  test('missingValues without words counts what is missing', async () => {
    expect(await columnRule({ metric: 'missingValues', mustBe: 2 }, values)).toMatchObject({
      outcome: 'passed',
      value: 2,
    });
  });

  test('a word may be hostile', async () => {
    const words = ["'; DROP TABLE x; --", 'a\0b'];
    const rule = { metric: 'missingValues', arguments: { missingValues: words }, mustBe: 0 };
    expect(await columnRule(rule, ["'; DROP TABLE x; --", 'a'])).toMatchObject({ value: 1 });
  });
});

describe('invalidValues', () => {
  test('of a list of texts: as they are written', async () => {
    const rule = { metric: 'invalidValues', arguments: { validValues: ['Mon', "O'Neil", ' '] }, mustBe: 0 };
    const check = await columnRule(rule, ['Mon', 'mon', "O'Neil", ' ', '', 'Mon ']);
    expect(check).toMatchObject({ outcome: 'failed', value: 2, says: "a is one of Mon, O'Neil,  " });
    expect(check.samples.map(sample => sample.value)).toEqual(['mon', 'Mon ']);
  });

  test('of a list of numbers: as numbers', async () => {
    const rule = { metric: 'invalidValues', arguments: { validValues: [1, 0.3, 1e21, -2] }, mustBe: 0 };
    const check = await columnRule(rule, ['1', '1.0', '0.30', '1e21', '-2', '', 'x', '3']);
    expect(check).toMatchObject({ outcome: 'failed', value: 2 });
    expect(check.samples.map(sample => sample.value)).toEqual(['x', '3']);
  });

  test('of a list of both, and of true and false', async () => {
    const rule = { metric: 'invalidValues', arguments: { validValues: [1, 'one', true, null] }, mustBe: 0 };
    const check = await columnRule(rule, ['1.0', 'one', 'true', 'null', 'two', '']);
    expect(check.samples.map(sample => sample.value)).toEqual(['null', 'two']);
  });

  test('of an empty list: every value that is there', async () => {
    const rule = { metric: 'invalidValues', arguments: { validValues: [] }, mustBe: 0 };
    expect(await columnRule(rule, ['1', '', 'x'])).toMatchObject({ outcome: 'failed', value: 2 });
  });

  test('of a pattern, alone and with a list: a value breaks one of the two', async () => {
    const pattern = '^[A-Z]';
    const alone = await columnRule({ metric: 'invalidValues', arguments: { pattern }, mustBe: 0 }, [
      'Ab',
      'ab',
      '',
    ]);
    expect(alone).toMatchObject({ value: 1, says: 'a matches ^[A-Z]' });
    const rule = { metric: 'invalidValues', arguments: { pattern, validValues: ['Ab', 'ab'] }, mustBe: 0 };
    const both = await columnRule(rule, ['Ab', 'ab', 'Xy', 'xy', '']);
    expect(both).toMatchObject({ value: 3, says: 'a is one of Ab, ab and matches ^[A-Z]' });
  });

  test('a long list is told in part', async () => {
    const rule = {
      metric: 'invalidValues',
      arguments: { validValues: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
      mustBe: 0,
    };
    expect((await columnRule(rule, ['1'])).says).toBe('a is one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more');
  });
});

describe('duplicateValues', () => {
  const csv = 'a,b\n1,1\n1,2\n1,1\n2,1\n1,1\n,1\n,1\n';

  test('of a column', async () => {
    const check = await columnRule({ metric: 'duplicateValues', mustBeLessThan: 2 }, [
      'x',
      'x',
      'x',
      'y',
      '',
      '',
    ]);
    expect(check).toMatchObject({ outcome: 'failed', value: 2, failingRows: 2, threshold: '< 2' });
  });

  test('of columns of a table together', async () => {
    const rule = { metric: 'duplicateValues', arguments: { properties: ['a', 'b'] }, mustBe: 0 };
    expect(await tableRule(rule, csv)).toMatchObject({
      outcome: 'failed',
      value: 2,
      samples: [
        { line: 4, value: '1, 1' },
        { line: 6, value: '1, 1' },
      ],
    });
  });

  test('in percent of the rows', async () => {
    const rule = {
      metric: 'duplicateValues',
      arguments: { properties: ['b'] },
      unit: 'percent',
      mustBeLessThan: 71,
    };
    expect(await tableRule(rule, csv)).toMatchObject({
      outcome: 'failed',
      value: 500 / 7,
      failingRows: 5,
      threshold: '< 71 percent',
    });
  });
});

describe('percent', () => {
  test('of the rows, exact where the number is: 7 of 100 are 7 percent', async () => {
    const values = Array.from({ length: 100 }, (_, i) => (i < 7 ? '' : 'x'));
    const rule = { metric: 'nullValues', unit: 'percent' };
    expect(await columnRule({ ...rule, mustBe: 7 }, values)).toMatchObject({
      outcome: 'passed',
      value: 7,
      failingRows: 7,
      failingShare: 0.07,
    });
    expect((await columnRule({ ...rule, mustBeLessOrEqualTo: 7 }, values)).outcome).toBe('passed');
    expect((await columnRule({ ...rule, mustBeLessThan: 7 }, values)).outcome).toBe('failed');
  });

  const VALUES = ['a', 'a', 'b', 'x1', 'x2', '', 'NA', 'a'];
  const there = VALUES.filter(value => value !== '' && value !== 'NA');
  test.each([
    ['nullValues', {}, VALUES.length - there.length],
    ['missingValues', { missingValues: ['b'] }, VALUES.length - there.filter(value => value !== 'b').length],
    ['invalidValues', { validValues: ['a', 'b'] }, there.filter(value => !['a', 'b'].includes(value)).length],
    ['invalidValues', { pattern: '^[a-z]$' }, there.filter(value => !/^[a-z]$/.test(value)).length],
    ['duplicateValues', {}, there.length - new Set(there).size],
  ])('%s %j is held against every operator, in percent and in rows', async (metric, args, rows) => {
    const given = Object.keys(args).length > 0 ? { arguments: args } : {};
    const percent = (rows / VALUES.length) * 100;
    for (const [unit, value] of [
      ['percent', percent],
      [' % ', percent],
      ['rows', rows],
      ['Rows', rows],
    ] as const)
      for (const [operator, operand, keeps] of [
        ['mustBe', value, true],
        ['mustBe', value + 1, false],
        ['mustNotBe', value, false],
        ['mustBeGreaterThan', value, false],
        ['mustBeGreaterThan', value - 1, true],
        ['mustBeGreaterOrEqualTo', value, true],
        ['mustBeLessThan', value, false],
        ['mustBeLessThan', value + 1, true],
        ['mustBeLessOrEqualTo', value, true],
        ['mustBeBetween', [value, value + 1], false],
        ['mustBeBetween', [value - 1, value + 1], true],
        ['mustNotBeBetween', [value, value + 1], true],
        ['mustNotBeBetween', [value - 1, value + 1], false],
      ] as const) {
        const check = await columnRule({ metric, ...given, unit, [operator]: operand }, VALUES);
        const outcome = keeps ? 'passed' : 'failed';
        expect([unit, operator, operand, check.value, check.failingRows, check.outcome]).toEqual([
          ...[unit, operator, operand, value, rows, outcome],
        ]);
      }
  });
});

test('a query of version 3.0 without an operator is not held against 0 in silence', async () => {
  const table = { quality: [{ type: 'sql', name: 'open', query: 'SELECT 0' }] };
  const contract = { apiVersion: 'v3.0.2' };
  const result = await validate({ csv: 'a\n1\n', columns: [{ name: 'a' }], table, contract });
  const reason = 'the query has no operator to hold its number against';
  expect(checkOf(result, 'open')).toMatchObject({ outcome: 'skipped', reason });
});

test('nor is a rule of the library, whose number might as well be the one that is wanted', async () => {
  const reason = 'the rule has no operator to hold its number against';
  const of = (rule: string) => columnRule({ rule }, ['x', '']);
  expect(await of('nullValues')).toMatchObject({
    ...{ outcome: 'skipped', says: 'missing values of a', value: null, reason },
  });
  expect(await tableRule({ rule: 'rowCount' }, 'a\n1\n')).toMatchObject({ outcome: 'skipped', reason });
  expect(await of('nullCheck')).toMatchObject({ reason: 'the metric nullCheck is not known' });
});

test('dimension and tags of a rule stand in its result', async () => {
  const marked = { dimension: 'completeness', tags: ['nightly', 'pii'] };
  expect(await columnRule({ metric: 'nullValues', mustBe: 0, ...marked }, ['x'])).toMatchObject(marked);
  expect(await columnRule({ type: 'text', description: 'as told', ...marked }, ['x'])).toMatchObject(marked);
  expect(Object.keys(await columnRule({ metric: 'nullValues', mustBe: 0 }, ['x']))).not.toContain(
    'dimension',
  );
});

describe('rowCount', () => {
  test.each([
    ['mustBe', 3, 4],
    ['mustNotBe', 4, 3],
    ['mustBeGreaterThan', 2, 3],
    ['mustBeGreaterOrEqualTo', 3, 4],
    ['mustBeLessThan', 4, 3],
    ['mustBeLessOrEqualTo', 3, 2],
    ['mustBeBetween', [2, 4], [3, 4]],
    ['mustNotBeBetween', [3, 4], [2, 4]],
  ])('of three rows %s %o, not %o', async (operator, kept, broken) => {
    const csv = 'a\n1\n2\n3\n';
    expect(await tableRule({ metric: 'rowCount', [operator]: kept }, csv)).toMatchObject({
      outcome: 'passed',
      value: 3,
    });
    expect(await tableRule({ metric: 'rowCount', [operator]: broken }, csv)).toMatchObject({
      outcome: 'failed',
      failingRows: null,
    });
  });

  test('by the word of version 3.0', async () => {
    expect(await tableRule({ rule: 'rowCount', mustBe: 1 }, 'a\n1\n')).toMatchObject({
      outcome: 'passed',
      rule: 'rowCount',
    });
  });
});

describe('severity', () => {
  test.each(['warning', 'info', 'WARN', 'low', ' Minor ', 'trivial'])(
    '%s is told and fails nothing',
    async severity => {
      const check = await columnRule({ metric: 'nullValues', mustBe: 0, severity }, ['']);
      expect(check).toMatchObject({ severity: 'warning', outcome: 'failed', contractPassed: true });
    },
  );

  test.each(['error', 'critical', 'high', undefined])('%s fails the contract', async severity => {
    const check = await columnRule({ metric: 'nullValues', mustBe: 0, severity }, ['']);
    expect(check).toMatchObject({ severity: 'error', outcome: 'failed', contractPassed: false });
  });
});

describe('a rule that cannot be run never passes:', () => {
  const nulls = { metric: 'nullValues' };
  test.each([
    ['text as a number', { ...nulls, mustBe: 'zero' }, 'mustBe is not a number'],
    ['digits in quotes', { ...nulls, mustBe: '0' }, 'mustBe is not a number'],
    ['null, which counts as 0 elsewhere', { ...nulls, mustBe: null }, 'mustBe is not a number'],
    ['false, which counts as 0 elsewhere', { ...nulls, mustBe: false }, 'mustBe is not a number'],
    [
      'a list, which counts as its number elsewhere',
      { ...nulls, mustNotBe: [5] },
      'mustNotBe is not a number',
    ],
    ['a map', { ...nulls, mustNotBe: { a: 1 } }, 'mustNotBe is not a number'],
    [
      'another unit',
      { ...nulls, mustBe: 0, unit: 'bananas' },
      'the unit bananas is not known, only rows and percent',
    ],
    [
      'rows in percent',
      { metric: 'rowCount', mustBe: 100, unit: 'percent' },
      'a number of rows is not in percent',
    ],
    [
      'invalid by no rule',
      { metric: 'invalidValues', mustBe: 0 },
      'invalidValues needs validValues or a pattern',
    ],
    [
      'a list that is text',
      { metric: 'invalidValues', arguments: { validValues: 'x' }, mustBe: 0 },
      'the argument validValues is not a list of plain values',
    ],
    [
      'a list of maps',
      { metric: 'invalidValues', arguments: { validValues: [{ a: 1 }] }, mustBe: 0 },
      'the argument validValues is not a list of plain values',
    ],
    [
      'a pattern that is a number',
      { metric: 'invalidValues', arguments: { pattern: 1 }, mustBe: 0 },
      'the argument pattern is not text',
    ],
    [
      'a pattern that is none',
      { metric: 'invalidValues', arguments: { pattern: '(' }, mustBe: 0 },
      'the pattern is not a regular expression',
    ],
    [
      'a misspelt argument',
      { metric: 'invalidValues', arguments: { validValue: ['x'] }, mustBe: 0 },
      'invalidValues has no argument validValue, did you mean validValues?',
    ],
    [
      'an argument of another metric',
      { ...nulls, arguments: { missingValues: ['x'] }, mustBe: 0 },
      'nullValues has no argument missingValues',
    ],
    [
      'words that are no list',
      { metric: 'missingValues', arguments: { missingValues: 'x' }, mustBe: 0 },
      'the argument missingValues is not a list of plain values',
    ],
    [
      'columns at a column',
      { metric: 'duplicateValues', arguments: { properties: ['n'] }, mustBe: 0 },
      'properties belongs to a rule of the table',
    ],
    [
      'a word of version 3.0',
      { rule: 'duplicateCount', mustBe: 0 },
      'the metric duplicateCount is not known',
    ],
    [
      'words for people',
      { type: 'text', description: 'looks fine' },
      'a rule in words is for people to check',
    ],
    ['nothing but a name', { name: 'plausible' }, 'a rule in words is for people to check'],
    ['SQL that must be text', { type: 'sql', query: 'SELECT 1', mustBe: 'x' }, 'mustBe is not a number'],
    [
      'another engine',
      { type: 'custom', engine: 'soda', implementation: 'x' },
      'rules of soda are left to it',
    ],
  ])('%s', async (_, rule, reason) => {
    expect(await columnRule(rule, ['x', ''])).toMatchObject({
      ...{ outcome: 'skipped', reason, value: null, failingRows: null, failingShare: null, samples: [] },
      contractPassed: true,
    });
  });

  test.each([
    [
      'a column that no contract has',
      { metric: 'duplicateValues', arguments: { properties: ['b'] }, mustBe: 0 },
      'the contract has no column b',
    ],
    ['no columns', { metric: 'duplicateValues', mustBe: 0 }, 'duplicateValues of a table needs properties'],
    [
      'an empty list of columns',
      { metric: 'duplicateValues', arguments: { properties: [] }, mustBe: 0 },
      'duplicateValues of a table needs properties',
    ],
    ['missing values of no column', { ...nulls, mustBe: 0 }, 'nullValues needs a column'],
    [
      'invalid values of no column',
      { metric: 'invalidValues', arguments: { validValues: [1] }, mustBe: 0 },
      'invalidValues needs a column',
    ],
  ])('of a table, %s', async (_, rule, reason) => {
    expect(await tableRule(rule, 'a\n1\n1\n')).toMatchObject({ outcome: 'skipped', reason });
  });
});
