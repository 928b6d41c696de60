// Random tables under random contracts, with violations planted: every planted row is counted, and none besides, whatever
// kind of file the rows are in, however many threads read it, and whatever is remembered of it.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { openTinyTables, tinyRoot } from '../tiny-table.ts';
import { checkFiles } from './check-files.ts';
import type { Column } from './planted-table.ts';
import { failuresOf, plantedTable } from './random-table.ts';
import type { Layout } from './write-rows.ts';

openTinyTables();
let engines: readonly SqlEngine[] = [];
beforeAll(async () => {
  engines = [await openDuckDb({ threads: 1 }), await openDuckDb({ threads: 2 })];
});
afterAll(() => {
  for (const engine of engines) engine.close();
});

const CSV: readonly Layout[] = [
  { kind: 'csv' },
  { kind: 'csv', delimiter: ';', isOdd: true },
  { kind: 'csv', delimiter: '\t', compression: 'gzip' },
  { kind: 'csv', compression: 'zstd', isOdd: true },
  { kind: 'csv', split: 'files' },
  { kind: 'csv', split: 'folders' },
];
const JSON_LINES: readonly Layout[] = [
  { kind: 'jsonl' },
  { kind: 'jsonl', compression: 'gzip' },
  { kind: 'jsonl', split: 'files' },
];
const TYPED: readonly Layout[] = [
  { kind: 'parquet' },
  { kind: 'parquet', split: 'files' },
  { kind: 'parquet', split: 'folders' },
  { kind: 'arrow' },
  { kind: 'arrow', split: 'files' },
];
/** More tables with `PLANTED=1000 npx vitest run test/lib/contracts/planted`, other ones with `PLANTED_SEED=3`. */
const { PLANTED = '17', PLANTED_SEED = '7' } = process.env;
const drawn = fc.record({
  planted: plantedTable,
  text: fc.oneof(fc.constantFrom(...CSV), fc.constantFrom(...JSON_LINES)),
  typed: fc.constantFrom(...TYPED),
  shopKind: fc.constantFrom('csv', 'parquet', 'jsonl'),
  threads: fc.integer({ min: 1, max: 2 }),
});

test('every planted row is counted, and none besides', { timeout: 3_600_000 }, async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async ({ planted, text, typed, shopKind, threads }) => {
      for (const form of ['text', 'json', 'native'] as const)
        expect(failuresOf(planted, planted.clean, form)).toEqual([]);
      for (const layout of planted.isLoose ? [text] : [text, typed]) {
        const folder = join(tinyRoot(), `planted-${count++}`);
        const engine = engines[threads - 1] as SqlEngine;
        const differences = await checkFiles(planted, { engine, folder, layout, shopKind });
        expect({ layout, differences }).toEqual({ layout, differences: [] });
      }
    }),
    { numRuns: Number(PLANTED), seed: Number(PLANTED_SEED), endOnFailure: true },
  );
});

/** So many that a Parquet file has two groups of rows, and two threads have both to do. */
const MANY = 130_000;

test.each([{ kind: 'csv' }, { kind: 'parquet' }] as const)(
  'many rows are counted alike by one thread and by two: %o',
  async layout => {
    const properties: readonly Column[] = [
      { name: 'id', logicalType: 'integer', primaryKey: true },
      { name: 'part', logicalType: 'string', required: true },
      { name: 'x', logicalType: 'number', logicalTypeOptions: { maximum: 99.5, multipleOf: 0.5 } },
      { name: 'text', logicalType: 'string', logicalTypeOptions: { pattern: '^t[0-9]+$' } },
    ];
    const quality = [{ id: 'most', metric: 'nullValues', unit: 'percent', mustBeLessThan: 0.1 }];
    const table = {
      name: 'tiny',
      properties: properties.map(one => (one.name === 'x' ? { ...one, quality } : one)),
    };
    // Each prime plants violations of one rule, all over the file.
    const rows = Array.from({ length: MANY }, (_, i) => ({
      id: i % 9973 === 9972 ? i - 1 : i,
      part: i % 7919 === 7 ? null : 'abc'.charAt(i % 3),
      x: i % 997 === 3 ? null : i % 6007 === 11 ? 0.25 : (i % 200) / 2 + (i % 8009 === 5 ? 100 : 0),
      text: i % 5003 === 1 ? `x${i}` : `t${i % 1000}`,
    }));
    for (const [i, engine] of engines.entries()) {
      const folder = join(tinyRoot(), `many-${i}`);
      const planted = { table, shops: [], clean: [], rows, isLoose: false };
      expect(await checkFiles(planted, { engine, folder, layout, shopKind: 'csv' })).toEqual([]);
    }
  },
);
