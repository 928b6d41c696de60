// The official examples of the standard: each is read, linted, explained and compared with itself, and those that have
// columns are held against tables made from them: all rules hold, and a value that breaks one rule fails that one.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { diffContract } from '#lib/contracts/changes/contract-diff.ts';
import { type Data, type DataFile, type DataFormat, PLAIN_CSV } from '#lib/contracts/data/data.ts';
import { explainContract } from '#lib/contracts/explain/explain.ts';
import { lintContract } from '#lib/contracts/lint/lint.ts';
import { checkContract } from '#lib/contracts/read.ts';
import type { ContractResult } from '#lib/contracts/result.ts';
import { validateTable } from '#lib/contracts/validate.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { openTinyTables, tinyEngine, tinyRoot } from '../tiny-table.ts';
import { BROKEN } from './broken-rules.ts';
import { type Example, type ExampleTable, exampleRows, nameInData, type Row } from './example-rows.ts';

openTinyTables();

const folder = join(import.meta.dirname, '../../../fixtures/odcs');
const NAMES = globSync('**/*.odcs.yaml', { cwd: folder }).sort();
const LARGE = 'all/postgresql-adventureworks-contract.odcs.yaml';
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
/** Each is read once; one of them has five thousand lines. */
const examples = new Map(NAMES.map(name => [name, parse(textOf(name)) as Example]));
const contracts = new Map<string, ReturnType<typeof checkContract>>();

function exampleOf(name: string): Example {
  const found = examples.get(name);
  if (!found) throw new Error(`there is no example ${name}`);
  return found;
}

function contractOf(name: string): ReturnType<typeof checkContract> {
  const found = contracts.get(name) ?? checkContract(parseDocumentText(textOf(name), name));
  contracts.set(name, found);
  return found;
}

test.each(NAMES)('%s is read, linted, explained, and no different from itself', name => {
  const document = parseDocumentText(textOf(name), name);
  const contract = checkContract(document);
  expect(lintContract(document).filter(({ severity }) => severity === 'error')).toEqual([]);
  const { schema = [], slaProperties = [] } = exampleOf(name) as Example & {
    slaProperties?: readonly object[];
  };
  const hasRules = schema.some(({ properties = [] }) => properties.length > 0) || slaProperties.length > 0;
  const rules = explainContract(contract.value);
  expect(rules.length > 0).toBe(hasRules);
  for (const rule of rules)
    expect([rule.id, rule.says === '', rule.counts === '']).toEqual([rule.id, false, false]);
  const diff = diffContract({ path: name, base: contract, head: contract, consumers: [] });
  expect(diff).toMatchObject({ passed: true, changes: [], problem: null });
});

interface Asked {
  readonly name: string;
  readonly table: string;
}

function tableOf({ name, table }: Asked): {
  readonly contract: Example;
  readonly own: ExampleTable;
  readonly index: number;
} {
  const contract = exampleOf(name);
  const index = contract.schema?.findIndex(one => one.name === table) ?? -1;
  const own = contract.schema?.[index];
  if (!own) throw new Error(`${name} has no table ${table}`);
  return { contract, own, index };
}

/** A table of an example, held against rows; other tables of it have the rows that are made from it. */
async function validateRows(
  { name, table }: Asked,
  rows: readonly Row[],
  format: DataFormat = 'jsonl',
): Promise<ContractResult> {
  const { contract, index } = tableOf({ name, table });
  const document = contractOf(name);
  const own = document.value.schema?.[index];
  if (!own) throw new Error(`${name} has no table ${table}`);
  return validateTable(
    { contract: name, document, table: own, index, data: write(table, rows, format) },
    {
      engine: tinyEngine(),
      now: Date.parse('2021-06-01T00:00:00Z'),
      findReference: async ({ table: to }) => {
        const found = document.value.schema?.find(one => one.name === to);
        const example = contract.schema?.find(one => one.name === to);
        if (!found || !example) return { reason: `there is no table ${to}` };
        return { table: found, data: write(`other-${to}`, exampleRows(contract, example), format) };
      },
    },
  );
}

function write(table: string, rows: readonly Row[], format: DataFormat): Data {
  const path = `${table}.${format}`;
  const file: DataFile = { path, file: join(tinyRoot(), path), compression: 'none', partition: {} };
  const names = Object.keys(rows[0] ?? {});
  const field = (value: unknown) =>
    value === null
      ? ''
      : `"${(typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll('"', '""')}"`;
  const lines =
    format === 'csv'
      ? [names.join(','), ...rows.map(row => names.map(one => field(row[one] ?? null)).join(','))]
      : rows.map(row => JSON.stringify(row));
  writeFileSync(file.file, lines.map(line => `${line}\n`).join(''));
  return { path, format, dialect: PLAIN_CSV, files: [file] };
}

