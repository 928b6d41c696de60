import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readContract } from '#lib/contracts/read.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { initContracts } from '#lib/flows/contracts/init.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { Json } from '../../../interop/odcs.ts';
import { officialJudge } from '../../../interop/odcs-judge.ts';

const repository = join(import.meta.dirname, '../../../..');
const judge = officialJudge();
const official = (document: Json) => judge(document).length === 0;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'contract-init-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string) => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};
const csv = (header: string, count: number, row: (i: number) => string) =>
  `${[header, ...Array.from({ length: count }, (_, i) => row(i))].join('\n')}\n`;

/** The inferred contract as text, without writing it. */
async function inferred(name: string, text: string): Promise<string> {
  write(name, text);
  const [contract] = await initContracts({ directory: root, files: [name], dryRun: true });
  return contract?.text ?? '';
}

/** The lines of one column. */
async function columnOf(text: string, name: string): Promise<readonly string[]> {
  const lines = text.split('\n');
  const start = lines.findIndex(line => line.startsWith(`      - name: ${name}`));
  const length = lines.slice(start + 1).findIndex(line => !line.startsWith('        '));
  return lines.slice(start, start + 1 + length).map(line => line.trim());
}

describe('what is inferred', () => {
  test('holds for the file that it comes from, in our schema and in the official one', async () => {
    for (const [folder, name] of [
      ['deliveries', 'deliveries.csv'],
      ['lending-club', 'lending_club.csv'],
    ] as const) {
      write(name, readFileSync(join(repository, 'data', folder, name), 'utf8'));
      const [contract] = await initContracts({ directory: root, files: [name], force: true });
      expect(contract).toMatchObject({ path: 'contract.odcs.yaml', isWritten: true });
      expect(official(parse(contract?.text ?? ''))).toBe(true);
      const engine = await openDuckDb();
      const result = await validateContract({ root, contract: 'contract.odcs.yaml', path: name, engine });
      engine.close();
      expect(result.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    }
  });

  test('carries its evidence', async () => {
    const text = await inferred(
      'orders.csv',
      csv(
        'order_id,amount,country,note',
        12000,
        i => `${i},${i % 7}.5,${['DE', 'NO'][i % 2]},${i % 10 ? '' : 'x'}`,
      ),
    );
    expect(text.split('\n').slice(0, 8)).toEqual([
      '# Data contract of orders.csv, inferred by mainline contract init from 12,000 rows.',
      '# A guess from what is there now: read every line before anybody relies on it, then make it active.',
      'apiVersion: v3.1.0',
      'kind: DataContract',
      'id: orders',
      'name: orders',
      'version: 0.1.0',
      'status: draft',
    ]);
    expect(await columnOf(text, 'order_id')).toEqual([
      '- name: order_id # seen from 0 to 11999',
      'logicalType: integer # 12,000 of 12,000 values',
      'required: true # a value in 12,000 of 12,000 rows',
      'primaryKey: true # no value stands twice in 12,000 rows',
      'primaryKeyPosition: 1',
      'logicalTypeOptions:',
      'minimum: 0 # none is negative, 12,000 of 12,000 values',
    ]);
    expect(await columnOf(text, 'country')).toEqual([
      '- name: country',
      'logicalType: string',
      'required: true # a value in 12,000 of 12,000 rows',
      'quality:',
      '- metric: invalidValues # 12,000 of 12,000 values, each at least 6,000 times',
      'arguments:',
      'validValues:',
      '- DE',
      "- 'NO'",
      'mustBe: 0',
    ]);
    expect(await columnOf(text, 'note')).toEqual([
      '- name: note # missing in 10,800 of 12,000 rows',
      'logicalType: string',
    ]);
  });

  test('a few rows prove no key, no bound and no list', async () => {
    const text = await inferred(
      'few.csv',
      csv('id,kind,amount', 12, i => `${i},${'ab'[i % 2]},${i}`),
    );
    expect(text).not.toMatch(/primaryKey|unique: true #|minimum|validValues/);
    expect((await columnOf(text, 'id'))[0]).toContain(
      'no value stands twice in these 12 rows: perhaps unique: true',
    );
  });

  test('a value that stands once keeps a list open', async () => {
    const text = await inferred(
      'kinds.csv',
      csv('kind', 500, i => (i === 0 ? 'rare' : 'often')),
    );
    expect(text).not.toContain('validValues');
  });

  test('measurements that happen to differ are no keys', async () => {
    const text = await inferred(
      'm.csv',
      csv('weight', 500, i => `${i}.25`),
    );
    expect(text).not.toMatch(/primaryKey|unique/);
  });

  test('numbers with leading zeros are names', async () => {
    const text = await inferred(
      'zip.csv',
      csv('zip', 500, i => `0${1000 + (i % 300)}`),
    );
    expect(await columnOf(text, 'zip')).toEqual([
      '- name: zip',
      'logicalType: string',
      'required: true # a value in 500 of 500 rows',
      'logicalTypeOptions:',
      'minLength: 5 # a code: 500 of 500 values have 5 characters',
      'maxLength: 5',
    ]);
  });

  test('dates, moments, times, truths and forms of text', async () => {
    const text = await inferred(
      'forms.csv',
      csv('day,at,clock,open,uuid,mixed', 200, i =>
        [
          '2024-02-29',
          '2024-02-29T10:00:00Z',
          '10:00',
          'true',
          `6ba7b810-9dad-11d1-80b4-00c04fd43${100 + i}`,
          i % 2 ? 'x' : '1',
        ].join(),
      ),
    );
    const { schema } = parse(text) as {
      schema: { properties: { logicalType: string; logicalTypeOptions?: object }[] }[];
    };
    expect(
      schema[0]?.properties.map(({ logicalType, logicalTypeOptions }) => [logicalType, logicalTypeOptions]),
    ).toEqual([
      ['date', { format: 'yyyy-MM-dd', minimum: '1900-01-01' }],
      ['timestamp', { minimum: '1900-01-01T00:00:00Z' }],
      ['time', undefined],
      ['boolean', undefined],
      ['string', { format: 'uuid', pattern: expect.stringContaining('[0-9a-fA-F]{8}-') }],
      ['string', undefined],
    ]);
    expect(official(parse(text))).toBe(true);
  });
});

test('of columns about people nothing that they hold is written', async () => {
  const text = await inferred(
    'people.csv',
    csv('email,birth_date,phone,contact,ip,full_name', 200, i =>
      [
        `secret${i}@x.org`,
        '1971-03-04',
        `49301234${1000 + i}`,
        `hidden${i % 3}@x.org`,
        '10.9.8.7',
        i % 2 ? 'Ada Secret' : 'Bob Hidden',
      ].join(),
    ),
  );
  expect(text.match(/classification: personal/g)).toHaveLength(6);
  expect(text).not.toMatch(/secret|hidden|1971|4930|10\.9|Ada|Bob/i);
  expect(text).toContain(
    'classification: personal # guessed from how the values are written: an e-mail address',
  );
});

test('Parquet and JSON lines have types of their own', async () => {
  write(
    'x.jsonl',
    csv('{"id":0,"tags":["a"],"geo":{"lat":1},"price":0.5,"ok":true}', 150, i =>
      JSON.stringify({ id: i + 1, price: i, ok: false }),
    ),
  );
  const engine = await openDuckDb();
  await engine.query(
    `COPY (SELECT range::INTEGER AS id, (range / 2)::DECIMAL(10, 2) AS price, DATE '2024-01-01' + range::INTEGER AS day, 'x' || range AS code FROM range(150)) TO '${join(root, 'y.parquet')}' (FORMAT parquet)`,
  );
  engine.close();
  const [contract, ...more] = await initContracts({ directory: root, files: ['y.parquet', 'x.jsonl'] });
  expect(more).toEqual([]);
  const { value } = await readContract(join(root, 'contract.odcs.yaml'));
  expect(official(parse(contract?.text ?? ''))).toBe(true);
  expect(
    value.schema?.map(({ physicalName, properties }) => [
      physicalName,
      properties?.map(({ logicalType }) => logicalType),
    ]),
  ).toEqual([
    ['x.jsonl', ['integer', 'array', 'object', 'number', 'boolean']],
    ['y.parquet', ['integer', 'number', 'date', 'string']],
  ]);
  expect(value.servers?.map(({ server }) => server)).toEqual(['x', 'y']);
  expect(value.schema?.[1]?.properties?.map(({ primaryKey, unique }) => primaryKey ?? unique)).toEqual([
    true,
    undefined,
    undefined,
    true,
  ]);
});

describe('what people keep', () => {
  test('a contract that is there is not overwritten, but with --force', async () => {
    write('a/data.csv', 'x\n1\n');
    write('a/contract.odcs.yaml', 'mine');
    const files = ['a/data.csv'];
    await expect(initContracts({ directory: root, files })).rejects.toMatchObject({
      message: 'There is a contract already: a/contract.odcs.yaml',
    });
    expect(readFileSync(join(root, 'a/contract.odcs.yaml'), 'utf8')).toBe('mine');
    await initContracts({ directory: root, files, force: true });
    expect(readFileSync(join(root, 'a/contract.odcs.yaml'), 'utf8')).toContain('kind: DataContract');
  });

  test('nothing is written when one of the files cannot be read', async () => {
    write('a/data.csv', 'x\n1\n');
    write('b/data.parquet', 'no parquet');
    await expect(
      initContracts({ directory: root, files: ['a/data.csv', 'b/data.parquet'] }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^This cannot be read as Parquet: /),
      at: { file: 'b/data.parquet' },
    });
    expect(existsSync(join(root, 'a/contract.odcs.yaml'))).toBe(false);
  });

  test.each([
    ['there is none', 'none.csv', 'There is no file none.csv'],
    ['nobody can read', 'a.xlsx', 'a.xlsx is none of the kinds of files that can be read'],
  ])('a file that %s is told', async (_, file, message) => {
    write('a.xlsx', 'x');
    await expect(initContracts({ directory: root, files: [file] })).rejects.toMatchObject({ message });
  });
});

test('names that YAML, SQL or a comment could trip over', async () => {
  const names = [
    'a: b',
    '# c',
    '"quoted"',
    "it's",
    'yes',
    '- x',
    '1',
    'ü ß',
    '{x}',
    '; drop table',
    '%s',
    '\u2028line',
  ];
  const header = names.map(name => `"${name.replaceAll('"', '""')}"`).join(',');
  const text = await inferred(
    'odd.csv',
    csv(header, 3, () => names.map(() => '1').join(',')),
  );
  const { schema } = parse(text) as { schema: { properties: { name: string }[] }[] };
  expect(schema[0]?.properties.map(({ name }) => name)).toEqual(names);
  expect(official(parse(text))).toBe(true);
  // PyYAML reads YAML 1.1, as other tools for contracts do.
  const old = parse(text, { version: '1.1' }) as typeof schema;
  expect(old).toEqual(parse(text));
});

test('a wide table is counted in another way and comes out the same', async () => {
  const row = (i: number) =>
    `${i},${i % 7}.5,${['DE', 'NO'][i % 2]},${i % 10 ? '' : 'x'},2024-01-0${(i % 9) + 1},a${i}@b.de,`;
  const header = 'id,amount,country,note,day,contact,empty';
  const narrow = await inferred('t.csv', csv(header, 500, row));
  const more = Array.from({ length: 50 }, (_, i) => `c${i}`).join(',');
  const wide = await inferred(
    't.csv',
    csv(`${header},${more}`, 500, i => `${row(i)},${'1,'.repeat(49)}1`),
  );
  const columns = narrow.split('\n').slice(narrow.split('\n').findIndex(line => line.includes('- name: id')));
  expect(columns.length).toBeGreaterThan(30);
  expect(wide).toContain(columns.join('\n').trimEnd());
});

test('an empty table promises only its columns', async () => {
  const text = await inferred('empty.csv', 'a,b\n');
  expect(await columnOf(text, 'a')).toEqual(['- name: a # holds no value at all']);
});

test('the command runs from the command line', () => {
  write('data.csv', 'x\n1\n');
  const cli = join(repository, 'actions/cli/mainline.js');
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, [cli, '-C', root, 'contract', 'init', ...args], { encoding: 'utf8' });
  expect(run('data.csv', '--stdout')).toContain('physicalName: data.csv');
  expect(existsSync(join(root, 'contract.odcs.yaml'))).toBe(false);
  expect(JSON.parse(run('data.csv', '--json'))).toMatchObject([
    { path: 'contract.odcs.yaml', isWritten: true, tables: [{ path: 'data.csv', rows: 1 }] },
  ]);
});
