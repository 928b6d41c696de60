import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Data, PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import { profilePart, type TableProfile } from '#lib/contracts/infer/profile.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

const file = join(mkdtempSync(join(tmpdir(), 'profile-')), 't.csv');

/** Three kinds of columns in turn: keys, words, and what has no value in every other row. */
async function profileWide(
  count: number,
): Promise<{ readonly profile: TableProfile; readonly asked: number }> {
  const header = Array.from({ length: count }, (_, i) => `c${i}`);
  const rows = Array.from({ length: 40 }, (_, row) =>
    header.map((_, i) => [String(row * 10), row % 4 === 0 ? 'a' : 'b', row % 2 === 0 ? '' : '1.5'][i % 3]),
  );
  writeFileSync(file, [header, ...rows].map(line => `${line.join(',')}\n`).join(''));
  const engine = await openDuckDb();
  let asked = 0;
  try {
    const query: typeof engine.query = (...one) => {
      asked++;
      return engine.query(...one);
    };
    const own = { path: 't.csv', file, compression: 'none', partition: {} } as const;
    const data: Data = { path: 't.csv', format: 'csv', dialect: PLAIN_CSV, files: [own] };
    const part = await openPart(own, data, engine);
    return { profile: await profilePart(part, data, { ...engine, query }), asked };
  } finally {
    engine.close();
  }
}

test('a wide table takes no more statements than one that is not as wide, and is told the same', async () => {
  const [small, wide] = [await profileWide(60), await profileWide(600)];
  expect(wide.asked).toBe(small.asked);
  const narrow = await profileWide(6);
  for (const { profile } of [narrow, small, wide]) {
    expect(profile.rows).toBe(40);
    const [key, words, sparse] = profile.columns.slice(-3);
    expect(key).toMatchObject({ present: 40, distinct: 40, values: null, low: 0, high: 390 });
    expect(words).toMatchObject({ present: 40, distinct: null, shortest: 1, longest: 1 });
    expect([...(words?.values ?? [])].sort()).toEqual([
      ['a', 10],
      ['b', 30],
    ]);
    expect(sparse).toMatchObject({ present: 20, low: 1.5, high: 1.5 });
    expect([...(sparse?.values ?? [])]).toEqual([['1.5', 20]]);
  }
});
