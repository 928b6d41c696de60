import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nestedTypeOf } from '#lib/contracts/data/nested-type.ts';
import type { ContractResult } from '#lib/contracts/result.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { checkOf, contractText, type Entry, openTinyTables, tinyEngine, tinyRoot } from './tiny-table.ts';

openTinyTables();

/** The result over JSON lines. */
async function validateRows(rows: readonly unknown[], columns: readonly Entry[]): Promise<ContractResult> {
  writeFileSync(join(tinyRoot(), 'tiny.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
  return validateFile('tiny.jsonl', columns);
}

/** The result over a Parquet file that DuckDB writes. */
async function validateQuery(query: string, columns: readonly Entry[]): Promise<ContractResult> {
  const file = join(tinyRoot(), 'tiny.parquet');
  await tinyEngine().query(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  return validateFile('tiny.parquet', columns);
}

function validateFile(path: string, columns: readonly Entry[]): Promise<ContractResult> {
  writeFileSync(
    join(tinyRoot(), 'contract.odcs.yaml'),
    contractText({ columns, contract: { apiVersion: 'v3.2.0' } }),
  );
  return validateContract({ root: tinyRoot(), contract: 'contract.odcs.yaml', path, engine: tinyEngine() });
}

/** Outcome and failing rows of each check. */
function failing({ checks }: ContractResult): Readonly<Record<string, number>> {
  return Object.fromEntries(
    checks.flatMap(({ id, outcome, failingRows }) => (outcome === 'failed' ? [[id, failingRows ?? -1]] : [])),
  );
}

const string = (options: object = {}, more: object = {}) => ({
  ...{ logicalType: 'string', logicalTypeOptions: options },
  ...more,
});

const ADDRESS = {
  name: 'address',
  logicalType: 'object',
  properties: [
    { name: 'city', ...string({ minLength: 2 }), required: true },
    {
      name: 'geo',
      logicalType: 'object',
      properties: [{ name: 'lat', logicalType: 'number', logicalTypeOptions: { maximum: 90 } }],
    },
  ],
};

describe('members of an object', () => {
  // Counted by hand: Oslo keeps all; B is short; then no city, no object, city null, latitude beyond, text for a number.
  const broken = {
    'address.city.required': 2,
    'address.city.minLength': 1,
    'address.geo.lat.type': 1,
    'address.geo.lat.maximum': 1,
  };

  test('are checked in JSON lines; an object that is not there lacks none', async () => {
    const rows = [
      { address: { city: 'Oslo', geo: { lat: 59 } } },
      { address: { city: 'B', geo: { lat: 1 } } },
      { address: { geo: { lat: 1 } } },
      { address: null },
      { address: { city: null } },
      { address: { city: 'Rome', geo: { lat: 91 } } },
      { address: { city: 'Rome', geo: { lat: '9' } } },
    ];
    const result = await validateRows(rows, [ADDRESS]);
    expect(failing(result)).toEqual(broken);
    expect(result.ratios.schemaCompliance).toBeCloseTo(6 / 7, 12);
    expect(result.ratios.completeness).toBeCloseTo(5 / 7, 12);
    expect(checkOf(result, 'address.city.minLength')).toMatchObject({
      ...{ column: 'address', says: 'address.city has at least 2 characters' },
      samples: [{ line: 2, value: 'B' }],
    });
  });

  test('are not missing in what is no object: it is of the wrong type, and nothing else', async () => {
    const rows = [{ address: 'Oslo' }, { address: ['Oslo'] }, { address: { city: 'Oslo', geo: 'north' } }];
    const result = await validateRows(rows, [ADDRESS]);
    expect(failing(result)).toEqual({ 'address.type': 2, 'address.geo.type': 1 });
    expect(result.ratios).toEqual({ schemaCompliance: 0, completeness: 1 });
  });

  test('are checked in the structs of Parquet, where a type is that of all rows', async () => {
    const query = `SELECT * FROM (VALUES
      ({'city': 'Oslo', 'geo': {'lat': 59.0}}), ({'city': 'B', 'geo': {'lat': 1.0}}), ({'city': NULL, 'geo': {'lat': 1.0}}),
      (NULL), ({'city': NULL, 'geo': NULL}), ({'city': 'Rome', 'geo': {'lat': 91.0}})) t(address)`;
    const { 'address.geo.lat.type': _, ...inParquet } = broken;
    expect(failing(await validateQuery(query, [ADDRESS]))).toEqual(inParquet);
  });

  test('that a struct has no place for are told, as the columns that a file lacks are', async () => {
    const query = "SELECT {'town': 'Oslo'} AS address FROM range(3)";
    expect(failing(await validateQuery(query, [ADDRESS]))).toEqual({
      'address.city.present': 3,
      'address.city.required': 3,
      'address.geo.present': 3,
    });
  });

  test('may have any name', async () => {
    const names = ['a.b', 'a/b', '~', '"', "'", '$', '0', 'a b', '[*]'];
    const column = {
      name: 'o',
      logicalType: 'object',
      properties: names.map(name => ({ name, ...string({ pattern: '^x$' }) })),
    };
    const rows = names.flatMap(name => [{ o: { [name]: 'x' } }, { o: { [name]: 'y' } }]);
    const expected = Object.fromEntries(names.map(name => [`o.${name}.pattern`, 1]));
    expect(failing(await validateRows(rows, [column]))).toEqual(expected);
    const types = JSON.stringify(Object.fromEntries(names.map(name => [name, 'VARCHAR'])));
    const values = rows.map(({ o }) => `('${JSON.stringify(o).replaceAll("'", "''")}')`).join(', ');
    const cast = `SELECT json_transform(j, '${types.replaceAll("'", "''")}') AS o FROM (VALUES ${values}) t(j)`;
    expect(failing(await validateQuery(cast, [column]))).toEqual(expected);
  });
});

describe('elements of an array', () => {
  const TAGS = {
    name: 'tags',
    logicalType: 'array',
    logicalTypeOptions: { minItems: 1, maxItems: 3, uniqueItems: true },
    items: { ...string({ pattern: '^[a-z]+$' }), required: true },
  };
  // By hand: none is too few, four are too many, a twice, B is no small letter, NULL is missing.
  const LISTS = [['a', 'b'], [], ['a', 'b', 'c', 'd'], ['a', 'a'], ['B'], ['a', null], null];
  const broken = {
    ...{ 'tags.minItems': 1, 'tags.maxItems': 1, 'tags.uniqueItems': 1 },
    ...{ 'tags.items.pattern': 1, 'tags.items.required': 1 },
  };

  test('may have patterns that only JavaScript can run', async () => {
    const own = { ...TAGS, items: { ...string({ pattern: '^(?!x)[a-z0-9]+$' }) } };
    const inner = { name: 'o', logicalType: 'object', properties: [own] };
    const list = { name: 'l', logicalType: 'array', items: inner };
    const lists = [['a1', 'b'], ['xa'], ['a', null], [], null, ['B', 'b']];
    const rows = lists.map(tags => ({ tags, l: [{ tags }, {}, { tags: ['ok'] }] }));
    const expected = { 'tags.items.pattern': 2, 'l.items.tags.items.pattern': 2 };
    const patterns = async (result: Promise<ContractResult>) =>
      Object.fromEntries(Object.entries(failing(await result)).filter(([id]) => id.endsWith('pattern')));
    expect(await patterns(validateRows(rows, [own, list]))).toEqual(expected);
    const types = JSON.stringify({ tags: ['VARCHAR'], l: [{ tags: ['VARCHAR'] }] });
    const values = rows.map(row => `('${JSON.stringify(row)}')`).join(', ');
    const query = `SELECT unnest(json_transform(j, '${types}')) FROM (VALUES ${values}) t(j)`;
    expect(await patterns(validateQuery(query, [own, list]))).toEqual(expected);
  });

  test('are checked in JSON lines and in the lists of Parquet', async () => {
    expect(
      failing(
        await validateRows(
          LISTS.map(tags => ({ tags })),
          [TAGS],
        ),
      ),
    ).toEqual(broken);
    const values = LISTS.map(list =>
      list ? `([${list.map(one => (one === null ? 'NULL' : `'${one}'`)).join(', ')}]::VARCHAR[])` : '(NULL)',
    );
    const query = `SELECT * FROM (VALUES ${values.join(', ')}) t(tags)`;
    expect(failing(await validateQuery(query, [TAGS]))).toEqual(broken);
  });

  test('are lists and objects themselves, as deep as it goes', async () => {
    const column = {
      name: 'orders',
      logicalType: 'array',
      items: {
        logicalType: 'object',
        properties: [
          {
            name: 'lines',
            logicalType: 'array',
            items: {
              logicalType: 'object',
              properties: [{ name: 'price', logicalType: 'number', logicalTypeOptions: { minimum: 0 } }],
            },
          },
        ],
      },
    };
    const order = (...prices: readonly number[]) => ({ lines: prices.map(price => ({ price })) });
    const rows = [{ orders: [order(1, 2), order(3)] }, { orders: [order(1), order(2, -3)] }, { orders: [] }];
    const expected = { 'orders.items.lines.items.price.minimum': 1 };
    expect(failing(await validateRows(rows, [column]))).toEqual(expected);
    const file = join(tinyRoot(), 'tiny.jsonl');
    const query = `SELECT * FROM read_json('${file}')`;
    expect(failing(await validateQuery(query, [column]))).toEqual(expected);
  });

  test('are the same in JSON when their values are', async () => {
    const column = { name: 'a', logicalType: 'array', logicalTypeOptions: { uniqueItems: true } };
    const lists = [
      [1, 1.0],
      [1, '1'],
      [null, null],
      [{ b: 1 }, { b: 1 }],
      [[1], [1]],
      [true, 'true'],
      [1, 2],
    ];
    const result = await validateRows(
      lists.map(a => ({ a })),
      [column],
    );
    // 1 and 1.0, null twice, the object twice, the list twice.
    expect(failing(result)).toEqual({ 'a.uniqueItems': 4 });
  });
});

test('an object has so many members, and the ones that are asked for', async () => {
  const options = { minProperties: 1, maxProperties: 2, required: ['a', 'b'] };
  const column = { name: 'o', logicalType: 'object', logicalTypeOptions: options };
  const nothing = { a: null, b: null };
  const whole = { a: 1, b: 2 };
  const rows = [
    { o: { ...whole, c: null } },
    { o: nothing },
    { o: { ...whole, c: 3 } },
    { o: { a: 1 } },
    { o: null },
  ];
  const expected = { 'o.minProperties': 1, 'o.maxProperties': 1, 'o.required': 2 };
  expect(failing(await validateRows(rows, [column]))).toEqual(expected);
  const values = [
    "{'a': 1, 'b': 2, 'c': NULL}",
    "{'a': NULL, 'b': NULL, 'c': NULL}",
    "{'a': 1, 'b': 2, 'c': 3}",
    "{'a': 1, 'b': NULL, 'c': NULL}",
    'NULL',
  ];
  const query = `SELECT * FROM (VALUES ${values.map(one => `(${one})`).join(', ')}) t(o)`;
  expect(failing(await validateQuery(query, [column]))).toEqual(expected);
});

test('keys and values of a map are checked', async () => {
  const map = {
    key: string({ pattern: '^[a-z]$' }),
    value: { logicalType: 'integer', logicalTypeOptions: { maximum: 9 } },
  };
  const column = { name: 'm', logicalType: 'map', map };
  const expected = { 'm.key.pattern': 1, 'm.value.maximum': 2 };
  const rows = [{ m: { a: 1, b: 2 } }, { m: { A: 1 } }, { m: { a: 10 } }, { m: { b: 1, c: 11 } }];
  expect(failing(await validateRows(rows, [column]))).toEqual(expected);
  const query =
    "SELECT * FROM (VALUES (MAP {'a': 1, 'b': 2}), (MAP {'A': 1}), (MAP {'a': 10}), (MAP {'b': 1, 'c': 11})) t(m)";
  expect(failing(await validateQuery(query, [column]))).toEqual(expected);
});

test('a vector has its dimensions, an enumeration its values', async () => {
  const columns = [
    { name: 'v', logicalType: 'vector', logicalTypeOptions: { dimensions: 2 } },
    { name: 'e', logicalType: 'string', enum: [{ value: 'a' }, { value: 'b' }] },
  ];
  const rows = [
    { v: [1, 2], e: 'a' },
    { v: [1], e: 'b' },
    { v: [1, 2, 3], e: 'c' },
  ];
  expect(failing(await validateRows(rows, columns))).toEqual({ 'v.dimensions': 2, 'e.enum': 1 });
});

test('what may not be shown is not, whether the value, what it is in, or what is beside it in a list', async () => {
  const secret = { classification: 'personal' };
  const ssn = { name: 'ssn', ...string({ pattern: '^x$' }), ...secret };
  const city = { name: 'city', ...string({ pattern: '^x$' }) };
  const columns = [
    { name: 'one', logicalType: 'object', logicalTypeOptions: { minProperties: 9 }, properties: [ssn, city] },
    { name: 'all', logicalType: 'object', ...secret, properties: [city] },
    { name: 'list', logicalType: 'array', items: { logicalType: 'object', properties: [ssn, city] } },
  ];
  const person = { ssn: '123-45', city: 'Oslo' };
  const result = await validateRows([{ one: person, all: person, list: [person] }], columns);
  const samples = (id: string) => checkOf(result, id).samples.map(({ value }) => value);
  expect(samples('one.city.pattern')).toEqual(['Oslo']);
  for (const id of [
    'one.minProperties',
    'one.ssn.pattern',
    'all.city.pattern',
    'list.items.ssn.pattern',
    'list.items.city.pattern',
  ])
    expect(samples(id), id).toEqual([]);
  expect(JSON.stringify(result)).not.toContain('123-45');
});

test('what is not checked of values within others says so', async () => {
  const column = {
    name: 'o',
    logicalType: 'object',
    properties: [
      {
        name: 'a',
        unique: true,
        quality: [
          { type: 'custom', engine: 'mainline', name: 'm', implementation: { metric: 'mean', mustBe: 1 } },
        ],
      },
    ],
  };
  const result = await validateRows([{ o: { a: 1 } }], [column]);
  expect(checkOf(result, 'o.a.unique').reason).toBe(
    'whether values within others stand twice is not checked',
  );
  expect(checkOf(result, 'o.a.m').reason).toBe('statistics of values within others are not measured');
});

test('nested types are read as DuckDB writes them', async () => {
  const names = fc.stringMatching(/^[a-z "(),'[\]]{1,6}$/u).filter(name => name.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(names, { minLength: 1, maxLength: 4 }), async members => {
      const list = members.map(name => `"${name.replaceAll('"', '""')}" DECIMAL(9,2)[]`).join(', ');
      const [row] = await tinyEngine().query(`SELECT typeof(NULL::STRUCT(${list})) AS type`);
      const found = nestedTypeOf(String(row?.['type']));
      expect(found?.kind === 'struct' ? [...found.members] : found).toEqual(
        members.map(name => [name, 'DECIMAL(9,2)[]']),
      );
    }),
    { numRuns: 50 },
  );
});

test('a value of JSON has the type that it is written as, whatever its text looks like', async () => {
  const values = [true, 'true', 1, '1', null, [true], { a: 1 }, '2026-01-02', 'x'];
  const right: Readonly<Record<string, readonly unknown[]>> = {
    boolean: [true],
    integer: [1],
    number: [1],
    date: ['2026-01-02'],
    string: ['true', '1', '2026-01-02', 'x'],
    array: [[true]],
    object: [{ a: 1 }],
  };
  for (const [logicalType, fitting] of Object.entries(right)) {
    const result = await validateRows(
      values.map(v => ({ v })),
      [{ name: 'v', logicalType }],
    );
    // The one that is missing has no type to be wrong.
    expect([logicalType, checkOf(result, 'v.type').failingRows]).toEqual([logicalType, 8 - fitting.length]);
  }
});
