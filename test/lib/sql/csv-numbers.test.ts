import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvRelation, numberOf } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const file = join(mkdtempSync(join(tmpdir(), 'numbers-')), 't.csv');
let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb();
});
afterAll(() => engine.close());

const ASKED = { growing: [], numbers: [1] };
const header = ['a', 'n', 'z'];

async function readEither(numbers: readonly string[], value: string): Promise<string> {
  const query = `SELECT list(n IS NULL)::VARCHAR || list(${value})::VARCHAR AS all FROM ${csvRelation(file, header, { numbers })}`;
  return engine.query(query).then(
    ([row]) => String(row?.['all']),
    () => 'refused',
  );
}

const piece = fc.constantFrom(
  ...'0123456789..--++eE__ \txinfaN"',
  'NA',
  'nan',
  'inf',
  '1e308',
  '0x1',
  '_1',
  '1_',
);

test('what the engine reads as numbers, and the look says is sure, is what numberOf reads', async () => {
  let [read, unsure] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 7 }), async pieces => {
      writeFileSync(file, `a,n,z\nx,1.5,y\nx,${pieces.join('')},y\n`);
      const numbers = await readEither(['n'], 'CASE WHEN isfinite(n) THEN n END');
      if (numbers === 'refused') return;
      const { numbers: sure } = await engine.lookAtCsv(file, {}, ASKED);
      const isSame = numbers === (await readEither([], numberOf('n')));
      if (sure.length === 0) unsure += isSame ? 0 : 1;
      else expect([pieces.join(''), isSame]).toEqual([pieces.join(''), true]);
      read++;
    }),
    { numRuns: 1200, seed: 11 },
  );
  expect(read).toBeGreaterThan(200);
  expect(unsure).toBeGreaterThan(5);
});

test.each([
  ['x,1_000,y', false],
  ['x,1_000', false],
  ['x,-2.5_1e3,y', false],
  ['x, 1_000 ,y', false],
  ['1_000,1,y', false],
  ['user_1,1,2024_', true],
  ['user_1_2,1,_1_a', true],
  ['_,1,1__2', true],
])('a number with its digits in groups, as in %s, wherever it stands', async (line, isSure) => {
  const lines = ['a,n,z\n', ...Array.from({ length: 300_000 }, () => 'x,1,y\n')];
  for (const at of [1, 174_760, 174_761, 174_762, 300_000]) {
    const text = lines.with(at, `${line}\n`).join('');
    writeFileSync(file, at === 300_000 ? text.trimEnd() : text);
    const { numbers } = await engine.lookAtCsv(file, {}, ASKED);
    expect([at, numbers]).toEqual([at, isSure ? [1] : []]);
  }
});

test('columns promise numbers when their first rows hold nothing else', async () => {
  writeFileSync(file, 'a;b;c;d;e;f\n1;-1.5e3;;x;1e;.5\n+2;NA;NA;1;2; 5\n');
  const asked = { growing: [], numbers: [0, 1, 2, 3, 4, 5] };
  expect((await engine.tasteCsv(file, { delimiter: ';' }, asked)).numbers).toEqual([0, 1, 2]);
  writeFileSync(file, 'a\n1\n1_0\n');
  expect((await engine.tasteCsv(file, {}, { growing: [], numbers: [0] })).numbers).toEqual([]);
});
