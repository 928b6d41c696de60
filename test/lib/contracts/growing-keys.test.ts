import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { validateContract } from '#lib/contracts/validate.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const root = mkdtempSync(join(tmpdir(), 'growing-'));
let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 });
  const columns = ['id', 'code'].map(name => `{name: ${name}, logicalType: string, unique: true}`).join(', ');
  writeFileSync(
    join(root, 'c.odcs.yaml'),
    `apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n  - name: c\n    properties: [${columns}, {name: filler}]\n`,
  );
});
afterAll(() => engine.close());

const ROWS = 60_000;
const filler = 'x'.repeat(40);
const rows = (change: (row: number) => string) => Array.from({ length: ROWS }, (_, row) => change(row));
const plain = (row: number) => `${row},c-${String(row).padStart(7, '0')},${filler}`;

/** Failing rows by check, of a table that is asked with all statements told. */
async function check(lines: readonly string[]) {
  writeFileSync(join(root, 'c.csv'), `id,code,filler\n${lines.join('\n')}\n`);
  const asked: string[] = [];
  const told: SqlEngine = {
    ...engine,
    query: (sql, values) => {
      asked.push(sql);
      return engine.query(sql, values);
    },
  };
  const { checks } = await validateContract({ root, contract: 'c.odcs.yaml', path: 'c.csv', engine: told });
  const failing = (id: string) => checks.find(one => one.id === id)?.value;
  return {
    values: [failing('id.unique'), failing('code.unique')],
    distinct: asked.filter(sql => sql.includes('DISTINCT')).length,
  };
}

it('keys that grow are not compared with each other', async () => {
  expect(await check(rows(plain))).toEqual({ values: [0, 0], distinct: 0 });
});

it.each([
  ['in the first rows', 5],
  ['at the end', ROWS - 1],
])('one that comes again %s is counted', async (_, at) => {
  const lines = rows(plain).with(at, `${at},c-0000001,${filler}`);
  expect((await check(lines)).values).toEqual([0, 1]);
});

it('keys in any order are compared, and keys without a value are not', async () => {
  const mixed = rows(row => `${(row * 7919) % ROWS},${row % 3 === 0 ? '' : `c-${row}`},${filler}`);
  expect((await check(mixed)).values).toEqual([0, 0]);
  expect((await check([...mixed, `3,c-1,${filler}`])).values).toEqual([1, 1]);
});

it('a quote late in the file changes nothing', async () => {
  const lines = rows(plain).with(ROWS - 2, `"1",c-x,${filler}`);
  expect((await check(lines)).values).toEqual([1, 0]);
});
