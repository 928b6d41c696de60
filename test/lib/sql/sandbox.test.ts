import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvRelation } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { Sandbox, SqlEngine } from '#lib/sql/engine.ts';

let root = '';
let engine: SqlEngine;
let sandbox: Sandbox;
let file = '';
let secret = '';

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sandbox-'));
  mkdirSync(join(root, 'odd [1]*'));
  file = join(root, 'odd [1]*', "it's?.csv");
  secret = join(root, 'secret.csv');
  writeFileSync(file, 'a,b\n1,x\n2,y\n3,\n');
  writeFileSync(secret, 's\nhush\n');
  engine = await openDuckDb();
  const views = [{ name: 'my "orders"', sql: `SELECT * FROM ${csvRelation(file, ['a', 'b'])}` }];
  sandbox = await engine.openSandbox({ views, files: [file], limitMs: 400 });
});
afterAll(() => {
  sandbox.close();
  engine.close();
  rmSync(root, { recursive: true });
});

describe('a query may run', () => {
  test.each([
    ['SELECT count(*) FROM orders', ['orders']],
    ['select count(*) from orders;', ['orders']],
    [
      'WITH o AS (SELECT * FROM Orders) SELECT count(*) FROM O JOIN customers c USING (id) -- all',
      ['Orders', 'customers'],
    ],
    [
      'SELECT (SELECT max(a) FROM x) - min(a) FROM y WHERE a IN (SELECT 1 FROM z UNION SELECT 2 FROM unnest([1]))',
      ['x', 'y', 'z'],
    ],
    ['SELECT count(*) FROM range(3) r, (VALUES (1)) v', []],
    ['FROM orders SELECT sum(a) OVER () LIMIT 1', ['orders']],
  ])('%s', async (query, tables) => {
    const read = await engine.readQuery(query);
    expect('tables' in read && read.tables.toSorted()).toEqual([...tables].sort());
  });

  test('and is known to give something else another day', async () => {
    for (const [query, isSteady] of [
      ['SELECT count(*) FROM t WHERE d < current_date', false],
      ['SELECT count(*) FROM t WHERE d < now()', false],
      ['SELECT random()', false],
      ["SELECT count(*) FROM t WHERE d < DATE '2024-01-01'", true],
    ] as const)
      expect(await engine.readQuery(query)).toMatchObject({ isSteady });
  });
});

/** Each with a word of the reason. */
const REFUSED = (): readonly (readonly [string, string])[] => [
  [`SELECT count(*) FROM read_text('${secret}')`, 'read_text'],
  [`SELECT count(*) FROM read_csv('${secret}')`, 'read_csv'],
  [`WITH x AS (SELECT * FROM read_blob('${secret}')) SELECT count(*) FROM x`, 'read_blob'],
  [`SELECT 1 WHERE EXISTS (SELECT * FROM t WHERE a IN (SELECT s FROM read_csv('${secret}')))`, 'read_csv'],
  [`SELECT count(*) FROM (SELECT 1) x, LATERAL (SELECT * FROM parquet_scan('${secret}'))`, 'parquet_scan'],
  [`SELECT count(*) FROM glob('${root}/*')`, 'glob'],
  [`SELECT count(*) FROM sniff_csv('${secret}')`, 'sniff_csv'],
  ['SELECT count(*) FROM duckdb_settings()', 'duckdb_settings'],
  ['SELECT count(*) FROM duckdb_views()', 'duckdb_views'],
  ['SELECT count(*) FROM information_schema.tables', 'information_schema.tables'],
  ["SELECT count(*) FROM query('SELECT 1')", 'query'],
  ["SELECT count(*) FROM query_table('t')", 'query_table'],
  ["SELECT current_setting('allowed_paths')", 'current_setting'],
  ["SELECT getenv('HOME')", 'getenv'],
  ["SELECT length(repeat('x', 1000000000))", 'repeat'],
  ['SELECT len(range(1000000000000))', 'range'],
  ["SELECT length(format('{:1000000000d}', 1))", 'format'],
  ['DESCRIBE t', 'SHOW'],
  ['SELECT count(*) FROM (SHOW TABLES)', 'SHOW'],
  ['SUMMARIZE t', 'SHOW'],
  [`COPY t TO '${root}/out.csv'`, 'only a query that reads'],
  [`COPY (SELECT 1) TO '${root}/out.csv'`, 'only a query that reads'],
  [`EXPORT DATABASE '${root}/out'`, 'only a query that reads'],
  [`ATTACH '${root}/x.db'`, 'only a query that reads'],
  ['INSTALL httpfs', 'only a query that reads'],
  ['LOAD httpfs', 'only a query that reads'],
  ['PRAGMA database_list', 'only a query that reads'],
  ['SET threads = 1', 'only a query that reads'],
  ['RESET lock_configuration', 'only a query that reads'],
  ['CREATE TABLE x AS SELECT 1', 'only a query that reads'],
  ['DROP VIEW t', 'only a query that reads'],
  ['DELETE FROM t', 'only a query that reads'],
  ['INSERT INTO t VALUES (1)', 'only a query that reads'],
  ['CALL pragma_version()', 'only a query that reads'],
  ['EXPLAIN ANALYZE SELECT 1', 'only a query that reads'],
  ['SELECT 1; SELECT 2', '2'],
  ['SELECT 1; DROP TABLE t', 'only a query that reads'],
  ['', 'none'],
  ['SELECT $1', 'parameter'],
  ['SELECT 1 FROM t WHERE', 'not SQL'],
  ['SELECT \0', 'NUL'],
];

