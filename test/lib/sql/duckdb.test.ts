import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationErrors } from '#lib/errors.ts';
import { csvRelation } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import type { Table } from '#lib/tables/table.ts';

let folder = '';
let engine: SqlEngine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  engine = await openDuckDb();
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

async function file(content: string, name = 'data.csv'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function valuesOf(table: Table, index: number): readonly (number | string)[] {
  const column = table.columns[index];
  return column?.kind === 'number' ? Array.from(column.values) : (column?.values ?? []);
}

function plain(table: Table): unknown {
  const columns = table.columns.map(({ name }, index) => [name, valuesOf(table, index)]);
  return { rows: table.rows, ...Object.fromEntries(columns) };
}

describe('a table', () => {
  test('has the asked columns in the asked order and the rows in file order', async () => {
    const path = await file('a,b,c\n3,x,1\n1,y,2\n2,z,3\n');
    const table = await engine.readTable(path, [
      { name: 'c', kind: 'string' },
      { name: 'a', kind: 'number' },
    ]);
    expect(plain(table)).toEqual({ rows: 3, c: ['1', '2', '3'], a: [3, 1, 2] });
    expect(table.columns[1]?.values).toBeInstanceOf(Float64Array);
  });

  test('has NaN and the empty string where a value is missing, quoted or not', async () => {
    const path = await file('n,s\n,\nNA,NA\n"","NA"\n1,na\n');
    const columns = [
      { name: 'n', kind: 'number' },
      { name: 's', kind: 'string' },
    ] as const;
    const nan = Number.NaN;
    expect(plain(await engine.readTable(path, columns))).toEqual({
      rows: 4,
      n: [nan, nan, nan, 1],
      s: ['', '', '', 'na'],
    });
  });

  test('keeps quotes, commas, line breaks, blanks and leading zeros of text', async () => {
    const path = await file('s,t\n"a ""b"", c\nd",007\n x ,\'#1\n');
    const columns = [
      { name: 's', kind: 'string' },
      { name: 't', kind: 'string' },
    ] as const;
    expect(plain(await engine.readTable(path, columns))).toEqual({
      rows: 2,
      s: ['a "b", c\nd', ' x '],
      t: ['007', "'#1"],
    });
  });

  test('takes decimal numbers in every usual form', async () => {
    const path = await file('n,m\n1.5, 2 \n-.5,+3\n1e3,1.E-2\n0.1,-0\n');
    const columns = [
      { name: 'n', kind: 'number' },
      { name: 'm', kind: 'number' },
    ] as const;
    const table = await engine.readTable(path, columns);
    expect(plain(table)).toEqual({ rows: 4, n: [1.5, -0.5, 1000, 0.1], m: [2, 3, 0.01, -0] });
  });

  test('of no columns is a check of the whole file', async () => {
    expect(await engine.readTable(await file('a,b\n1,2\n3,4\n'), [])).toEqual({ rows: 2, columns: [] });
    await expect(engine.readTable(await file('a,b\n1,2\n3\n'), [])).rejects.toThrow('This row has 1 field');
  });

  test('may have no rows', async () => {
    const table = await engine.readTable(await file('a,b\n'), [
      { name: 'a', kind: 'number' },
      { name: 'b', kind: 'string' },
    ]);
    expect(plain(table)).toEqual({ rows: 0, a: [], b: [] });
  });

  test('does not depend on the name or the folder of its file', async () => {
    await file('a\nwrong\n', 'd1.csv');
    await mkdir(join(folder, 'b=2'), { recursive: true });
    for (const name of [
      'd[1].csv',
      'd*.csv',
      'd?.csv',
      "it's.csv",
      'x.csv.gz',
      'b=2/d.csv',
      '{a,b}.csv',
      'é.csv',
    ]) {
      const path = await file('a\nright\n', name);
      expect(plain(await engine.readTable(path, [{ name: 'a', kind: 'string' }]))).toEqual({
        rows: 1,
        a: ['right'],
      });
    }
  });

  test('takes any column name', async () => {
    const path = await file('"it\'s ""x"", {y}",$1\n1,2\n');
    const columns = [
      { name: 'it\'s "x", {y}', kind: 'number' },
      { name: '$1', kind: 'number' },
    ] as const;
    expect(plain(await engine.readTable(path, columns))).toEqual({ rows: 1, 'it\'s "x", {y}': [1], $1: [2] });
  });

  test('has the values that were written, whatever they are', async () => {
    const text = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom(',', '"', '\n', ' ', "'", 'é', '😀'),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
      })
      .filter(value => !/[\0\r]/.test(value) && value !== 'NA');
    const number = fc.double({ noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, number), { minLength: 1 }), async rows => {
        const lines = rows.map(([s, n]) => `"${s.replaceAll('"', '""')}",${Number.isNaN(n) ? '' : n}`);
        const path = await file(`s,n\n${lines.join('\n')}\n`, 'any.csv');
        const table = await engine.readTable(path, [
          { name: 's', kind: 'string' },
          { name: 'n', kind: 'number' },
        ]);
        const minusZeroIsZero = (n: number) => (n === 0 ? 0 : n);
        expect(valuesOf(table, 0)).toEqual(rows.map(([s]) => s));
        expect(valuesOf(table, 1).map(n => minusZeroIsZero(Number(n)))).toEqual(
          rows.map(([, n]) => minusZeroIsZero(n)),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is read right while another is being read', async () => {
    const one = await file(`a\n${'1\n'.repeat(9000)}`, 'one.csv');
    const two = await file(`a\n${'2\n'.repeat(9000)}`, 'two.csv');
    const tables = await Promise.all(
      [one, two].map(path => engine.readTable(path, [{ name: 'a', kind: 'number' }])),
    );
    expect(tables.map(table => new Set(valuesOf(table, 0)))).toEqual([new Set([1]), new Set([2])]);
  });
});

describe('a table is refused when', () => {
  test('a column is missing, and the nearest one is named', async () => {
    const path = await file('distance,day\n1,Mon\n');
    const error = await engine
      .readTable(path, [{ name: 'distanse', kind: 'number' }])
      .catch(thrown => thrown);
    expect(error).toBeInstanceOf(ConfigurationErrors);
    expect(error.problems[0].message).toBe(`${path} has no column "distanse"`);
    expect(error.problems[0].remedy).toBe('Did you mean "distance"?');
    expect(error.problems[0].at).toEqual({ file: path, line: 1 });
  });

  test.each([
    'x',
    'inf',
    '-Infinity',
    'nan',
    '1_000',
    '0x1F',
    '1e400',
    '1,5',
    '1 2',
    '٣',
    ' ',
    'true',
    '2024-01-01',
  ])('a numeric column holds %j', async value => {
    const path = await file(`a,n\n"line\nbreak",1\n,2\n,"${value}"\n,y\n`);
    const error = await engine.readTable(path, [{ name: 'n', kind: 'number' }]).catch(thrown => thrown);
    expect(error).toBeInstanceOf(ConfigurationErrors);
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0].message).toBe(`${JSON.stringify(value)} in column "n" is not a number`);
    expect(error.problems[0].at).toEqual({ file: path, line: 5 });
  });

  test('several columns are wrong, and each is named', async () => {
    const path = await file('a,b\nx,1\n2,y\n');
    const error = await engine
      .readTable(path, [
        { name: 'a', kind: 'number' },
        { name: 'b', kind: 'number' },
      ])
      .catch(thrown => thrown);
    expect(error.problems.map((problem: { at: unknown }) => problem.at)).toEqual([
      { file: path, line: 2 },
      { file: path, line: 3 },
    ]);
  });
});

