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
