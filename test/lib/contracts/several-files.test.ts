import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPartials, type Partials } from '#lib/contracts/run/partials.ts';
import { checkFiles } from './tiny-files.ts';
import { checkOf, openTinyTables, tinyEngine, tinyRoot } from './tiny-table.ts';

openTinyTables();

function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tinyRoot(), 'files-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Partials that remember, as those of an earlier run do. */
function remembering(): Partials {
  const folder = mkdtempSync(join(tinyRoot(), 'partials-'));
  writeFileSync(join(folder, 'earlier.json'), '{}');
  return openPartials(folder);
}

const KEY = [{ name: 'n', primaryKey: true }];
const csv = (from: number, to: number) =>
  `n\n${Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('')}`;

test('a file more is read alone where its keys are beyond those of the others, though their texts are not', async () => {
  // As texts, 95 is between 9 and 99: shorter texts come first.
  const folder = makeFolder({ 'a.csv': csv(0, 9), 'b.csv': csv(9, 95), 'c.csv': csv(95, 1200) });
  const table = { columns: KEY, partials: remembering() };
  const first = await checkFiles(folder, ['a.csv', 'b.csv'], table);
  expect(first.reads).toEqual({ 'a.csv': 1, 'b.csv': 1 });
  const next = await checkFiles(folder, ['a.csv', 'b.csv', 'c.csv'], table);
  expect(checkOf(next.result, 'primaryKey')).toMatchObject({ outcome: 'passed', value: 0 });
  expect(next.reads).toEqual({ 'c.csv': 1 });
  expect((await checkFiles(folder, ['a.csv', 'b.csv', 'c.csv'], table)).reads).toEqual({});
});

test('files whose keys lie between each other are compared, and only those', async () => {
  const folder = makeFolder({
    ...{ 'a.csv': csv(0, 50), 'b.csv': csv(100, 150), 'c.csv': csv(500, 600) },
    // One key of b, two that stand twice in the file itself, and rows without a key.
    'd.csv': `${csv(148, 160)}155\n156\n\n\n`,
  });
  const table = { columns: KEY, partials: remembering() };
  await checkFiles(folder, ['a.csv', 'b.csv', 'c.csv'], table);
  const files = ['a.csv', 'b.csv', 'c.csv', 'd.csv'];
  const { result, reads } = await checkFiles(folder, files, table);
  expect(checkOf(result, 'primaryKey')).toMatchObject({ outcome: 'failed', value: 4 });
  // Once for itself, once with b; and the rows that are shown.
  expect(reads['a.csv'], 'samples are looked for in each file').toBe(reads['c.csv']);
  const again = await checkFiles(folder, files, table);
  expect(again.result).toEqual(result);
  expect((again.reads['b.csv'] ?? 0) - (again.reads['a.csv'] ?? 0)).toBe(0);
  expect((reads['b.csv'] ?? 0) - (reads['a.csv'] ?? 0)).toBe(1);
});

test('of a key that stands in two files the later row is shown', async () => {
  const folder = makeFolder({ 'a.csv': 'n\n1\n2\n', 'b.csv': 'n\n3\n2\n\n3\n', 'c.csv': 'n\n1\n' });
  const { result } = await checkFiles(folder, ['a.csv', 'b.csv', 'c.csv'], { columns: KEY });
  const { value, samples } = checkOf(result, 'primaryKey');
  expect(value).toBe(3);
  expect(samples.map(({ file, line, value: key }) => `${file} ${line}: ${key}`)).toEqual([
    ...['b.csv 3: 2', 'b.csv 5: 3', 'c.csv 2: 1'],
  ]);
});

test('no value of a key that is personal is remembered', async () => {
  const folder = makeFolder({ 'a.csv': 'n\nann\n', 'b.csv': 'n\nbob\n' });
  const seen: unknown[] = [];
  const partials: Partials = {
    isEmpty: false,
    get: () => undefined,
    put: (_, question, answer) => seen.push(question, answer),
  };
  // As the engine's keys for sorting hold a text: each byte by one more.
  const hex = [...'bob'].map(letter => (letter.charCodeAt(0) + 1).toString(16)).join('');
  await checkFiles(folder, ['a.csv', 'b.csv'], { columns: KEY, partials });
  expect(JSON.stringify(seen).toLowerCase()).toContain(hex);
  seen.length = 0;
  const hidden = [{ ...KEY[0], classification: 'personal' }];
  await checkFiles(folder, ['a.csv', 'b.csv'], { columns: hidden, partials });
  expect(JSON.stringify(seen).toLowerCase()).not.toContain(hex);
});

