import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { contractOf, csvOf, failedOf, makeRepository } from './contract-repository.ts';

const TEN = Array.from({ length: 10 }, (_, i) => [i, 'x'] as const);
const local = (path: string, more: Readonly<Record<string, unknown>> = {}) => ({
  servers: [{ server: 'here', type: 'local', path, format: 'csv', ...more }],
});

describe('the data of a contract', () => {
  test('lies beside it, under the name of the table', async () => {
    const { write, validate } = makeRepository();
    write({ 'd/contract.odcs.yaml': contractOf(), 'd/t.csv': csvOf(TEN), 'd/other.csv': 'z\n1\n' });
    const { passed, tables } = await validate();
    expect(passed).toBe(true);
    expect(tables).toMatchObject([{ table: 't', data: { path: 'd/t.csv', rows: 10 } }]);
  });

  test('is the only file beside it, whatever its name', async () => {
    const { write, validate } = makeRepository();
    write({ 'contract.odcs.yaml': contractOf(), 'some.csv': csvOf(TEN), 'README.txt': 'words' });
    expect((await validate()).tables).toMatchObject([{ data: { path: 'some.csv', rows: 10 } }]);
  });

  test('may have columns that are called like what every object has', async () => {
    const { write, validate } = makeRepository();
    const names = ['constructor', 'toString', '__proto__', 'n'];
    const properties = names.map((name, i) => ({ name, logicalType: 'integer', primaryKey: i === 0 }));
    write({
      'contract.odcs.yaml': contractOf({ schema: [{ name: 't', properties }] }),
      't.csv': `${names.join()}\n1,2,3,4\n2,3,4,x\n`,
    });
    expect(failedOf(await validate())).toEqual(['n.type']);
  });

  test('may be JSON lines with one key', async () => {
    const { write, validate } = makeRepository();
    const schema = [{ name: 't', properties: [{ name: 'n', logicalType: 'integer' }] }];
    write({ 'contract.odcs.yaml': contractOf({ schema }), 't.jsonl': '{"n":1}\n{"n":null}\n{}\n' });
    expect(failedOf(await validate())).toEqual([]);
    write({ 't.jsonl': '{"n":1}\n[1]\n' });
    expect((await validate()).errors).toMatchObject([
      { message: 'This row is an array, an object was expected', at: { file: 't.jsonl', line: 2 } },
    ]);
  });

  test('is on the server that is called like the table, where one is', async () => {
    const { write, validate } = makeRepository();
    const [first] = (JSON.parse(contractOf()) as { schema: object[] }).schema;
    write({
      'contract.odcs.yaml': contractOf({
        servers: ['t', 'u'].map(server => ({ server, type: 'local', path: `${server}.csv`, format: 'csv' })),
        schema: [first, { ...first, name: 'u' }],
      }),
      't.csv': csvOf(TEN),
      'u.csv': csvOf([[1, 'x']]),
    });
    expect((await validate()).tables).toMatchObject([
      { data: { path: 't.csv' } },
      { data: { path: 'u.csv' } },
    ]);
  });

  test('is not guessed among several files', async () => {
    const { write, validate } = makeRepository();
    write({ 'contract.odcs.yaml': contractOf(), 'a.csv': csvOf(TEN), 'b.csv': csvOf(TEN) });
    const { passed, errors } = await validate();
    expect(passed).toBe(false);
    expect(errors.map(({ message }) => message)).toEqual([
      'The contract does not say which of 2 files the table t is',
    ]);
  });

  test('is several files in key=value folders, packed or not, and every row counts', async () => {
    const { write, validate } = makeRepository();
    const days = contractOf({
      schema: [
        {
          name: 't',
          properties: [{ name: 'n', unique: true }, { name: 'c' }, { name: 'day', logicalType: 'date' }],
        },
      ],
    });
    write({
      'contract.odcs.yaml': days,
      't/day=2026-01-01/a.csv': csvOf(TEN),
      't/day=2026-01-02/b.csv.gz': gzipSync(
        csvOf([
          [10, 'y'],
          [3, 'y'],
        ]),
      ),
      't/day=nonsense/c.csv.zst': zstdCompressSync(csvOf([[20, 'y']])),
      't/_SUCCESS': '',
    });
    const result = await validate();
    expect(result.tables[0]?.data).toMatchObject({ path: 't', rows: 13, files: 3 });
    expect(failedOf(result)).toEqual(['n.unique', 'day.type']);
    expect(result.tables[0]?.checks.find(({ id }) => id === 'day.type')?.samples).toEqual([
      { line: 2, file: 't/day=nonsense/c.csv.zst', value: 'nonsense' },
    ]);
  });

  test('is where a server of the contract says, with its delimiter and its encoding', async () => {
    const { write, validate } = makeRepository();
    const dialect = {
      customProperties: [
        { property: 'delimiter', value: ';' },
        { property: 'encoding', value: 'windows-1252' },
      ],
    };
    write({
      'c/contract.odcs.yaml': contractOf(local('../files/{model}-*.csv', dialect)),
      // 0x80 is the euro sign there.
      'files/t-1.csv': Buffer.from('n;c\n1;\x80\n', 'latin1'),
      'files/u-1.csv': 'n;c\nx;y\n',
    });
    const { passed, tables } = await validate();
    expect(passed).toBe(true);
    expect(tables).toMatchObject([{ server: 'here', data: { path: 'files/t-*.csv', rows: 1 } }]);
  });

  test('is told apart by names where several tables are at one place', async () => {
    const { write, validate } = makeRepository();
    const schema = ['a', 'b'].map(name => ({ name, properties: [{ name: 'n' }, { name: 'c' }] }));
    write({
      'contract.odcs.yaml': contractOf({ schema, ...local('files') }),
      'files/a.csv': csvOf(TEN),
      'files/b/1.csv': csvOf([[1, 'x']]),
      'files/b/2.csv': csvOf([[2, 'x']]),
    });
    const { tables } = await validate();
    expect(tables.map(({ table, data }) => [table, data.rows])).toEqual([
      ['a', 10],
      ['b', 2],
    ]);
    expect((await validate({ table: 'b' })).tables).toHaveLength(1);
    await expect(validate({ table: 'c' })).resolves.toMatchObject({ passed: false, tables: [] });
  });

  test.each(['../../outside.csv', '/etc/passwd', '../..', 'x/../../../y.csv'])(
    'never leaves the repository for a contract: %s',
    async path => {
      const { write, validate } = makeRepository();
      write({ 'c/contract.odcs.yaml': contractOf(local(path)) });
      const { errors } = await validate();
      expect(errors.map(({ message }) => message)).toEqual([
        `The path ${JSON.stringify(path)} leads out of the repository`,
      ]);
    },
  );

  test('is not read through a link that leads out, unless a person names it', async () => {
    const { root, write, validate } = makeRepository();
    const outside = makeRepository();
    outside.write({ 'secret.csv': csvOf(TEN), 'folder/t.csv': csvOf(TEN) });
    write({ 'contract.odcs.yaml': contractOf(local('t.csv')) });
    symlinkSync(join(outside.root, 'secret.csv'), join(root, 't.csv'));
    symlinkSync(join(outside.root, 'folder'), join(root, 'linked'));
    expect((await validate()).errors.map(({ name }) => name)).toEqual(['NoData']);
    const named = await validate({ data: 't.csv' });
    expect(named.tables).toMatchObject([{ data: { path: 't.csv', rows: 10 } }]);
    write({ 'contract.odcs.yaml': contractOf(local('linked')) });
    expect((await validate()).errors).toMatchObject([
      { name: 'NoData', remedy: expect.stringContaining('--data, and so what lies behind a link') },
    ]);
  });

  test('may be JSON lines, and a line that is none is named', async () => {
    const { write, validate } = makeRepository();
    write({ 'contract.odcs.yaml': contractOf(), 't.jsonl': '{"n":1,"c":"x"}\n{"n":"z","c":"y"}\n' });
    expect(failedOf(await validate())).toEqual(['n.type']);
    write({ 't.jsonl': '{"n":1,"c":"x"}\n{"n":2,"c":"x"}\nnonsense\n' });
    expect((await validate()).problems).toMatchObject([{ at: { file: 't.jsonl', line: 3 } }]);
  });

  test('may be Parquet, of which only a file that is new is read', async () => {
    const { root, write, validate } = makeRepository();
    write({ 'contract.odcs.yaml': contractOf(), 't/keep.txt': '' });
    const engine = await openDuckDb();
    const make = (name: string, from: number) =>
      engine.query(
        `COPY (SELECT range::INTEGER AS n, 'x' AS c FROM range(${from}, ${from + 10})) TO '${join(root, 't', name)}' (FORMAT parquet)`,
      );
    await make('a.parquet', 0);
    await make('b.parquet', 10);
    const known: boolean[] = [];
    const tell: NonNullable<Parameters<typeof validate>[0]>['tell'] = event => {
      if (event.kind === 'file') known.push(event.isKnown);
    };
    const rules = { contracts: ['contract.odcs.yaml'], tell } as const;
    write({
      'contract.odcs.yaml': contractOf({
        schema: [
          {
            name: 't',
            properties: [
              {
                name: 'n',
                quality: [{ metric: 'invalidValues', arguments: { validValues: [1] }, mustBe: 0 }],
              },
              { name: 'c' },
            ],
          },
        ],
      }),
    });
    await validate(rules);
    await make('c.parquet', 20);
    engine.close();
    const result = await validate(rules);
    // Small files are read at once: which of them is done first is nobody's to say.
    expect([known.slice(0, 2), known.slice(2).toSorted()]).toEqual([
      [false, false],
      [false, true, true],
    ]);
    expect(result.tables[0]?.checks.find(({ id }) => id === 'n.invalidValues')?.failingRows).toBe(29);
  });
});

