// The table that all tools check: five million orders, made by the engine, and the contract that covers them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteText } from '#lib/sql/dialect.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

const COLUMNS = `range AS id, 'ord-' || lpad(range::VARCHAR, 9, '0') AS code,
  ((range * 7919) % 100000) / 100.0 AS amount, ((range * 31) % 97)::INTEGER AS age,
  ['new', 'paid', 'sent', 'done'][1 + range % 4] AS status,
  TIMESTAMP '2026-01-01' + to_seconds(range) AS created, range % 2 = 0 AS active,
  'user' || (range % 100000) || '@example.org' AS email,
  CASE WHEN range % 1000 <> 0 THEN range % 500 END AS shop, DATE '2025-01-01' + (range % 365)::INTEGER AS day`;

/** Writes `orders.csv` and `orders.parquet`, and further tables for the cases that need them. */
export async function writeTables(folder: string, rows: number): Promise<void> {
  const engine = await openDuckDb({ threads: 2 });
  const copy = (select: string, name: string) =>
    engine.query(`COPY (${select}) TO ${quoteText(join(folder, name))}`);
  try {
    for (const name of ['orders.parquet', 'orders.csv'])
      await copy(`SELECT ${COLUMNS} FROM range(${rows})`, name);
    const numbers = Array.from({ length: 8 }, (_, i) => `(range * ${i + 3}) % 1000 AS c${i}`).join(', ');
    await copy(`SELECT ${numbers} FROM range(${2 * rows})`, 'numbers.parquet');
    const wide = Array.from({ length: 200 }, (_, i) => `(range + ${i}) % 100 AS c${i}`).join(', ');
    await copy(`SELECT ${wide} FROM range(100000)`, 'wide.parquet');
    for (let part = 0; part < 101; part++) {
      await copy(`SELECT ${COLUMNS} FROM range(${part * 20000}, ${(part + 1) * 20000})`, `parts-${part}.csv`);
    }
  } finally {
    engine.close();
  }
}

type Column = Readonly<Record<string, unknown>>;

const ORDERS: readonly Column[] = [
  { name: 'id', logicalType: 'integer', required: true, unique: true, logicalTypeOptions: { minimum: 0 } },
  {
    ...{ name: 'code', logicalType: 'string', required: true, unique: true },
    logicalTypeOptions: { minLength: 13, maxLength: 13, pattern: '^ord-[0-9]{9}$' },
  },
  {
    name: 'amount',
    logicalType: 'number',
    required: true,
    logicalTypeOptions: { minimum: 0, maximum: 1000 },
  },
  { name: 'age', logicalType: 'integer', required: true, logicalTypeOptions: { minimum: 0, maximum: 150 } },
  {
    ...{ name: 'status', logicalType: 'string' },
    quality: [
      { metric: 'invalidValues', arguments: { validValues: ['new', 'paid', 'sent', 'done'] }, mustBe: 0 },
    ],
  },
  { name: 'created', logicalType: 'timestamp', required: true },
  { name: 'active', logicalType: 'boolean' },
  { name: 'email', logicalType: 'string', logicalTypeOptions: { pattern: '^[^@]+@[^@]+$' } },
  {
    name: 'shop',
    logicalType: 'integer',
    quality: [{ metric: 'nullValues', unit: 'percent', mustBeLessThan: 1 }],
  },
  { name: 'day', logicalType: 'date', logicalTypeOptions: { minimum: '2025-01-01', maximum: '2025-12-31' } },
];

const PROVEN: readonly unknown[] = ['id', 'age', 'created', 'day'];
/** Only what a footer can prove. */
const PROVABLE: readonly Column[] = ORDERS.map(({ unique: _, ...column }) =>
  PROVEN.includes(column['name']) ? column : { name: column['name'] },
);

const counted = (count: number): readonly Column[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ name: `c${i}`, required: true },
    quality: [
      {
        metric: 'invalidValues',
        arguments: { validValues: Array.from({ length: 1000 }, (_, v) => v) },
        mustBe: 0,
      },
    ],
  }));

/** Contracts by name. */
export function writeContracts(folder: string): void {
  const write = (
    name: string,
    columns: readonly Column[],
    path: string,
    format: string,
    table: object = {},
  ) =>
    writeFileSync(
      join(folder, `${name}.odcs.yaml`),
      JSON.stringify({
        ...{ apiVersion: 'v3.1.0', kind: 'DataContract', id: name, version: '1.0.0', status: 'active' },
        servers: [{ server: 'local', type: 'local', path, format }],
        schema: [{ name, properties: columns, ...table }],
      }),
    );
  const rows = { quality: [{ metric: 'rowCount', mustBeGreaterThan: 1_000_000 }] };
  write('orders-csv', ORDERS, 'orders.csv', 'csv', rows);
  write('orders-parquet', ORDERS, 'orders.parquet', 'parquet', rows);
  write('footer', PROVABLE, 'orders.parquet', 'parquet', rows);
  write('numbers', counted(8), 'numbers.parquet', 'parquet');
  write('wide', counted(200), 'wide.parquet', 'parquet');
  write('parts', ORDERS, 'parts-*.csv', 'csv');
}