test('keys of Parquet files of the same type are compared by their ranges, those of different types as values', async () => {
  const folder = makeFolder({});
  const write = (name: string, sql: string) =>
    tinyEngine().query(`COPY (${sql}) TO '${join(folder, name)}' (FORMAT parquet)`);
  await write('a.parquet', "SELECT range - 500 AS n, DATE '2024-01-01' AS day FROM range(1000)");
  await write('b.parquet', "SELECT range + 500 AS n, DATE '2024-01-01' AS day FROM range(1000)");
  await write('c.parquet', "SELECT (range + 1498)::INTEGER AS n, DATE '2024-01-01' AS day FROM range(10)");
  const columns = [
    { name: 'n', primaryKey: true, primaryKeyPosition: 2 },
    { name: 'day', primaryKey: true, primaryKeyPosition: 1 },
  ];
  const table = { columns, format: 'parquet', partials: remembering() } as const;
  await checkFiles(folder, ['a.parquet'], table);
  const two = await checkFiles(folder, ['a.parquet', 'b.parquet'], table);
  expect(checkOf(two.result, 'primaryKey').value).toBe(0);
  const again = await checkFiles(folder, ['a.parquet', 'b.parquet'], table);
  expect(again.reads).toEqual({});
  const three = await checkFiles(folder, ['a.parquet', 'b.parquet', 'c.parquet'], table);
  // 1498 and 1499 are in b too.
  expect(checkOf(three.result, 'primaryKey').value).toBe(2);
});

test('whatever keys there are, rows that repeat one are counted over all files, a file at a time', async () => {
  const word = fc.oneof(
    fc.nat({ max: 30 }).map(String),
    fc.constantFrom('', 'a', 'aa', 'b', 'é', '09', '1.0'),
  );
  const rows = fc.array(fc.tuple(word, fc.constantFrom('x', 'y', '')), { maxLength: 12 });
  const columns = [
    { name: 'n', unique: true, primaryKey: true },
    { name: 'c', primaryKey: true },
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 4 }), async tables => {
      const names = tables.map((_, i) => `${i}.csv`);
      const folder = makeFolder(
        Object.fromEntries(
          tables.map((table, i) => [`${i}.csv`, `n,c\n${table.map(([n, c]) => `${n},${c}\n`).join('')}`]),
        ),
      );
      const partials = remembering();
      for (let count = 1; count <= names.length; count++) {
        const { result } = await checkFiles(folder, names.slice(0, count), { columns, partials });
        const all = tables.slice(0, count).flat();
        const singles = all.flatMap(([n]) => (n === '' ? [] : [n]));
        const pairs = all.flatMap(([n, c]) => (n === '' || c === '' ? [] : [`${n},${c}`]));
        expect(checkOf(result, 'n.unique').value).toBe(singles.length - new Set(singles).size);
        expect(checkOf(result, 'primaryKey').value).toBe(pairs.length - new Set(pairs).size);
      }
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 25 },
  );
});

test('the same bytes in two folders are two answers where the folders say something', async () => {
  const folder = makeFolder({ 'shop=a-1.csv': 'n\n1\n', 'shop=b-1.csv': 'n\n1\n' });
  const columns = [{ name: 'n' }, { name: 'shop', enum: [{ value: 'a' }] }];
  const table = { columns, contract: { apiVersion: 'v3.2.0' }, partials: remembering() };
  const { result } = await checkFiles(folder, ['shop=a-1.csv', 'shop=b-1.csv'], table);
  expect(checkOf(result, 'shop.enum')).toMatchObject({ outcome: 'failed', value: 1 });
});

