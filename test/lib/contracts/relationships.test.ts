import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContractResult } from '#lib/contracts/result.ts';
import { NO_PARTIALS, openPartials } from '#lib/contracts/run/partials.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { checkOf, type Entry, openTinyTables, tinyEngine, tinyRoot } from './tiny-table.ts';

openTinyTables();

interface TwoTables {
  readonly orders: string;
  readonly customers: string;
  /** Of the column `customer`. */
  readonly column?: Entry;
  /** Further columns of orders. */
  readonly columns?: readonly Entry[];
  readonly table?: Entry;
  readonly customerColumns?: readonly Entry[];
  readonly partials?: typeof NO_PARTIALS;
}

/** What the orders of a contract of orders and customers are found to be. */
async function validateOrders(tables: TwoTables): Promise<ContractResult> {
  const { column = {}, columns = [], table = {}, partials = NO_PARTIALS } = tables;
  const customers = tables.customerColumns ?? [{ name: 'id' }, { name: 'country' }];
  write('orders.odcs.yaml', {
    schema: [
      { name: 'orders', properties: [{ name: 'n' }, { name: 'customer', ...column }, ...columns], ...table },
      { name: 'customers', id: 'clients', properties: customers },
    ],
  });
  writeFileSync(join(tinyRoot(), 'orders.csv'), tables.orders);
  writeFileSync(join(tinyRoot(), 'customers.csv'), tables.customers);
  return run(partials);
}

function write(name: string, rest: Entry): void {
  const contract = {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: 'x',
    version: '1.0.0',
    status: 'active',
  };
  writeFileSync(join(tinyRoot(), name), JSON.stringify({ ...contract, ...rest }));
}

function run(partials = NO_PARTIALS): Promise<ContractResult> {
  const options = { root: tinyRoot(), contract: 'orders.odcs.yaml', path: 'orders.csv', partials };
  return validateContract({ ...options, engine: tinyEngine() });
}

const TO_ID = { relationships: [{ to: 'customers.id' }] };
const CUSTOMERS = 'id,country\n1,DE\n2,FR\n3,DE\n';

