import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validateContract } from '#lib/contracts/validate.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const root = mkdtempSync(join(tmpdir(), 'numbers-'));
let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 });
});
afterAll(() => engine.close());

const NUMBER = 'logicalType: number, required: true, logicalTypeOptions: {minimum: 0, maximum: 100000}';
const ROWS = 20_000;
/** More than is looked at before the scan. */
const LONG = 'x'.repeat(60);
const row = (i: number) => `${i},${i / 8},${i % 7},${LONG}`;
const rows = Array.from({ length: ROWS }, (_, i) => row(i));

interface Counted {
  /** Failing rows by check. */
  readonly failing: Readonly<Record<string, number | null>>;
  /** For each scan, how many columns it read as numbers. */
  readonly scans: readonly number[];
}

async function check(lines: readonly string[], more = ''): Promise<Counted> {
  writeFileSync(
    join(root, 'c.odcs.yaml'),
    `apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n  - name: c\n    properties:\n      - {name: id, logicalType: integer, required: true${more}}\n      - {name: n, ${NUMBER}}\n      - {name: m, logicalType: integer, logicalTypeOptions: {multipleOf: 1}}\n      - {name: t}\n`,
  );
  writeFileSync(join(root, 'c.csv'), `id,n,m,t\n${lines.join('\n')}\n`);
  const scans: number[] = [];
  const told: SqlEngine = {
    ...engine,
    query: (sql, values, signal) => {
      if (sql.includes('count_if')) scans.push(sql.split(`'DOUBLE'`).length - 1);
      return engine.query(sql, values, signal);
    },
  };
  const { checks } = await validateContract({ root, contract: 'c.odcs.yaml', path: 'c.csv', engine: told });
  const failing = checks.filter(({ failingRows }) => failingRows).map(one => [one.id, one.failingRows]);
  return { failing: Object.fromEntries(failing), scans };
}

test('columns that are asked for numbers alone are read as numbers, in one scan', async () => {
  expect(await check(rows)).toEqual({ failing: {}, scans: [3] });
  const odd = rows.with(7, '0.5,-1,,x').with(19_000, ',1e9,2.5,x');
  expect(await check(odd)).toEqual({
    failing: {
      'id.type': 1,
      'id.required': 1,
      'n.minimum': 1,
      'n.maximum': 1,
      'm.type': 1,
      'm.multipleOf': 1,
    },
    scans: [3],
  });
});

test.each([
  ['a word', '7,three,1,x', { 'n.type': 1 }],
  ['digits in groups', '7,1_000,1,x', { 'n.type': 1 }],
  ['a number with two signs', '7,+-5,1,x', { 'n.type': 1 }],
  ['quotes and a comma', '7,"1,5",1,x', { 'n.type': 1 }],
  ['a quoted number', '7,"1.5",1,x', {}],
])('%s far below is found in a second scan, of texts', async (_, line, failing) => {
  expect(await check(rows.with(19_999, line))).toEqual({ failing, scans: [3, 0] });
});

test('what begins with other texts is read as texts', async () => {
  expect(await check(rows.with(3, '7,three,1x,x'))).toEqual({
    failing: { 'n.type': 1, 'm.type': 1 },
    scans: [1],
  });
  expect((await check(rows.with(3, '7,1_000,1,x'))).scans).toEqual([0]);
  expect(await check(rows.with(3, '7,+-5,1,x'))).toEqual({ failing: { 'n.type': 1 }, scans: [0] });
});

test('a column whose texts are asked for as well is read as texts', async () => {
  const words = ', quality: [{metric: missingValues, arguments: {missingValues: ["", "-1"]}, mustBe: 0}]';
  const { failing, scans } = await check(rows.with(9, '-1,2,3,x'), words);
  expect([failing, scans[0]]).toEqual([{ 'id.missingValues': 1 }, 2]);
});

test('infinity and what is no number are values of no type', async () => {
  const odd = rows.with(15_000, 'inf,nan,Infinity,x').with(15_001, '1,1e999,1,x');
  expect((await check(odd)).failing).toEqual({ 'id.type': 1, 'n.type': 2, 'm.type': 1 });
});
