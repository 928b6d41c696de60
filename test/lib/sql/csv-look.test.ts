import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvRelation } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const file = join(mkdtempSync(join(tmpdir(), 'look-')), 't.csv');
let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb();
});
afterAll(() => engine.close());

/** Rows with a hash of all fields, as the engine reads them; undefined where it refuses. */
async function read(columns: readonly string[]): Promise<unknown> {
  const names = columns.map(name => `"${name}"`).join(', ');
  const relation = csvRelation(file, columns);
  return engine
    .query(`SELECT count(*) AS n, bit_xor(hash(${names})) AS sum FROM ${relation}`)
    .then(([row]) => Number(row?.['n']))
    .catch(() => undefined);
}

const piece = fc.constantFrom('a', 'é', ',', ',', '1', '\n', '\n', '\r\n', '"', ' ', '\0');

test('what counts as plain is read by the engine as the byte-by-byte check reads it, or refused by both', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 16 }),
      fc.constantFrom(['h'], ['h', 'k']),
      async (pieces, header) => {
        writeFileSync(file, `${header.join(',')}\n${pieces.join('')}`);
        const { isPlain, digest } = await engine.lookAtCsv(file);
        const closely = await engine.describeCsv(file).catch(() => undefined);
        if (closely) expect(digest).toBe(closely.digest);
        if (!isPlain) return;
        plain++;
        expect(await read(header)).toBe(closely?.rows);
      },
    ),
    { numRuns: 1500, seed: 4 },
  );
  expect(plain).toBeGreaterThan(100);
});

test('a large file is plain in every piece of it, and is not when one piece has a mark', async () => {
  const line = `${'x'.repeat(99)},y\n`;
  const lines = ['h,k\n', ...Array.from({ length: 30_000 }, () => line)];
  writeFileSync(file, lines.join(''));
  expect((await engine.lookAtCsv(file)).isPlain).toBe(true);
  // Whatever piece it is in, and where pieces of a mebibyte meet.
  for (const at of [1, 10_280, 10_281, 10_282, 20_000, 30_000]) {
    for (const odd of ['"x",y\n', '\n', 'x,\n', 'x,y\r\n', 'x\0,y\n']) {
      writeFileSync(file, lines.with(at, odd).join(''));
      expect([at, odd, (await engine.lookAtCsv(file)).isPlain]).toEqual([at, odd, false]);
    }
  }
});

/** Every value but the empty ones stands after the one before, by bytes or by length and then bytes. */
function grows(values: readonly string[]): boolean {
  const texts = values.filter(value => value !== '').map(value => Buffer.from(value));
  const pairs = texts.slice(1).map((text, i) => [texts[i] ?? text, text] as const);
  return (
    pairs.every(([before, text]) => Buffer.compare(before, text) < 0) ||
    pairs.every(
      ([before, text]) =>
        before.length - text.length < 0 ||
        (before.length === text.length && Buffer.compare(before, text) < 0),
    )
  );
}

test('columns grow where every value stands after the one before', async () => {
  const value = fc.oneof(
    fc.integer({ min: 1, max: 30 }).map(String),
    fc.constantFrom('', 'a', 'b', 'ab', 'é', 'x'.repeat(80), 'x'.repeat(200)),
  );
  const sorted = fc.uniqueArray(fc.integer({ min: 0, max: 2000 }), { minLength: 8, maxLength: 8 });
  let growing = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(value, { minLength: 8, maxLength: 8 }), { minLength: 2, maxLength: 2 }),
      sorted,
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      async ([first = [], second = []], numbers, rows, hasEnd) => {
        const ordered = numbers.toSorted((a, b) => a - b).map(String);
        const dates = numbers.toSorted((a, b) => a - b).map(day => new Date(day * 864e5).toISOString());
        const table = [first, ordered, dates, second, Array<string>(8).fill('z')].map(one =>
          one.slice(0, rows),
        );
        const lines = Array.from({ length: rows }, (_, row) => table.map(one => one[row]).join(','));
        writeFileSync(file, ['a,b,c,d,e', ...lines].join('\n') + (hasEnd ? '\n' : ''));
        const columns = [3, 0, 1, 2];
        const expected = columns.filter(column => grows(table[column] ?? [])).toSorted();
        const { isPlain, growing: found } = await engine.lookAtCsv(file, {}, { growing: columns });
        expect([isPlain, found]).toEqual([true, expected]);
        growing += found.length;
      },
    ),
    { numRuns: 500, seed: 9 },
  );
  expect(growing).toBeGreaterThan(1100);
});

test('a column of a large file grows unless one value of it does not, wherever that is', async () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `${i},${'x'.repeat(60)},${1e6 + i}\n`);
  const table = ['h,k,n\n', ...lines];
  writeFileSync(file, table.join(''));
  expect((await engine.lookAtCsv(file, {}, { growing: [0, 1, 2] })).growing).toEqual([0, 2]);
  expect((await engine.tasteCsv(file, {}, { growing: [0, 1, 2], numbers: [] })).growing).toEqual([0, 2]);
  for (const at of [2, 14_900, 14_950, 29_800, 40_000]) {
    writeFileSync(file, table.with(at, `${at - 2},x,${1e6 + at - 1}\n`).join(''));
    expect((await engine.lookAtCsv(file, {}, { growing: [0, 2] })).growing).toEqual([2]);
  }
});

test('nothing grows for certain in a file with quotes', async () => {
  writeFileSync(file, 'h\n1\n"2"\n');
  expect(await engine.lookAtCsv(file, {}, { growing: [0] })).toMatchObject({ isPlain: false, growing: [] });
  expect((await engine.tasteCsv(file, {}, { growing: [0], numbers: [] })).growing).toEqual([]);
});
