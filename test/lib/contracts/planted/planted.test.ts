// Random tables under random contracts, with violations planted: every planted row is counted, and none besides, whatever
// kind of file the rows are in, however many threads read it, and whatever is remembered of it.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { openTinyTables, tinyRoot } from '../tiny-table.ts';
import { checkFiles } from './check-files.ts';
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
const { PLANTED = '25', PLANTED_SEED = '7' } = process.env;
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
