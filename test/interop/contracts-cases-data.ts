// Cases of types, queries, service levels and foreign keys.
import { type ContractCase, csv, csvCase, type Entry, typed } from './contracts-case.ts';

const sql = (id: string, query: string, limit: Entry): Entry => ({ id, type: 'sql', query, ...limit });

/** @param now for service levels, which are about the age of data */
export function dataCases(now: Date): readonly ContractCase[] {
  const ago = (days: number) =>
    new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  return [
    csvCase(
      'values of their types',
      [
        ...[typed('i', 'integer'), typed('n', 'number'), typed('b', 'boolean'), typed('d', 'date')],
        ...[typed('t', 'timestamp'), typed('c', 'time'), typed('s', 'string')],
      ],
      {
        kept: [
          '1,1.5,true,2024-02-29,2024-02-29 10:00:00,10:30:00,x',
          '-7,1e3,false,1999-01-01,1999-01-01 00:00:00,23:59:59,1',
        ],
        broken: [
          'x,y,maybe,2023-02-30,yesterday,25:00,x',
          '1,1,true,2024-01-01,2024-01-01 00:00:00,01:00:00,y',
        ],
        planted: { 'i.type': 1, 'n.type': 1, 'b.type': 1, 'd.type': 1, 't.type': 1, 'c.type': 1 },
      },
    ),
    csvCase('a column that is not there', [{ name: 'a' }, { name: 'b', required: true }], {
      kept: ['1,x'],
      broken: ['1,x'],
      planted: {},
    }),
    csvCase(
      'queries',
      [
        typed('n', 'integer'),
        typed('a', 'integer', {
          quality: [sql('column', 'SELECT max({property}) FROM {object}', { mustBeLessOrEqualTo: 10 })],
        }),
      ],
      {
        kept: ['1,10', '2,3', '3,'],
        broken: ['1,12', '2,3'],
        table: {
          quality: [
            sql('count', 'SELECT count(*) FROM {object}', { mustBeGreaterThan: 2 }),
            sql('sum', 'SELECT sum(a) FROM t WHERE n < 3', { mustBe: 13 }),
            sql('share', 'SELECT avg(CASE WHEN a > 5 THEN 1.0 ELSE 0 END) FROM t', { mustBeBetween: [0, 1] }),
          ],
        },
        planted: { 'a.column': 12, count: 2, sum: 15 },
      },
    ),
    csvCase('queries that must not run', [typed('n', 'integer')], {
      kept: ['1'],
      broken: ['1'],
      table: {
        quality: [
          sql('two', 'SELECT 1; SELECT 0', { mustBe: 0 }),
          sql('write', "COPY t TO 'stolen.csv'", { mustBe: 0 }),
          sql('drop', 'DROP VIEW t', { mustBe: 0 }),
          sql('attach', "ATTACH 'x.db'", { mustBe: 0 }),
        ],
      },
      planted: {},
      refused: ['two', 'write', 'drop', 'attach'],
    }),
    csvCase('the age of the newest row', [typed('n', 'integer'), typed('at', 'timestamp')], {
      kept: [`1,${ago(30)}`, `2,${ago(0.5)}`],
      broken: [`1,${ago(30)}`, `2,${ago(2)}`],
      contract: {
        slaProperties: [{ id: 'fresh', property: 'freshness', value: 24, unit: 'h', element: 't.at' }],
      },
      planted: { 'sla.freshness': 2 * 24 },
    }),
    csvCase('the age of the oldest row', [typed('n', 'integer'), typed('at', 'timestamp')], {
      kept: [`1,${ago(30)}`, `2,${ago(0.5)}`],
      broken: [`1,${ago(400)}`, `2,${ago(2)}`],
      contract: {
        slaProperties: [{ id: 'kept', property: 'retention', value: 1, unit: 'y', element: 't.at' }],
      },
      planted: { 'sla.retention': 400 },
    }),
    {
      name: 'a foreign key',
      tables: [
        {
          name: 'orders',
          properties: [
            typed('id', 'integer'),
            typed('customer', 'integer', { relationships: [{ to: 'customers.id' }] }),
          ],
        },
        { name: 'customers', properties: [typed('id', 'integer', { primaryKey: true })] },
      ],
      server: { path: '{model}.csv', format: 'csv' },
      kept: { 'orders.csv': csv('id,customer', '1,7', '2,8', '3,'), 'customers.csv': csv('id', '7', '8') },
      broken: {
        'orders.csv': csv('id,customer', '1,7', '2,9', '3,9', '4,'),
        'customers.csv': csv('id', '7', '8'),
      },
      planted: { 'orders/customer.relationship': 2 },
    },
    {
      name: 'a composite foreign key',
      tables: [
        {
          name: 'lines',
          properties: [typed('shop', 'string'), typed('n', 'integer')],
          relationships: [
            { type: 'foreignKey', from: ['lines.shop', 'lines.n'], to: ['orders.shop', 'orders.n'] },
          ],
        },
        { name: 'orders', properties: [typed('shop', 'string'), typed('n', 'integer')] },
      ],
      server: { path: '{model}.csv', format: 'csv' },
      kept: {
        'lines.csv': csv('shop,n', 'a,1', 'a,1', 'b,2', 'c,'),
        'orders.csv': csv('shop,n', 'a,1', 'b,2'),
      },
      broken: {
        'lines.csv': csv('shop,n', 'a,2', 'b,1', 'b,2', 'c,'),
        'orders.csv': csv('shop,n', 'a,1', 'b,2'),
      },
      planted: { 'lines/relationship': 2 },
    },
    csvCase(
      'options that few tools run',
      [
        typed('n', 'integer', { logicalTypeOptions: { multipleOf: 5 } }),
        typed('mail', 'string', { logicalTypeOptions: { format: 'email' } }),
      ],
      {
        kept: ['10,a@b.org', '-5,'],
        broken: ['7,a@b.org', '5,nobody', '3,x@'],
        planted: { 'n.multipleOf': 2, 'mail.format': 2 },
      },
    ),
  ];
}