test('ages are counted in the scan that counts all else', async () => {
  const folder = makeFolder({
    'a.csv': 'n\n2024-03-02T00:00:00Z\n\n',
    'b.csv': 'n\n2024-03-03T12:00:00Z\n',
  });
  const levels = ['latency', 'retention'].map(property => ({
    ...{ property, value: 9, unit: 'd', element: 'tiny.n' },
  }));
  const table = {
    columns: [{ name: 'n', logicalType: 'timestamp' }],
    contract: { slaProperties: levels },
    now: Date.parse('2024-03-05T00:00:00Z'),
  };
  const { result, reads } = await checkFiles(folder, ['a.csv', 'b.csv'], table);
  expect(reads).toEqual({ 'a.csv': 1, 'b.csv': 1 });
  const values = ['sla.latency', 'sla.retention'].map(id => checkOf(result, id).value);
  expect(values).toEqual([1.5, 3]);
  expect(result.ratios.freshness).toBe(2 / 3);
});

test('what a query gave is remembered for the whole table, until a file or the query is another', async () => {
  const folder = makeFolder({ 'a.csv': 'n\n1\n', 'b.csv': 'n\n2\n' });
  const partials = remembering();
  const sum = async (query: string, files: readonly string[]) => {
    const quality = [{ type: 'sql', id: 'sum', query, mustBeGreaterThan: 0 }];
    const columns = [{ name: 'n', logicalType: 'integer', quality }];
    const { result, asked } = await checkFiles(folder, files, { columns, partials });
    return [checkOf(result, 'n.sum').value, asked];
  };
  const both = ['a.csv', 'b.csv'];
  expect(await sum('SELECT sum(n) FROM tiny', both)).toEqual([3, 1]);
  expect(await sum('SELECT sum(n) FROM tiny', both)).toEqual([3, 0]);
  expect(await sum('SELECT sum(n) + 1 FROM tiny', both)).toEqual([4, 1]);
  writeFileSync(join(folder, 'b.csv'), 'n\n20\n');
  expect(await sum('SELECT sum(n) FROM tiny', both)).toEqual([21, 1]);
  expect(await sum('SELECT sum(n) FROM tiny', ['a.csv'])).toEqual([1, 1]);
});

test('small files are read several at once, and of those that are broken the first by name is told', async () => {
  const sound = Array.from({ length: 9 }, (_, i) => [`${i}.csv`, csv(i * 10, i * 10 + 10)] as const);
  // The later one is found out sooner.
  const long = `${csv(0, 60_000)}a,b\n`;
  const folder = makeFolder({ ...Object.fromEntries(sound), '5.csv': long, '6.csv': 'n\n1,2\n' });
  const files = sound.map(([name]) => name);
  const failing = await checkFiles(folder, files, { columns: KEY }).catch((error: unknown) => error);
  expect(failing).toMatchObject({ at: { file: join(folder, '5.csv'), line: 60_002 } });
  writeFileSync(join(folder, '5.csv'), csv(50, 60));
  writeFileSync(join(folder, '6.csv'), csv(59, 70));
  const { result, reads } = await checkFiles(folder, files, { columns: KEY });
  expect(checkOf(result, 'primaryKey').value).toBe(1);
  expect(result.data).toMatchObject({ rows: 91, files: 9 });
  expect(Object.keys(reads).toSorted()).toEqual(files);
});

test('a file that has the column of the folder above it itself is read by its own header', async () => {
  const folder = makeFolder({});
  // What grows is d; the key does not, and stands twice.
  const rows = Array.from({ length: 5000 }, (_, i) => `${i},${i === 4999 ? 7 : i * 2},${i % 9}\n`);
  writeFileSync(join(folder, 'd=1-a.csv'), `d,n,m\n${rows.join('')}`);
  const columns = [...KEY, { name: 'm', logicalType: 'integer', logicalTypeOptions: { maximum: 7 } }];
  const { result } = await checkFiles(folder, ['d=1-a.csv'], { columns });
  expect(checkOf(result, 'm.maximum').value).toBe(555);
  expect(checkOf(result, 'primaryKey').value).toBe(0);
  writeFileSync(join(folder, 'd=1-a.csv'), `d,n,m\n${rows.join('').replace(/\n4999,7,/u, '\n4999,14,')}`);
  const again = await checkFiles(folder, ['d=1-a.csv'], { columns });
  expect(checkOf(again.result, 'primaryKey').value).toBe(1);
});