describe('what DVC tracks', () => {
  test('is read from its cache, at any revision, and nothing is checked out', async () => {
    const { root, write, track, commit, validate } = makeRepository();
    write({ 'd/contract.odcs.yaml': contractOf(), 'd/.gitignore': '/t.csv\n' });
    track('d/t.csv', csvOf(TEN));
    commit('ten rows');
    track('d/t.csv', csvOf(TEN.slice(0, 3)));
    commit('three rows');
    expect((await validate()).tables).toMatchObject([{ data: { path: 'd/t.csv', rows: 3 } }]);
    const before = await validate({ revision: 'HEAD~1' });
    expect(before).toMatchObject({ revision: { name: 'HEAD~1' }, tables: [{ data: { rows: 10 } }] });
    expect(existsSync(join(root, 'd/t.csv'))).toBe(false);
  });

  test('gives way to what lies in the work tree', async () => {
    const { write, track, validate } = makeRepository();
    write({ 'd/contract.odcs.yaml': contractOf() });
    track('d/t.csv', csvOf(TEN));
    write({ 'd/t.csv': csvOf([[1, 'x']]) });
    expect((await validate()).tables).toMatchObject([{ data: { rows: 1 } }]);
  });

  test('is said to be nowhere where neither cache nor remote has it', async () => {
    const { root, write, track, validate } = makeRepository();
    const remote = makeRepository();
    write({ 'd/contract.odcs.yaml': contractOf() });
    track('d/t.csv', csvOf(TEN));
    write({ '.dvc/config': `[core]\n    remote = r\n['remote "r"']\n    url = ${remote.root}\n` });
    rmSync(join(root, '.dvc/cache'), { recursive: true });
    const { errors } = await validate();
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Neither the cache of DVC nor the remote has d\/t\.csv/u),
    ]);
  });
});

