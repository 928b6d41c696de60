import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { RowValues, SqlEngine } from '#lib/sql/engine.ts';
import type { Column } from '#lib/tables/table.ts';

const csv = `id,amount,region,opened,score,note
a,100,north,2026-01-10,700,
b,-2.5,south,2026-02-01,,x
c,,north,2026-03-05,650,y
`;
let folder: string;
let engine: SqlEngine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'expressions-'));
  await writeFile(join(folder, 'rows.csv'), csv);
  await writeFile(join(folder, 'secret.csv'), 'word\nsecret\n');
  engine = await openDuckDb();
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

const number = (name: string, values: readonly number[]): Column => ({
  ...{ name, kind: 'number' as const, values: Float64Array.from(values) },
});
const beside = [
  number('answer', [1, 0, 1]),
  number('score', [0.9, 0.2, 0.6]),
  { name: 'word', kind: 'string', values: ['yes', 'no', "it's"] } as const,
];

async function evaluate(expression: string): Promise<RowValues> {
  const [result] = await engine.evaluateRows(join(folder, 'rows.csv'), [expression], beside);
  if (!result) throw new Error('no result');
  return result;
}

it.each([
  ['a constant', '2', [2, 2, 2]],
  ['a column of numbers', 'coalesce(amount, 0)', [100, -2.5, 0]],
  ['the answer beside it', 'CASE WHEN answer = 1 THEN coalesce(amount, 7) ELSE 0 END', [100, 0, 7]],
  ['a condition', "region = 'north' AND answer = 1", [1, 0, 1]],
  ['a text from memory', "word = 'it''s'", [0, 0, 1]],
  ['a qualified column', 'model.score * 10 + coalesce(data.score, 0)', [709, 2, 656]],
  ['a date', 'month(CAST(opened AS DATE))', [1, 2, 3]],
  ['a comment at its end', 'answer -- of the model', [1, 0, 1]],
  ['other spellings of a name', 'Answer + ANSWER', [2, 0, 2]],
  ['decimals', '0.1 * 3', [0.3, 0.3, 0.3]],
])('%s gives a number a row, in file order', async (_, expression, values) => {
  expect(await evaluate(expression)).toEqual({ values: Float64Array.from(values) });
});

it('several expressions are told apart, and one that fails does not stop the others', async () => {
  const found = await engine.evaluateRows(join(folder, 'rows.csv'), ['answer', 'nonsense +', '3'], beside);
  expect(found).toEqual([
    { values: Float64Array.of(1, 0, 1) },
    { problem: expect.stringContaining('is not SQL'), row: null },
    { values: Float64Array.of(3, 3, 3) },
  ]);
});

it.each([
  ['a missing value', 'amount', 'gives nothing', 2],
  ['a division by zero', '1 / (answer - 1)', 'gives Infinity', 0],
  [
    'a root of less than nothing',
    'sqrt(answer - 0.5)',
    'does not run in every row (Out of Range Error)',
    null,
  ],
  ['a text', 'region', 'gives VARCHAR, a number was expected', null],
  ['a date', 'CAST(opened AS DATE)', 'gives DATE, a number was expected', null],
  ['an unknown column', 'amuont', 'names "amuont", which is no column here; did you mean "amount"?', null],
  ['a whole row', 'length(concat(data))', 'names "data", which is no column here', null],
  ['a name that both sides have', 'score', 'does not run: Binder Error: Ambiguous reference', null],
  ['a text in arithmetic', 'CAST(note AS INTEGER)', 'does not run in every row (Conversion Error)', null],
])('%s is told', async (_, expression, problem, row) => {
  expect(await evaluate(expression)).toEqual({ problem: expect.stringContaining(problem), row });
});

it('a row that an expression does not fit is quoted nowhere', async () => {
  const found = await evaluate('CAST(region AS INTEGER)');
  expect(JSON.stringify(found)).not.toMatch(/north|south/u);
});

it.each([
  ...['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp'],
  ...['current_user', 'session_user', 'user', 'current_catalog', 'current_schema', 'rowid', 'data.rowid'],
])('%s is no column, though DuckDB knows it', async name => {
  expect(await evaluate(`length(CAST(${name} AS VARCHAR))`)).toMatchObject({ problem: expect.any(String) });
});

