import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillPlaceholders } from '#lib/contracts/query-text.ts';
import type { CheckResult } from '#lib/contracts/result.ts';
import { openPartials } from '#lib/contracts/run/partials.ts';
import { checkFiles } from './tiny-files.ts';
import { checkOf, type Entry, openTinyTables, tinyRoot, validate } from './tiny-table.ts';

openTinyTables();

const CSV =
  'id,price,day,paid,note\n1,2.5,2024-01-01,true,\n2,x,2024-01-02,FALSE,b\n3,4,gestern,no,NA\n4,,2024-01-03,true,c\n';
const COLUMNS = [
  { name: 'id', logicalType: 'integer' },
  { name: 'price', logicalType: 'number' },
  { name: 'day', logicalType: 'date' },
  { name: 'paid', logicalType: 'boolean' },
  { name: 'note' },
];

/** The result of one query of the table. */
async function ask(query: string, limit: Entry = { mustBe: 0 }): Promise<CheckResult> {
  const table = { quality: [{ type: 'sql', name: 'asked', query, ...limit }] };
  return checkOf(await validate({ csv: CSV, columns: COLUMNS, table }), 'asked');
}

describe('a query', () => {
  test.each([
    ['SELECT count(*) FROM tiny', 4],
    ['SELECT count(*) FROM {object}', 4],
    [`SELECT count(*) FROM \${object} WHERE price > 3;`, 1],
    ['SELECT sum(price) FROM "{object}"', 6.5],
    ['SELECT count(*) FROM tiny WHERE price IS NULL', 2],
    ["SELECT date_diff('day', min(day), max(day)) FROM tiny", 2],
    ['SELECT count(*) FROM tiny WHERE paid', 2],
    ['SELECT count(*) FROM tiny WHERE paid IS NULL', 1],
    ['SELECT count(*) FROM tiny WHERE note IS NULL', 2],
    ["SELECT sum(id) * 100 / count(*) FROM TINY WHERE day >= '2024-01-02'", 300],
  ])('sees values in the types of the contract, NULL where they are not: %s', async (query, value) => {
    expect(await ask(query)).toMatchObject({ value, failingRows: null, samples: [] });
  });

  test('of a column names it', async () => {
    const quality = [
      {
        type: 'sql',
        name: 'asked',
        query: `SELECT count(*) FROM {object} WHERE \${property} > 1`,
        mustBe: 2,
      },
    ];
    const columns = [{ name: 'order no', logicalType: 'integer', quality }];
    const result = await validate({ csv: 'order no\n1\n2\n3\n', columns });
    expect(checkOf(result, 'order no.asked')).toMatchObject({
      outcome: 'passed',
      value: 2,
      column: 'order no',
    });
  });

  test('may use the name of the contract or that of the data', async () => {
    const columns = [{ name: 'a', physicalName: 'A_1', logicalType: 'integer' }];
    const queries = ['SELECT sum(a) FROM tiny', 'SELECT sum(A_1) FROM tiny'];
    const quality = queries.map((query, i) => ({ type: 'sql', id: `q${i}`, query, mustBe: 5 }));
    const result = await validate({ csv: 'A_1\n2\n3\n', columns, table: { quality } });
    for (const id of ['q0', 'q1']) expect(checkOf(result, id)).toMatchObject({ outcome: 'passed', value: 5 });
  });

  const ROWS = 4;
  test.each([
    ['mustBe', 4, (n: number) => n === 4],
    ['mustNotBe', 4, (n: number) => n !== 4],
    ['mustBeGreaterThan', 4, (n: number) => n > 4],
    ['mustBeGreaterOrEqualTo', 4, (n: number) => n >= 4],
    ['mustBeLessThan', 4, (n: number) => n < 4],
    ['mustBeLessOrEqualTo', 4, (n: number) => n <= 4],
    ['mustBeBetween', [4, 5], (n: number) => n > 4 && n < 5],
    ['mustNotBeBetween', [4, 5], (n: number) => n <= 4 || n >= 5],
  ])('is held against %s', async (operator, operand, keeps) => {
    for (const [more, value] of [
      ['- 0.5', ROWS - 0.5],
      ['', ROWS],
      ['+ 0.5', ROWS + 0.5],
      ['+ 1', ROWS + 1],
    ] as const) {
      const found = await ask(`SELECT count(*) ${more} FROM tiny`, { [operator]: operand });
      expect([found.value, found.outcome]).toEqual([value, keeps(value) ? 'passed' : 'failed']);
    }
  });
});