describe('against the base', () => {
  test('newly failing, fixed and still failing rules are told, and what changed though no rule fails', async () => {
    const { write, git, commit, validate } = makeRepository();
    const quality = [{ metric: 'rowCount', mustBeGreaterThan: 50 }];
    write({
      'contract.odcs.yaml': contractOf({
        schema: [
          {
            name: 't',
            quality,
            properties: [
              { name: 'n', logicalType: 'integer' },
              { name: 'c', required: true },
            ],
          },
        ],
      }),
      't.csv': csvOf([...TEN, ['z', 'x']]),
    });
    commit('base');
    git('checkout', '-q', '-b', 'change');
    write({ 't.csv': csvOf([...TEN, [11, ''], [12, 'y']]) });
    const { tables } = await validate({ base: 'main' });
    expect(tables[0]?.comparison).toMatchObject({
      why: null,
      newlyFailing: ['c.required'],
      fixed: ['n.type'],
      stillFailing: ['rowCount'],
    });
    expect(tables[0]?.comparison?.shifts.map(({ kind }) => kind)).toEqual(['null-share', 'new-categories']);
  });

  test('values of private columns are not told, nor those that the contract does not know', async () => {
    const { write, git, commit, validate } = makeRepository();
    const properties = [{ name: 'n' }, { name: 'c', classification: 'personal' }];
    write({ 'contract.odcs.yaml': contractOf({ schema: [{ name: 't', properties }] }) });
    write({ 't.csv': `n,c,u\n${TEN.map(([n]) => `${n},Ann,Ann\n`).join('')}` });
    commit('base');
    git('checkout', '-q', '-b', 'change');
    write({ 't.csv': `n,c,u\n${TEN.map(([n]) => `${n},Bob,Bob\n`).join('')}` });
    expect(JSON.stringify(await validate({ base: 'main' }))).not.toMatch(/Ann|Bob/u);
  });

  test('a contract that is new has nothing to be compared with', async () => {
    const { write, commit, validate } = makeRepository();
    write({ 'README.md': 'nothing' });
    commit('base');
    write({ 'contract.odcs.yaml': contractOf(), 't.csv': csvOf(TEN) });
    const { passed, tables } = await validate({ base: 'main' });
    expect([passed, tables[0]?.comparison?.why]).toEqual([true, 'the contract is new']);
  });
});