describe('a foreign key', () => {
  test('counts the rows whose value is not in the other table, and shows them', async () => {
    const orders = 'n,customer\n1,1\n2,9\n3,\n4,3\n5,9\n6,NA\n7,x\n';
    const result = await validateOrders({ orders, customers: CUSTOMERS, column: TO_ID });
    expect(checkOf(result, 'customer.relationship')).toMatchObject({
      outcome: 'failed',
      says: 'each customer is one of customers.id',
      value: 3,
      failingRows: 3,
      failingShare: 3 / 7,
      samples: [
        { line: 3, value: '9' },
        { line: 6, value: '9' },
        { line: 8, value: 'x' },
      ],
    });
    expect(result.passed).toBe(false);
  });

  test('is kept where every value is there, repeated or not', async () => {
    const orders = 'n,customer\n1,1\n2,1\n3,\n4,3\n';
    const result = await validateOrders({ orders, customers: `${CUSTOMERS}1,DE\n`, column: TO_ID });
    expect(checkOf(result, 'customer.relationship')).toMatchObject({
      outcome: 'passed',
      value: 0,
      samples: [],
    });
  });

  test.each([
    '/schema/clients/properties/id',
    'schema/customers/properties/id',
    '/schema/customers/properties/id',
  ])('is found by %s too', async to => {
    const column = { relationships: [{ type: 'foreignKey', to }] };
    const result = await validateOrders({ orders: 'n,customer\n1,1\n2,7\n', customers: CUSTOMERS, column });
    expect(checkOf(result, 'customer.relationship')).toMatchObject({ outcome: 'failed', value: 1 });
  });

  test('of several columns is whole or does not count', async () => {
    const table = {
      relationships: [
        { from: ['orders.customer', 'orders.country'], to: ['customers.id', 'customers.country'] },
      ],
    };
    const orders = 'n,customer,country\n1,1,DE\n2,1,FR\n3,,FR\n4,2,\n5,2,FR\n6,9,DE\n';
    const columns = [{ name: 'country' }];
    const result = await validateOrders({ orders, customers: CUSTOMERS, table, columns });
    expect(checkOf(result, 'relationship')).toMatchObject({
      says: 'each customer with country is one of customers.id with country',
      value: 2,
      samples: [
        { line: 3, value: '1, FR' },
        { line: 7, value: '9, DE' },
      ],
    });
  });

  test('shows no value that is personal on either side', async () => {
    const [orders, customers] = ['n,customer\n1,7\n', CUSTOMERS];
    const personal = { ...TO_ID, classification: 'personal' };
    const own = await validateOrders({ orders, customers, column: personal });
    const customerColumns = [{ name: 'id', classification: 'personal' }, { name: 'country' }];
    const other = await validateOrders({ orders, customers, column: TO_ID, customerColumns });
    const relationships = [{ from: 'orders.customer', to: 'customers.id' }];
    const column = { classification: 'personal' };
    const ofTable = await validateOrders({ orders, customers, column, table: { relationships } });
    expect(checkOf(ofTable, 'relationship')).toMatchObject({ value: 1, samples: [] });
    for (const result of [own, other])
      expect(checkOf(result, 'customer.relationship')).toMatchObject({ value: 1, samples: [] });
  });

  test('uses the names that columns have in the data', async () => {
    const customerColumns = [{ name: 'id', physicalName: 'CUST_ID' }];
    const customers = 'CUST_ID\n1\n';
    const column = { ...TO_ID, physicalName: 'CUST' };
    const result = await validateOrders({ orders: 'n,CUST\n1,1\n2,2\n', customers, column, customerColumns });
    expect(checkOf(result, 'customer.relationship')).toMatchObject({
      value: 1,
      says: 'each CUST is one of customers.id',
    });
  });

  test('may lead back into its own table, and round in a circle', async () => {
    const column = { relationships: [{ to: 'orders.n' }, { to: 'orders.customer' }] };
    const result = await validateOrders({
      orders: 'n,customer\n1,2\n2,1\n3,8\n',
      customers: CUSTOMERS,
      column,
    });
    expect(checkOf(result, 'customer.relationship').value).toBe(1);
    expect(checkOf(result, 'customer.relationship-2').value).toBe(0);
    const customerColumns = [{ name: 'id', relationships: [{ to: 'orders.customer' }] }];
    const round = await validateOrders({
      ...{ orders: 'n,customer\n1,1\n', customers: CUSTOMERS },
      ...{ column: TO_ID, customerColumns },
    });
    expect(checkOf(round, 'customer.relationship').outcome).toBe('passed');
  });

  test('compares texts of a CSV file with the numbers of a Parquet file as numbers, exactly', async () => {
    const file = join(tinyRoot(), 'customers.parquet');
    const values = '(1::BIGINT), (2), (9007199254740993)';
    await tinyEngine().query(`COPY (SELECT * FROM (VALUES ${values}) t(id)) TO '${file}' (FORMAT parquet)`);
    rmSync(join(tinyRoot(), 'customers.csv'), { force: true });
    write('orders.odcs.yaml', {
      schema: [
        { name: 'orders', properties: [{ name: 'n' }, { name: 'customer', ...TO_ID }] },
        { name: 'customers', properties: [{ name: 'id' }] },
      ],
    });
    const rows = ['1', '02', '3', '9007199254740992', '9007199254740993', 'x', '1.5'];
    writeFileSync(
      join(tinyRoot(), 'orders.csv'),
      `n,customer\n${rows.map((one, i) => `${i},${one}\n`).join('')}`,
    );
    const { value, samples } = checkOf(await run(), 'customer.relationship');
    expect([value, samples.map(sample => sample.value)]).toEqual([4, ['3', '9007199254740992', 'x', '1.5']]);
    rmSync(file);
  });

  test('is remembered until the other table changes', async () => {
    const folder = join(tinyRoot(), 'partials');
    const tables = { orders: 'n,customer\n1,1\n2,9\n', column: TO_ID };
    const orphansOf = async (customers: string) => {
      const result = await validateOrders({ ...tables, customers, partials: openPartials(folder) });
      return checkOf(result, 'customer.relationship').value;
    };
    expect(await orphansOf(CUSTOMERS)).toBe(1);
    expect(await orphansOf(CUSTOMERS)).toBe(1);
    expect(await orphansOf(`${CUSTOMERS}9,FR\n`)).toBe(0);
    expect(await orphansOf('id,country\n')).toBe(2);
  });
});