const ofOutcome = ({ checks }: ContractResult, outcome: string) =>
  checks
    .filter(check => check.outcome === outcome)
    .map(({ id, reason }) => (outcome === 'skipped' ? `${id}: ${reason}` : id));

/** Values of columns that are classified as restricted are not shown, nor keys that they are part of. */
function isHidden({ properties = [] }: ExampleTable, id: string): boolean {
  const restricted = properties.filter(({ classification }) => classification === 'restricted');
  const isOfKey = id === 'primaryKey' || id === 'relationship';
  return restricted.some(({ name }) => isOfKey || id.startsWith(`${name}.`));
}

/** The table has to have more than a million rows. */
const TOO_FEW = ['rowCount'];
/** What only people can watch, and what names a table that the example does not have. */
const SERVICE_LEVELS = [
  'sla.latency: the contract has no column tab1.txn_ref_dt',
  'sla.generalAvailability: the data cannot tell; it is for people to watch',
  'sla.endOfSupport: the data cannot tell; it is for people to watch',
  'sla.endOfLife: the data cannot tell; it is for people to watch',
  'sla.retention: the contract has no column tab1.txn_ref_dt',
  'sla.frequency: the contract has no column tab1.txn_ref_dt',
  'sla.timeOfAvailability: the data cannot tell; it is for people to watch',
  'sla.timeOfAvailability-2: the data cannot tell; it is for people to watch',
];
/** Every rule of an example that is not run, with the reason. */
const SKIPPED: Readonly<Record<string, readonly string[]>> = {
  'all/full-example.odcs.yaml tbl': SERVICE_LEVELS,
  'all/full-example.odcs.yaml receivers': [
    'receiver_type.relationship: the contract has no column receiver_types.type_code',
    ...SERVICE_LEVELS,
  ],
  'quality/column-custom.odcs.yaml Air_Quality': [
    'UniqueID.custom: rules of soda are left to it',
    'UniqueID.custom-2: rules of soda are left to it',
  ],
};
const places = BROKEN.map(one => {
  const [name = '', table = ''] = one.place.split(' ');
  return { ...one, name, table };
});

test('every example with columns is held against data; the others have no table to make', () => {
  const withColumns = NAMES.flatMap(name => {
    const { schema = [] } = exampleOf(name);
    return schema.flatMap(({ name: table, properties = [] }) =>
      properties.length > 0 ? [`${name} ${table}`] : [],
    );
  });
  const small = withColumns.filter(place => !place.startsWith(LARGE));
  expect(small).toEqual(BROKEN.map(({ place }) => place));
  expect(NAMES.filter(name => !withColumns.some(place => place.startsWith(name)))).toEqual([
    ...['roles/service-and-operational-roles.odcs.yaml', 'schema/kafka-schemaregistry.odcs.yaml'],
    ...['server/azure-server.odcs.yaml', 'server/kafka-server.odcs.yaml'],
    ...['sla/database-table-sla.odcs.yaml', 'stakeholders/basic-four-dpo.odcs.yaml'],
  ]);
});