describe('a query that gives no number fails with the reason:', () => {
  test.each([
    ['SELECT id FROM tiny', 'more than one row'],
    ['SELECT id, price FROM tiny LIMIT 1', '2 columns'],
    ['SELECT max(note) FROM tiny', 'VARCHAR'],
    ['SELECT sum(price) FROM tiny WHERE false', 'NULL'],
    ['SELECT count(*) FROM other', 'other is no table of the contract, which has tiny'],
    ['SELECT count(nothing) FROM tiny', 'nothing'],
    ['SELECT count(*) FROM tiny WHERE note::INTEGER > 1', 'Conversion Error'],
    ["SELECT count(*) FROM read_text('/etc/passwd')", 'read_text'],
    ['DELETE FROM tiny', 'only a query that reads'],
    ['SELECT 1; SELECT 2', 'one query may run'],
    ['SELECT count(*) FROM tiny WHERE {property} = 1', 'not SQL'],
  ])('%s', async (query, reason) => {
    expect(await ask(query)).toMatchObject({
      outcome: 'failed',
      value: null,
      reason: expect.stringContaining(reason),
    });
  });

  test('one that goes on for ever', async () => {
    const query =
      'SELECT count(*) FROM {object}, range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3';
    const table = { quality: [{ type: 'sql', name: 'slow', query, mustBe: 0 }] };
    writeFileSync(join(tinyRoot(), 'tiny.csv'), CSV);
    const asked = { columns: COLUMNS, table, queryLimitMs: 300 };
    const { result } = await checkFiles(tinyRoot(), ['tiny.csv'], asked);
    expect(checkOf(result, 'slow')).toMatchObject({
      outcome: 'failed',
      reason: 'the query did not end within 0.3 seconds',
    });
    expect(result.passed).toBe(false);
  });

  test('unless it is a warning', async () => {
    const quality = [{ type: 'sql', query: 'SELECT 1 FROM nowhere', mustBe: 0, severity: 'warning' }];
    const columns = [{ name: 'id' }];
    expect((await validate({ csv: 'id\n1\n', columns, table: { quality } })).passed).toBe(true);
  });
});

describe('other tables', () => {
  const schema = (name: string, query: string) => [
    {
      name: 'tiny',
      properties: [{ name: 'id', logicalType: 'integer' }],
      quality: [{ type: 'sql', id: 'q', query, mustBe: 1 }],
    },
    { name, properties: [{ name: 'key', logicalType: 'integer' }, { name: 'of' }] },
  ];

  test('of the contract are there under their names', async () => {
    const query = 'SELECT count(*) FROM tiny ANTI JOIN others ON id = key';
    writeFileSync(join(tinyRoot(), 'others.csv'), 'key,of\n1,a\n');
    const found = await validate({
      csv: 'id\n1\n2\n',
      columns: [],
      contract: { schema: schema('others', query) },
    });
    expect(checkOf(found, 'q')).toMatchObject({ outcome: 'passed', value: 1 });
    rmSync(join(tinyRoot(), 'others.csv'));
    const absent = await validate({
      csv: 'id\n1\n',
      columns: [],
      contract: { schema: schema('others', query) },
    });
    expect(checkOf(absent, 'q')).toMatchObject({
      outcome: 'skipped',
      reason: 'there is no data of others in .',
    });
  });
});

