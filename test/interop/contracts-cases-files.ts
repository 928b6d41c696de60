// Cases of files that are no plain CSV: Parquet, JSON lines, many files.
import { type ContractCase, csv, type Entry, typed } from './contracts-case.ts';

const json = (rows: readonly Entry[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('');

const ORDERS = 'SELECT * FROM (VALUES';
const PARQUET_COLUMNS: readonly Entry[] = [
  typed('id', 'integer', { required: true, unique: true, logicalTypeOptions: { minimum: 1 } }),
  typed('price', 'number', { logicalTypeOptions: { minimum: 0, maximum: 100 } }),
  typed('state', 'string', {
    logicalTypeOptions: { minLength: 3, maxLength: 4 },
    quality: [
      { id: 'known', metric: 'invalidValues', arguments: { validValues: ['new', 'paid'] }, mustBe: 0 },
    ],
  }),
  typed('at', 'timestamp', { required: true }),
  typed('day', 'date', { logicalTypeOptions: { minimum: '2024-01-01' } }),
  typed('ok', 'boolean'),
];
const asOrders = 'AS t(id, price, state, "at", day, ok)';
const order = (...[id, price, state, at, day, ok]: readonly string[]) =>
  `(${id}::BIGINT, ${price}::DECIMAL(9,2), ${state}::VARCHAR, ${at}::TIMESTAMP, ${day}::DATE, ${ok}::BOOLEAN)`;
const parquet = (...rows: readonly string[]) => `${ORDERS} ${rows.join(', ')}) ${asOrders}`;
const GOOD = order('1', '9.5', "'new'", "'2024-05-01 12:00:00'", "'2024-05-01'", 'true');
const GOOD_TOO = order('2', 'NULL', "'paid'", "'2024-05-02 12:00:00'", 'NULL', 'NULL');

export const fileCases: readonly ContractCase[] = [
  {
    name: 'a Parquet file',
    tables: [
      {
        name: 't',
        properties: PARQUET_COLUMNS,
        quality: [{ id: 'few', metric: 'rowCount', mustBeLessThan: 5 }],
      },
    ],
    server: { path: '{model}.parquet', format: 'parquet' },
    kept: { 't.parquet': parquet(GOOD, GOOD_TOO) },
    broken: {
      't.parquet': parquet(
        GOOD,
        order('1', '-1', "'no'", 'NULL', "'2023-12-31'", 'true'),
        order('0', '100.5', "'stolen'", "'2024-05-01 12:00:00'", "'2024-01-01'", 'false'),
        order('NULL', '1', 'NULL', 'NULL', 'NULL', 'NULL'),
        GOOD_TOO,
      ),
    },
    planted: {
      ...{
        't/id.required': 1,
        't/id.unique': 1,
        't/id.minimum': 1,
        't/price.minimum': 1,
        't/price.maximum': 1,
      },
      ...{ 't/state.minLength': 1, 't/state.maxLength': 1, 't/state.known': 2, 't/at.required': 2 },
      ...{ 't/day.minimum': 1, 't/few': 5 },
    },
  },
  {
    name: 'a Parquet file of other types',
    tables: [{ name: 't', properties: [typed('i', 'integer'), typed('s', 'string'), typed('d', 'date')] }],
    server: { path: '{model}.parquet', format: 'parquet' },
    kept: { 't.parquet': "SELECT 1::INTEGER AS i, 'x' AS s, '2024-01-01'::DATE AS d" },
    broken: { 't.parquet': "SELECT 1.5::DOUBLE AS i, 'x' AS s, '2024-01-01 10:00:00'::TIMESTAMP AS d" },
    planted: { 't/i.type': 1, 't/d.type': 1 },
  },
  {
    name: 'lists in a Parquet file',
    tables: [
      {
        name: 't',
        properties: [
          typed('tags', 'array', {
            items: { logicalType: 'string' },
            logicalTypeOptions: { minItems: 1, maxItems: 3, uniqueItems: true },
          }),
        ],
      },
    ],
    server: { path: '{model}.parquet', format: 'parquet' },
    kept: { 't.parquet': "SELECT * FROM (VALUES (['a']), (['a', 'b', 'c']), (NULL)) AS t(tags)" },
    broken: {
      't.parquet':
        "SELECT * FROM (VALUES ([]::VARCHAR[]), (['a', 'b', 'c', 'd']), (['a', 'a']), (['x'])) AS t(tags)",
    },
    planted: { 't/tags.minItems': 1, 't/tags.maxItems': 1, 't/tags.uniqueItems': 1 },
  },
  {
    name: 'JSON lines',
    tables: [
      {
        name: 't',
        properties: [
          typed('id', 'integer', { required: true, unique: true }),
          typed('name', 'string', { logicalTypeOptions: { maxLength: 5, pattern: '^[a-z]+$' } }),
          typed('price', 'number', { logicalTypeOptions: { minimum: 0 } }),
        ],
      },
    ],
    server: { path: '{model}.json', format: 'json' },
    kept: {
      't.json': json([
        { id: 1, name: 'abc', price: 1.5 },
        { id: 2, price: 0 },
        { id: 3, name: 'x' },
      ]),
    },
    broken: {
      't.json': json([
        { id: 1, name: 'abcdef', price: -1.5 },
        { id: 1, name: 'X', price: 0 },
        { name: 'x', price: -2 },
      ]),
    },
    planted: {
      't/id.required': 1,
      't/id.unique': 1,
      't/name.maxLength': 1,
      't/name.pattern': 1,
      't/price.minimum': 2,
    },
  },
  {
    name: 'many CSV files',
    tables: [
      {
        name: 't',
        properties: [
          typed('id', 'integer', { unique: true, required: true }),
          typed('v', 'integer', { logicalTypeOptions: { maximum: 9 } }),
        ],
        quality: [{ id: 'rows', metric: 'rowCount', mustBe: 6 }],
      },
    ],
    server: { path: 'part-*.csv', format: 'csv' },
    kept: {
      'part-1.csv': csv('id,v', '1,1', '2,2'),
      'part-2.csv': csv('v,id', '3,3', '4,4'),
      'part-3.csv': csv('id,v', '5,5', '6,6'),
    },
    broken: {
      'part-1.csv': csv('id,v', '1,1', '2,20'),
      'part-2.csv': csv('v,id', '30,2', '4,'),
      'part-3.csv': csv('id,v', '1,1'),
    },
    planted: { 't/id.required': 1, 't/id.unique': 2, 't/v.maximum': 2, 't/rows-2': 5 },
  },
  {
    name: 'many Parquet files in folders',
    tables: [
      {
        name: 't',
        properties: [typed('id', 'integer', { unique: true }), typed('year', 'integer', { required: true })],
      },
    ],
    server: { path: 'data/*/*.parquet', format: 'parquet' },
    kept: {
      'data/year=2023/a.parquet': 'SELECT 1::BIGINT AS id',
      'data/year=2024/a.parquet': 'SELECT 2::BIGINT AS id',
    },
    broken: {
      'data/year=2023/a.parquet': 'SELECT 1::BIGINT AS id',
      'data/year=2024/a.parquet': 'SELECT 1::BIGINT AS id',
    },
    planted: { 't/id.unique': 1 },
  },
];