describe.each(places)('$place', ({ place, name, table, broken, unbreakable = [] }) => {
  const { contract, own } = tableOf({ name, table });
  const rows = exampleRows(contract, own);
  const few = place === 'all/full-example.odcs.yaml tbl' ? TOO_FEW : [];
  const skipped = SKIPPED[place] ?? [];

  test('keeps every rule that runs, in JSON lines and in CSV', async () => {
    const result = await validateRows({ name, table }, rows);
    expect(ofOutcome(result, 'failed')).toEqual(few);
    expect(ofOutcome(result, 'skipped')).toEqual(skipped);
    // An empty text of CSV is a missing value, which a key may not be.
    const isEmpty = rows.some(row => Object.values(row).includes(''));
    const inCsv = await validateRows({ name, table }, rows, 'csv');
    expect(ofOutcome(inCsv, 'failed')).toEqual(isEmpty ? ['air_quality_status.required'] : few);
    const nested = 'nested values are not checked in CSV files';
    expect(ofOutcome(inCsv, 'skipped').filter(one => !one.endsWith(nested))).toEqual(skipped);
  });

  test('has a broken value for every rule that runs', async () => {
    const { checks } = await validateRows({ name, table }, rows);
    const isOfTable = (id: string) => /(^|\.)(rows|columns|present)$/.test(id) || few.includes(id);
    const run = checks.flatMap(({ id, outcome }) => (outcome === 'skipped' || isOfTable(id) ? [] : [id]));
    expect([...broken, ...unbreakable].map(({ id }) => id).sort()).toEqual(run.sort());
  });

  test.each(broken)('$id alone fails for the one row that breaks it', async ({ id, row, also = [] }) => {
    const at = Math.min(3, rows.length - 1);
    const planted = rows.map((one, i) => (i === at ? { ...one, ...row } : one));
    const result = await validateRows({ name, table }, planted);
    expect(ofOutcome(result, 'failed').sort()).toEqual([...few, id, ...also].sort());
    const check = result.checks.find(one => one.id === id);
    // A query gives a number, and tells of no row.
    const isQuery = check?.rule === 'sql';
    expect(check).toMatchObject(isQuery ? { value: 1, failingRows: null } : { failingRows: 1 });
    const lines = check?.samples.map(({ line }) => line);
    expect(lines).toEqual(isQuery || isHidden(own, id) ? [] : [at + 1]);
  });

  test('fails for a column more, a column less, and no rows', async () => {
    const [first] = own.properties ?? [];
    if (!first) throw new Error(`${table} has no column`);
    const more = await validateRows(
      { name, table },
      rows.map(row => ({ ...row, stranger: 1 })),
    );
    expect(ofOutcome(more, 'failed').sort()).toEqual(['columns', ...few].sort());
    const less = await validateRows(
      { name, table },
      rows.map(({ [nameInData(first)]: _, ...row }) => ({ ...row, stranger: 1 })),
    );
    expect(ofOutcome(less, 'failed')).toEqual(expect.arrayContaining(['columns', `${first.name}.present`]));
    const none = await validateRows({ name, table }, [], 'jsonl');
    expect(ofOutcome(none, 'failed')).toContain('rows');
  });
});

describe('the contract of AdventureWorks', () => {
  const { schema = [] } = exampleOf(LARGE);

  test.each(schema.map(({ name }) => name))(
    '%s fails in the rows that break a rule each, and no other',
    async table => {
      const { contract, own } = tableOf({ name: LARGE, table });
      const { properties = [] } = own;
      const keys = properties.filter(({ primaryKey }) => primaryKey);
      const rules: readonly (readonly [string, Row])[] = [
        ...properties.map(column => [`${column.name}.type`, { [column.name]: [5] }] as const),
        ...keys.map(column => [`${column.name}.required`, { [column.name]: null }] as const),
      ];
      const rows = exampleRows(contract, own, rules.length + 2);
      expect(ofOutcome(await validateRows({ name: LARGE, table }, rows), 'failed')).toEqual([]);
      const again = Object.fromEntries(keys.map(({ name }) => [name, rows[0]?.[name] ?? null]));
      const all = [...rules, ...(keys.length > 0 ? [['primaryKey', again] as const] : [])];
      const planted = rows.map((row, i) => (i === 0 ? row : { ...row, ...all[i - 1]?.[1] }));
      const { checks } = await validateRows({ name: LARGE, table }, planted);
      const failed = checks.filter(({ outcome }) => outcome === 'failed');
      const told = failed.map(({ id, failingRows, samples }) => [
        id,
        failingRows,
        samples.map(({ line }) => line),
      ]);
      expect(told.sort()).toEqual(all.map(([id], i) => [id, 1, [i + 2]]).sort());
    },
  );
});

test('more than a million payments are enough for the full example, and a million are not', async () => {
  const name = 'all/full-example.odcs.yaml';
  const document = contractOf(name);
  const [tbl, receivers] = document.value.schema ?? [];
  if (!tbl || !receivers) throw new Error('the example has two tables');
  const files = async (path: string, columns: string, rows: number): Promise<Data> => {
    const file = join(tinyRoot(), path);
    await tinyEngine().query(`COPY (SELECT ${columns} FROM range(${rows})) TO '${file}' (FORMAT parquet)`);
    const part: DataFile = { path, file, compression: 'none', partition: {} };
    return { path, format: 'parquet', dialect: PLAIN_CSV, files: [part] };
  };
  const known = await files('receivers.parquet', "'r' || range AS id, 'DE' AS country_code", 1_000_001);
  const columns = "DATE '2020-01-01' AS txn_ref_dt, 'r' || range AS rcvr_id, 'DE' AS rcvr_cntry_code";
  const failedOf = async (rows: number) => {
    const data = await files('payments.parquet', columns, rows);
    const asked = { contract: name, document, table: tbl, index: 0, data };
    const findReference = async () => ({ table: receivers, data: known });
    return ofOutcome(await validateTable(asked, { engine: tinyEngine(), findReference }), 'failed');
  };
  expect(await failedOf(1_000_000)).toEqual(['rowCount']);
  expect(await failedOf(1_000_001)).toEqual([]);
});