test('what reaches beyond the tables is refused, with the reason', async () => {
  for (const [query, reason] of REFUSED()) {
    const read = await engine.readQuery(query);
    expect([query, 'problem' in read ? read.problem : '']).toEqual([query, expect.stringContaining(reason)]);
  }
});

describe('the sandbox', () => {
  test('gives the number of a query over its views, whose files may have any name', async () => {
    for (const [query, value] of [
      ['SELECT count(*) FROM "my ""orders"""', 3],
      ['SELECT sum(a::DECIMAL(5,2)) / 4 FROM "my ""orders"""', 1.5],
      ['SELECT sum(a::INTEGER) FROM "MY ""ORDERS"""', 6],
      ['SELECT avg(a::FLOAT) FROM "my ""orders"""', 2],
    ] as const)
      expect(await sandbox.number(query)).toEqual({ value });
  });

  test.each([
    ['SELECT 1, 2', 'gives 2 columns'],
    ['SELECT a FROM "my ""orders"""', 'gives more than one row'],
    ['SELECT 1 WHERE false', 'gives no row'],
    ['SELECT NULL', 'gives NULL'],
    ["SELECT 'x'", 'gives VARCHAR'],
    ['SELECT true', 'gives BOOLEAN'],
    ["SELECT 'nan'::DOUBLE", 'gives NaN'],
    ['SELECT count(*) FROM nowhere', 'nowhere'],
  ])('says why there is none: %s', async (query, reason) => {
    const found = await sandbox.number(query);
    expect('problem' in found ? found.problem : found).toContain(reason);
  });

  test('quotes nothing of a row that a query fails on', async () => {
    const found = await sandbox.number('SELECT sum(b::INTEGER) FROM "my ""orders"""');
    expect(found).toEqual({
      problem:
        'the query fails on the data (Conversion Error); TRY_CAST and coalesce help where values do not fit',
    });
  });

  test('stops a query that goes on for ever, and runs the next one', async () => {
    for (const query of [
      'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3',
      'WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x',
    ])
      expect(await sandbox.number(query)).toEqual({ problem: 'the query did not end within 0.4 seconds' });
    expect(await sandbox.number('SELECT 1')).toEqual({ value: 1 });
  });

  test('lets nothing out even of what is refused before', async () => {
    for (const [query] of REFUSED().filter(([, reason]) => !/repeat|^range|^format/u.test(reason))) {
      const found = await sandbox.number(query);
      expect([query, JSON.stringify(found)]).toEqual([query, expect.not.stringContaining('hush')]);
    }
    expect(
      existsSync(join(root, 'out.csv')) || existsSync(join(root, 'x.db')) || existsSync(join(root, 'out')),
    ).toBe(false);
    for (const query of [
      `SELECT length(content) FROM read_text('${secret}')`,
      `SELECT count(*) FROM '${secret}'`,
      `SELECT count(*) FROM glob('${root}/*')`,
    ])
      expect(await sandbox.number(query)).toEqual({
        problem: expect.stringContaining('disabled by configuration'),
      });
    expect(await sandbox.number('SELECT count(*) FROM "my ""orders"""')).toEqual({ value: 3 });
  });
});