describe('a query', () => {
  test('binds its values', async () => {
    expect(
      await engine.query('SELECT $1 AS a, $2 AS b, $3 AS c, $4 AS d', ["it's", 1.5, true, null]),
    ).toEqual([{ a: "it's", b: 1.5, c: true, d: null }]);
  });

  test('gives whole numbers as numbers while they are exact', async () => {
    expect(await engine.query('SELECT 9007199254740991 AS a, 9007199254740993 AS b')).toEqual([
      { a: 9007199254740991, b: 9007199254740993n },
    ]);
  });

  test('gives dates as text, in UTC wherever the machine stands', () => {
    const script = `
      import { openDuckDb } from '#lib/sql/duckdb.ts';
      const engine = await openDuckDb();
      const [row] = await engine.query(\`SELECT DATE '2024-02-29' AS d,
        TIMESTAMPTZ '2024-02-29 12:00:00+02' AS t, CAST(TIMESTAMPTZ '2024-02-29 12:00' AS VARCHAR) AS v\`);
      console.log(JSON.stringify(row));
      engine.close();`;
    for (const TZ of ['Asia/Tokyo', 'America/St_Johns', 'UTC']) {
      const text = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        env: { ...process.env, TZ },
        cwd: join(import.meta.dirname, '../../..'),
        encoding: 'utf8',
      });
      const row = { d: '2024-02-29', t: '2024-02-29 10:00:00+00', v: '2024-02-29 12:00:00+00' };
      expect(JSON.parse(text)).toEqual(row);
    }
  });

  test('takes no column from the path of a file', async () => {
    await mkdir(join(folder, 'b=2'), { recursive: true });
    const path = await file('a,b\nx,7\n', 'b=2/path.csv');
    expect(await engine.query(`SELECT * FROM ${csvRelation(path, ['a', 'b'])}`)).toEqual([
      { a: 'x', b: '7' },
    ]);
  });

  test('reads the same CSV dialect as a table', async () => {
    const path = await file('a,b\n1,NA\n"x, y",""\n');
    expect(await engine.query(`SELECT * FROM ${csvRelation(path, ['a', 'b'])}`)).toEqual([
      { a: '1', b: null },
      { a: 'x, y', b: null },
    ]);
  });

  test('cannot load extensions, reach the network or change the settings', async () => {
    await expect(engine.query("SELECT * FROM 'https://example.invalid/a.csv'")).rejects.toThrow();
    await expect(engine.query('SET threads = 2')).rejects.toThrow('locked');
    await expect(engine.query('SET autoload_known_extensions = true')).rejects.toThrow('locked');
    expect(await engine.query("SELECT current_setting('threads') AS threads")).toEqual([{ threads: 1 }]);
  });
});