it('a column that is called as such a name is a column', async () => {
  const file = join(folder, 'named.csv');
  await writeFile(file, 'id,current_date\na,3\nb,4\n');
  const [found] = await engine.evaluateRows(file, ['current_date'], [number('answer', [1, 0])]);
  expect(found).toEqual({ values: Float64Array.of(3, 4) });
});

describe('nothing but a function of the row is run', () => {
  it.each([
    ['a query', '(SELECT 1)', 'holds a query of its own'],
    ['a query in a condition', 'answer IN (SELECT 1)', 'holds a query of its own'],
    [
      'a query deep inside',
      'coalesce(1, CASE WHEN EXISTS (SELECT 1) THEN 1 END)',
      'holds a query of its own',
    ],
    ['other rows', 'lag(answer) OVER ()', 'looks at other rows'],
    ['a sum of rows', 'sum(answer)', 'uses sum'],
    ['a file', "(SELECT content FROM read_text('secret.csv'))", 'holds a query of its own'],
    ['a file by a function', "read_text('secret.csv')", 'uses read_text'],
    ['an unsure number', 'random()', 'uses random'],
    ['the time', 'epoch(now())', 'uses epoch'],
    ['a setting', "current_setting('TimeZone') = 'UTC'", 'uses current_setting'],
    ['a time of somewhere', "CAST('2026-01-01' AS TIMESTAMPTZ) IS NULL", 'casts to TIMESTAMP WITH TIME ZONE'],
    ['a long text', "length(repeat('x', 1000000000))", 'uses repeat'],
    ['a function of its own', 'list_sum(list_transform([1], lambda x: x))', 'uses list_sum'],
    ['all columns', '*', 'names all columns at once'],
    ['a parameter', '$1', 'has a parameter'],
    ['an end and another statement', '1); DROP TABLE data; SELECT (1', 'is not SQL'],
    ['an end and another expression', '1), (2', 'is more than one expression'],
    ['an end and a table', "1) FROM read_csv('secret.csv') WHERE (true", 'is more than one expression'],
    ['an end and a table of its own', '1) FROM range(3', 'is more than one expression'],
    ['an end and another query', '1) UNION ALL SELECT (2', 'is more than one expression'],
    ['an end and an order', '1) ORDER BY (1', 'is more than one expression'],
    ['an end and a limit', '1) LIMIT (1', 'is more than one expression'],
    ['an end and a group', '1) GROUP BY (1', 'is more than one expression'],
    ['a comment that does not end', '1 /*', 'is not SQL'],
    ['two values', '1, 2', 'uses row'],
    ['nothing', '', 'is not SQL'],
  ])('%s is refused', async (_, expression, problem) => {
    expect(await evaluate(expression)).toEqual({ problem: expect.stringContaining(problem), row: null });
  });

  it('any text gives values or a reason, and leaves the engine as it was', async () => {
    const piece = fc.constantFrom(
      ...['answer', 'amount', '1', '(', ')', ',', "'", '"', ';', '--', '/*', '*/', '+', 'SELECT', 'FROM'],
      ...['data', 'CASE', 'WHEN', 'THEN', 'END', '$1', '*', '::', 'INT', ' ', '\n', '\0', 'é', '\\'],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
        const found = await evaluate(pieces.join(' '));
        expect('values' in found ? found.values.length : found.problem.length).toBeGreaterThan(0);
        expect(await evaluate('answer')).toEqual({ values: Float64Array.of(1, 0, 1) });
      }),
      { numRuns: 150 },
    );
  });
});

it('rows beyond one chunk keep their places', async () => {
  const n = 5000;
  const path = join(folder, 'many.csv');
  await writeFile(path, `a\n${Array.from({ length: n }, (_, i) => `${i}\n`).join('')}`);
  const [found] = await engine.evaluateRows(
    path,
    ['a - double'],
    [
      number(
        'double',
        Array.from({ length: n }, (_, i) => 2 * i),
      ),
    ],
  );
  expect(found).toEqual({ values: Float64Array.from({ length: n }, (_, i) => (i === 0 ? 0 : -i)) });
});