test('a number of rows is unusual among the versions in git, and only among enough of them', async () => {
  const { write, commit, validate } = makeRepository();
  write({ 'contract.odcs.yaml': contractOf() });
  for (const rows of [100, 101, 103, 99, 102, 100]) {
    write({ 't.csv': csvOf(Array.from({ length: rows }, (_, i) => [i, 'x'] as const)) });
    commit(`${rows} rows`);
  }
  write({ 't.csv': csvOf(Array.from({ length: 300 }, (_, i) => [i, 'x'] as const)) });
  const { tables } = await validate({ history: 10 });
  expect(tables[0]?.history?.revisions.map(({ rows }) => rows)).toEqual([100, 102, 99, 103, 101, 100]);
  expect(tables[0]?.history?.measured).toMatchObject([
    { column: null, now: 300, median: 100.5, isUnusual: true },
  ]);
  const few = await validate({ history: 4 });
  expect(few.tables[0]?.history?.why).toMatch(/^only 4 earlier versions/u);
});

test('only the checks that are asked for are run, and words that mean none are refused', async () => {
  const { write, validate } = makeRepository();
  write({
    'contract.odcs.yaml': contractOf(),
    't.csv': csvOf([
      [1, ''],
      [1, 'x'],
    ]),
  });
  expect(failedOf(await validate())).toEqual(['c.required', 'primaryKey']);
  expect(failedOf(await validate({ selection: { dimensions: ['uq'] } }))).toEqual(['primaryKey']);
  expect(failedOf(await validate({ selection: { rules: ['c'] } }))).toEqual(['c.required']);
  await expect(validate({ selection: { rules: ['nonsense'] } })).rejects.toThrow(
    'No check is what you ask for',
  );
});

test('no value of the data is shown where nobody wants to see it', async () => {
  const { write, validate } = makeRepository();
  write({ 'contract.odcs.yaml': contractOf(), 't.csv': csvOf([['shown', 'x']]) });
  expect(JSON.stringify(await validate())).toContain('shown');
  expect(JSON.stringify(await validate({ showSamples: false }))).not.toContain('shown');
});