describe('a foreign key into another contract', () => {
  const orders = 'n,customer\n1,1\n2,7\n';
  const to = 'crm/crm.odcs.yaml#/schema/customers/properties/id';
  const column = { relationships: [{ to }] };

  test('is followed within the repository', async () => {
    mkdirSync(join(tinyRoot(), 'crm'), { recursive: true });
    write('crm/crm.odcs.yaml', {
      schema: [
        {
          name: 'customers',
          properties: [
            { name: 'id', relationships: [{ to: '../orders.odcs.yaml#/schema/orders/properties/customer' }] },
          ],
        },
      ],
    });
    writeFileSync(join(tinyRoot(), 'crm/customers.csv'), 'id\n1\n');
    const result = await validateOrders({ orders, customers: CUSTOMERS, column });
    expect(checkOf(result, 'customer.relationship')).toMatchObject({
      outcome: 'failed',
      says: 'each customer is one of crm/crm.odcs.yaml customers.id',
      value: 1,
    });
  });

  test('is not followed out of it, by name or by link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    write('x.odcs.yaml', { schema: [{ name: 'customers', properties: [{ name: 'id' }] }] });
    renameSync(join(tinyRoot(), 'x.odcs.yaml'), join(outside, 'x.odcs.yaml'));
    writeFileSync(join(outside, 'customers.csv'), 'id\n1\n');
    symlinkSync(outside, join(tinyRoot(), 'out'));
    const way = relative(tinyRoot(), join(outside, 'x.odcs.yaml'));
    for (const file of [way, 'out/x.odcs.yaml', 'none.yaml']) {
      const away = { relationships: [{ to: `${file}#/schema/customers/properties/id` }] };
      const result = await validateOrders({ orders, customers: CUSTOMERS, column: away });
      const { outcome, reason } = checkOf(result, 'customer.relationship');
      expect([outcome, reason]).toEqual(['skipped', expect.stringContaining('there is no contract')]);
    }
    rmSync(outside, { recursive: true });
  });

  test('at an address is not fetched', async () => {
    const web = 'https://example.org/x.yaml#/schema/customers/properties/id';
    const result = await validateOrders({
      orders,
      customers: CUSTOMERS,
      column: { relationships: [{ to: web }] },
    });
    expect(checkOf(result, 'customer.relationship')).toMatchObject({
      outcome: 'skipped',
      reason: 'https://example.org/x.yaml is not fetched; only files of the repository are read',
    });
  });
});

describe('a foreign key that cannot be followed is skipped with the reason', () => {
  const orders = 'n,customer\n1,1\n';
  const cases: readonly (readonly [string, Entry, string])[] = [
    ['an unknown column', { to: 'customers.nowhere' }, 'the contract has no column customers.nowhere'],
    ['two columns for one', { to: ['customers.id', 'customers.country'] }, 'one column cannot refer to 2'],
    [
      'columns of two tables',
      { from: ['orders.n', 'orders.customer'], to: ['customers.id', 'orders.n'] },
      'customers.id and orders.n are columns of different tables',
    ],
    [
      'a beginning elsewhere',
      { from: 'customers.id', to: 'orders.n' },
      'customers.id is no column of orders, where the key begins',
    ],
  ];
  test.each(cases)('%s', async (_, relationship, reason) => {
    const tables = 'from' in relationship ? { table: { relationships: [relationship] } } : undefined;
    const column = tables ? {} : { relationships: [relationship] };
    const result = await validateOrders({ orders, customers: CUSTOMERS, column, ...tables });
    expect(checkOf(result, tables ? 'relationship' : 'customer.relationship')).toMatchObject({
      outcome: 'skipped',
      reason,
    });
  });

  test('a table without data', async () => {
    await validateOrders({ orders, customers: CUSTOMERS, column: TO_ID });
    rmSync(join(tinyRoot(), 'customers.csv'));
    expect(checkOf(await run(), 'customer.relationship')).toMatchObject({
      outcome: 'skipped',
      reason: 'there is no data of customers in .',
    });
  });

  test('a table whose data lacks the column', async () => {
    const result = await validateOrders({ orders, customers: 'key\n1\n', column: TO_ID });
    expect(checkOf(result, 'customer.relationship').reason).toBe('customers.csv has no column id');
  });
});

test('every planted row without a match is counted, and no other', async () => {
  const word = fc.constantFrom('', 'NA', 'a', 'A', ' a', "o'k", 'ä', '1', '1.0', '01');
  const cell = fc.tuple(word, word);
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1 }), fc.array(cell), async (rows, known) => {
      const lines = (cells: typeof rows) => cells.map(([a, b], i) => `${i},${a},${b}\n`).join('');
      const relationships = [
        { from: ['orders.customer', 'orders.country'], to: ['customers.id', 'customers.country'] },
        { from: 'orders.customer', to: 'customers.id' },
      ];
      const result = await validateOrders({
        orders: `n,customer,country\n${lines(rows)}`,
        customers: `n,id,country\n${lines(known)}`,
        table: { relationships },
        columns: [{ name: 'country' }],
      });
      const isThere = (text: string) => text !== '' && text !== 'NA';
      const pairs = rows.filter(
        ([a, b]) => isThere(a) && isThere(b) && !known.some(([x, y]) => a === x && b === y),
      );
      const singles = rows.filter(([a]) => isThere(a) && !known.some(([x]) => a === x));
      expect(checkOf(result, 'relationship').value).toBe(pairs.length);
      expect(checkOf(result, 'relationship-2').value).toBe(singles.length);
    }),
    { numRuns: 40 },
  );
});
