// What contract init writes of a file lets contract validate read that file without options, and the file keeps it.
import { copyFileSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { initContracts } from '#lib/flows/contracts/init.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { makeRepository } from './contract-repository.ts';

const ROWS = Array.from({ length: 150 }, (_, i) => ({
  ...{ order_id: i, price: i % 7 === 0 ? null : i + 0.5, note: ['é', 'ü'][i % 2] ?? '' },
  ...{ open: i % 3 === 0, day: `2024-01-${10 + (i % 20)}` },
}));
const NAMES = ['order_id', 'price', 'note', 'open', 'day'] as const;
const TYPES = ['integer', 'number', 'string', 'boolean', 'date'];
const csv = (delimiter: string) =>
  `${[NAMES, ...ROWS.map(row => NAMES.map(name => row[name] ?? ''))].map(line => line.join(delimiter)).join('\n')}\n`;
const JSON_LINES = ROWS.map(row => `${JSON.stringify(row)}\n`).join('');
const utf16 = (text: string, isBig = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};
const latin1 = (text: string) => Buffer.from(text, 'latin1');

type Asked = NonNullable<Parameters<typeof initContracts>[0]['dialect']>;

interface Written {
  readonly format: string;
  readonly customProperties?: readonly { readonly property: string; readonly value: string }[];
}

/** Writes the file, infers its contract, and checks the file without a word of how it is written. */
async function initAndValidate(name: string, content: string | Uint8Array, dialect: Asked = {}) {
  const repository = makeRepository();
  repository.write({ [name]: content });
  const [contract] = await initContracts({ directory: repository.root, files: [name], dialect });
  const { servers, schema } = parse(contract?.text ?? '') as {
    readonly servers: readonly [Written];
    readonly schema: readonly [{ readonly properties: readonly Record<string, unknown>[] }];
  };
  const { passed, errors, tables } = await repository.validate();
  expect({ passed, errors, rows: tables[0]?.data.rows }).toEqual({ passed: true, errors: [], rows: 150 });
  expect(tables[0]?.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  const [{ format, customProperties = [] }] = servers;
  const said = Object.fromEntries(customProperties.map(({ property, value }) => [property, value]));
  return { text: contract?.text ?? '', format, said, properties: schema[0].properties };
}

test.each([
  ['a.csv', 'csv', csv(','), {}],
  ['a.CSV', 'csv', csv(','), {}],
  ['a.tsv', 'csv', csv('\t'), { delimiter: '\\t' }],
  ['a.txt', 'csv', csv(','), {}],
  ['a b.csv', 'csv', csv(';'), { delimiter: ';' }],
  ['a.txt', 'csv', csv('\t'), { delimiter: '\\t' }],
  ['a.csv.gz', 'csv', gzipSync(csv('|')), { delimiter: '|' }],
  ['a.tsv.zst', 'csv', zstdCompressSync(csv('\t')), { delimiter: '\\t' }],
  ['bom.csv', 'csv', `\ufeff${csv(';')}`, { delimiter: ';' }],
  ['le.csv', 'csv', utf16(csv(',')), { encoding: 'utf-16le' }],
  ['be.csv.gz', 'csv', gzipSync(utf16(csv(';'), true)), { delimiter: ';', encoding: 'utf-16be' }],
  ['le.jsonl', 'json', utf16(JSON_LINES), { encoding: 'utf-16le' }],
  ['a.jsonl', 'json', JSON_LINES, {}],
  ['a.ndjson.gz', 'json', gzipSync(JSON_LINES), {}],
  ['a.json.zst', 'json', zstdCompressSync(JSON_LINES), {}],
  ['{model}[1]*.csv', 'csv', csv(','), {}],
] as const)('%s: read as it is written, which the contract says', async (name, format, content, said) => {
  const found = await initAndValidate(name, content);
  expect([found.format, found.said]).toEqual([format, said]);
  expect(found.properties.map(one => [one['name'], one['logicalType']])).toEqual(
    NAMES.map((name, i) => [name, TYPES[i]]),
  );
  expect(found.text.match(/# guessed: /gu)?.length ?? 0).toBe(
    Object.keys(said).length - (name.includes('.tsv') ? 1 : 0),
  );
});

test.each([
  ['a.csv', csv(','), { encoding: 'latin1' }, { encoding: 'windows-1252' }],
  ['a.csv', csv('^'), { delimiter: '^' }, { delimiter: '^', encoding: 'windows-1252' }],
  ['a.tsv', csv(','), { delimiter: 'comma' }, { delimiter: ',', encoding: 'windows-1252' }],
  ['a.json', JSON_LINES, {}, { encoding: 'windows-1252' }],
] as const)('%s as somebody says that it is written', async (name, content, asked, said) => {
  const dialect = { encoding: 'windows-1252', ...asked };
  const found = await initAndValidate(name, latin1(content), dialect);
  expect(found.said).toEqual(said);
  expect(found.text).not.toContain('guessed: it');
  expect(found.properties).toHaveLength(5);
});

test.each([
  ['one column', 'name\nx;y\n', undefined],
  ['a comma in the header', 'a,b;c;d\n1,2;3;4\n', undefined],
  ['rows that are parted otherwise', 'a;b\n1\n2\n', undefined],
  ['a header alone', 'a|b', '|'],
  ['commas in the rows', 'a;b\n1,5;2,5\n', ';'],
  ['quotes', '"a,b";c\n"1;2";3\n', ';'],
  ['a row that is wrong further on', 'a;b\n1;2\n1;2;3\n', ';'],
  ['what most columns come of', 'a;b|c|d\n1;2|3|4\n', '|'],
])('the delimiter of a file with %s', async (_, text, delimiter) => {
  const { root, write } = makeRepository();
  write({ 'a.csv': text });
  const asked = { directory: root, files: ['a.csv'], dryRun: true };
  const found = await initContracts(asked).catch((error: { at: object }) => error.at);
  if (text.includes('1;2;3\n')) expect(found).toMatchObject({ file: 'a.csv', line: 3 });
  else {
    const written = delimiter === undefined ? [] : [{ key: 'delimiter', value: delimiter }];
    expect(found).toMatchObject([{ tables: [{ dialect: written }] }]);
  }
});

async function writeParquet(file: string): Promise<void> {
  const engine = await openDuckDb();
  const columns = "i::INTEGER AS order_id, 'x' AS note, TRUE AS open, DATE '2024-01-01' + i::INTEGER AS day";
  const odd = `'7' AS digits, CASE WHEN i = 0 THEN 'nan'::DOUBLE ELSE 1.5 END AS heat, {'a': i} AS geo, [i] AS tags, ${i60()} AS wide`;
  await engine.query(`COPY (SELECT ${columns}, ${odd} FROM range(150) t(i)) TO '${file}' (FORMAT parquet)`);
  engine.close();
}
const i60 = () => `{${Array.from({ length: 60 }, (_, i) => `'field${i}': 1`).join()}}`;

test.each(['a.parquet', 'a.pq'])('%s: columns have the types of the file', async name => {
  const { root, write } = makeRepository();
  write({ 'x.csv': 'x\n' });
  await writeParquet(join(root, name));
  const found = await initAndValidate(name, readFileSync(join(root, name)));
  expect(found.format).toBe('parquet');
  expect(found.properties.map(one => one['logicalType'])).toEqual([
    ...['integer', 'string', 'boolean', 'date', 'string', undefined, 'object', 'array', 'object'],
  ]);
  expect(found.text).toContain('1 of 150 values are NaN or infinite, and so no numbers');
  expect(found.text).toMatch(/logicalType: object # STRUCT\(.{52}… in the file\n/u);
});

test.each(['a.arrow', 'a.feather', 'a.ipc'])('%s: columns have the types of the file', async name => {
  const { root, validate } = makeRepository();
  copyFileSync(join(import.meta.dirname, '../../../fixtures/contracts/types.lz4.feather'), join(root, name));
  const [contract] = await initContracts({ directory: root, files: [name] });
  expect(contract?.tables).toMatchObject([{ path: name, format: 'arrow', rows: 3 }]);
  const types = contract?.tables[0]?.columns.map(({ name, type }) => [name, type]);
  expect(types).toEqual(
    expect.arrayContaining([
      ['n', 'integer'],
      ['day', 'date'],
      ['l', 'array'],
    ]),
  );
  expect((await validate()).passed).toBe(true);
});

test('values of JSON have the types that contracts see in them, and rows the order of the first one', async () => {
  const { root, write, validate } = makeRepository();
  const first = '{"z":1,"text":"1","mixed":1,"day":"2024-01-01","empty":null,"deep":{"a":[1]},"list":[]}';
  write({ 'a.jsonl': `${first}\n{"z":2.5,"text":"x","mixed":"1","day":"2024-01-02","late":true}\n` });
  const [contract] = await initContracts({ directory: root, files: ['a.jsonl'] });
  expect(contract?.tables[0]?.columns.map(({ name, type }) => [name, type])).toEqual([
    ...[
      ['z', 'number'],
      ['text', 'string'],
      ['mixed', undefined],
      ['day', 'date'],
      ['empty', undefined],
    ],
    ...[
      ['deep', 'object'],
      ['list', 'array'],
      ['late', 'boolean'],
    ],
  ]);
  expect(contract?.text).toContain('of several types: number in 1, string in 1 of 2 values');
  expect((await validate()).passed).toBe(true);
});

test('of two keys of JSON lines the first one in the file is the primary key', async () => {
  const rows = ROWS.map((_, i) => `{"row_id":${i},"alias_id":${i}}\n`).join('');
  const { properties } = await initAndValidate('a.jsonl', rows);
  expect(properties).toMatchObject([
    { name: 'row_id', primaryKey: true },
    { name: 'alias_id', unique: true },
  ]);
});

test('a wide file of JSON lines is counted in another way and comes out the same', async () => {
  const more = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`c${i}`, i]));
  const wide = ROWS.map(row => `${JSON.stringify({ ...row, ...more })}\n`).join('');
  const found = await initAndValidate('a.jsonl', wide);
  const narrow = await initAndValidate('a.jsonl', JSON_LINES);
  expect(found.properties.slice(0, NAMES.length)).toEqual(narrow.properties);
});

test('files of one folder are tables of one contract, each read from its own file', async () => {
  const { root, write, validate } = makeRepository();
  write({ 'd/a.csv': 'x;y\n1;2\n', 'd/a.jsonl': '{"n":1}\n', 'd/b.tsv': 'k\tl\n1\t2\n3\t4\n' });
  await initContracts({ directory: root, files: ['d/b.tsv', 'd/a.jsonl', 'd/a.csv'] });
  const { passed, tables } = await validate();
  expect(passed).toBe(true);
  expect(tables.map(({ table, data }) => [table, data.path, data.rows])).toEqual([
    ...[
      ['a.csv', 'd/a.csv', 1],
      ['a.jsonl', 'd/a.jsonl', 1],
      ['b', 'd/b.tsv', 2],
    ],
  ]);
});

test('a link to a file is followed, by validate out of the repository only where a person names it', async () => {
  const { root, write, validate } = makeRepository();
  const other = makeRepository();
  other.write({ 'far.csv': 'x;y\n1;2\n' });
  write({ 'near.csv': 'x,y\n1,2\n' });
  symlinkSync('near.csv', join(root, 'link.csv'));
  await initContracts({ directory: root, files: ['link.csv'] });
  expect((await validate()).tables).toMatchObject([{ passed: true, data: { path: 'link.csv' } }]);
  symlinkSync(join(other.root, 'far.csv'), join(root, 'far.csv'));
  const [contract] = await initContracts({ directory: root, files: ['far.csv'], force: true });
  expect(contract?.tables).toMatchObject([{ path: 'far.csv', rows: 1, dialect: [{ value: ';' }] }]);
  expect((await validate()).passed).toBe(false);
  const named = await validate({ data: 'far.csv', dialect: { delimiter: ';' } });
  expect(named.tables).toMatchObject([{ passed: true, data: { path: 'far.csv' } }]);
});