test('an answer is remembered for the same data, unless it depends on the day', async () => {
  const folder = join(tinyRoot(), 'kept');
  mkdirSync(folder, { recursive: true });
  const quality = ['SELECT count(*) FROM tiny', 'SELECT count(*) FROM tiny WHERE day < current_date'].map(
    (query, i) => ({ type: 'sql', id: `q${i}`, query, mustBe: 4 }),
  );
  let all = 0;
  const run = async (csv: string) => {
    writeFileSync(join(tinyRoot(), 'tiny.csv'), csv);
    const partials = openPartials(folder);
    const table = { quality };
    const { result, asked } = await checkFiles(tinyRoot(), ['tiny.csv'], {
      columns: COLUMNS,
      table,
      partials,
    });
    all += asked;
    return checkOf(result, 'q0').value;
  };
  expect([await run(CSV), await run(CSV), all]).toEqual([4, 4, 3]);
  expect([await run(`${CSV}5,1,2024-01-04,true,d\n`), all]).toEqual([5, 5]);
});

test('any name may stand for a placeholder', () => {
  const name = fc.string({ minLength: 1 }).filter(text => !text.includes('\0'));
  fc.assert(
    fc.property(name, name, (object, property) => {
      const query = `SELECT {object}, "\${Object}", \${property}, '{column}', "{ field }", {other}`;
      const inQuotes = (text: string, mark: string) => `${mark}${text.split(mark).join(mark + mark)}${mark}`;
      const [table, column] = [inQuotes(object, '"'), inQuotes(property, '"')];
      expect(fillPlaceholders(query, { object, property })).toBe(
        `SELECT ${table}, ${table}, ${column}, ${inQuotes(property, "'")}, ${column}, {other}`,
      );
    }),
  );
  expect(fillPlaceholders('{object} {property}', { object: 'a', property: null })).toBe('"a" {property}');
});

describe('a query over a column whose values may not be shown', () => {
  const columns = [
    { name: 'id', logicalType: 'integer' },
    { name: 'age', physicalName: 'AGE', logicalType: 'integer', classification: 'personal' },
  ];
  const found = async (query: string): Promise<CheckResult> => {
    const quality = [{ type: 'sql', name: 'asked', query, mustBe: -1 }];
    return checkOf(await validate({ csv: 'id,AGE\n1,77\n2,30\n', columns, table: { quality } }), 'asked');
  };

  test.each([
    'SELECT max(age) FROM tiny',
    'SELECT max(t.AGE) FROM tiny t',
    'SELECT max(years) FROM (SELECT age AS years FROM tiny)',
    'SELECT max(a) FROM (SELECT * FROM tiny) AS s(i, a)',
    'WITH w AS (SELECT age + 0 AS years FROM tiny) SELECT max(years) + count(*) FROM w',
    "SELECT max(struct_extract(o, 'AGE')) FROM tiny o",
    'SELECT (SELECT max(age) FROM tiny)',
    'SELECT max(#2) FROM tiny',
    "SELECT max(COLUMNS('A.*')) FROM tiny",
    'SELECT first(tiny).AGE FROM tiny',
    'SELECT sum(CASE WHEN id = 1 THEN age ELSE 0 END) FROM tiny',
    'SELECT max(age) FROM tiny UNION ALL SELECT count(*) FROM tiny LIMIT 1',
  ])('shows none of them: %s', async query => {
    expect(await found(query)).toMatchObject({ outcome: 'failed', value: null });
  });

  test.each([
    ['SELECT count(*) FROM tiny WHERE age > 50', 1],
    ['SELECT count(age) * 100.0 / count(*) FROM tiny', 100],
    ['SELECT sum(CASE WHEN age > 50 THEN 1 ELSE 0 END) FROM tiny', 1],
    ['SELECT count(*) FILTER (WHERE age IS NULL) FROM tiny', 0],
    ['SELECT max(id) FROM tiny', 2],
  ])('shows what is counted, and other columns: %s', async (query, value) => {
    expect(await found(query)).toMatchObject({ outcome: 'failed', value });
  });
});