test('git sees nothing of what is remembered', async () => {
  const { root, git, write, commit, validate } = makeRepository();
  write({ 'contract.odcs.yaml': contractOf(), 't.csv': csvOf(TEN) });
  commit('base');
  await validate();
  expect(readdirSync(join(root, '.mainline/contracts/partials')).length).toBeGreaterThan(0);
  expect(git('status', '--short')).toBe('');
  writeFileSync(join(root, '.mainline/contracts/partials/damaged.json'), '{');
  expect((await validate()).passed).toBe(true);
});

test('a contract about a database is told of and fails nothing, unless it was named', async () => {
  const { write, validate } = makeRepository();
  const servers = [{ server: 'k', type: 'kafka', host: 'h' }];
  write({ 'contract.odcs.yaml': contractOf({ servers }) });
  expect(await validate()).toMatchObject({
    passed: true,
    elsewhere: [{ contract: 'contract.odcs.yaml', servers: ['kafka'] }],
  });
  expect(await validate({ contracts: ['contract.odcs.yaml'] })).toMatchObject({ passed: false });
});

test('what is remembered is not believed where somebody could have proposed it', async () => {
  const { root, git, write, commit, validate } = makeRepository();
  write({ 'contract.odcs.yaml': contractOf(), 't.csv': csvOf([['wrong', 'x']]) });
  commit('base');
  expect(failedOf(await validate())).toEqual(['n.type']);
  const partials = join(root, '.mainline/contracts/partials');
  for (const name of readdirSync(partials)) {
    const [, counts] = JSON.parse(readFileSync(join(partials, name), 'utf8')) as readonly [
      string,
      Readonly<Record<string, number>>,
    ];
    const forged = Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, key === 'n' ? n : 0]));
    const sum = createHash('sha256')
      .update(`${name} ${JSON.stringify(forged)}`)
      .digest('hex');
    writeFileSync(join(partials, name), JSON.stringify([sum, forged]));
  }
  expect(failedOf(await validate())).toEqual([]);
  git('add', '--force', '.mainline');
  expect(failedOf(await validate())).toEqual(['n.type']);
});

test('keys are followed to other tables, and metrics of ours to other versions', async () => {
  const { write, git, commit, validate } = makeRepository();
  const mean = { metric: 'mean', reference: 'main', mustBeLessThan: 5 };
  const schema = [
    {
      name: 't',
      properties: [
        {
          name: 'n',
          logicalType: 'integer',
          quality: [{ type: 'custom', engine: 'mainline', implementation: mean }],
        },
        { name: 'c', relationships: [{ to: 'u.c' }] },
      ],
    },
    { name: 'u', properties: [{ name: 'n' }, { name: 'c', primaryKey: true }] },
  ];
  write({ 'contract.odcs.yaml': contractOf({ schema }), 't.csv': csvOf(TEN), 'u.csv': csvOf([[1, 'x']]) });
  commit('base');
  git('checkout', '-q', '-b', 'change');
  write({ 't.csv': csvOf(TEN.map(([n]) => [n + 100, n > 7 ? 'y' : 'x'] as const)) });
  const { tables } = await validate({ table: 't' });
  const found = tables[0]?.checks.filter(({ rule }) => rule === 'relationship' || rule === 'mean');
  expect(found?.map(({ outcome, value, reason }) => [outcome, value, reason])).toEqual([
    ['failed', 100, undefined],
    ['failed', 2, undefined],
  ]);
});

test('the data may be an Arrow file', async () => {
  const { root, write, validate } = makeRepository();
  const properties = [
    ['n', 'integer'],
    ['day', 'date'],
    ['dec', 'number'],
    ['l', 'array'],
  ].map(([name, logicalType]) => ({ name, logicalType, required: name === 'n' }));
  write({ 'd/contract.odcs.yaml': contractOf({ schema: [{ name: 't', properties }] }) });
  copyFileSync(
    join(import.meta.dirname, '../../../fixtures/contracts/types.lz4.feather'),
    join(root, 'd/t.feather'),
  );
  const result = await validate();
  expect(result.tables).toMatchObject([{ data: { path: 'd/t.feather', rows: 3 } }]);
  expect(failedOf(result)).toEqual(['columns', 'n.required']);
});
