import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareContracts } from '#lib/contracts/changes/compare.ts';
import { readContract } from '#lib/contracts/read.ts';
import { changesOf, type Entry, ofColumn, ofRule, table, verdicts } from './two-contracts.ts';

const LOOSER = 'major/minor';
const TIGHTER = 'minor/major';
const OTHER = 'major/major';
const NOTED = 'minor/minor';
const WORDS = 'patch/patch';

/** Whether the change, and the same one backwards, is told as expected. */
function expectBothWays(
  compare: (base: Entry, head: Entry) => readonly string[],
  [base, head]: readonly [Entry, Entry],
  [path, verdict]: readonly [string, string],
): void {
  expect(compare(base, head)).toEqual([`${path} ${verdict}`]);
  expect(compare(head, base)).toEqual([`${path} ${verdict.split('/').reverse().join('/')}`]);
}

describe('official examples', () => {
  const examples = join(import.meta.dirname, '../../../fixtures/odcs');
  const files = globSync('**/*.odcs.yaml', { cwd: examples }).sort();

  test.each(files)('%s does not differ from itself', async file => {
    const contract = await readContract(join(examples, file));
    expect(compareContracts(contract, contract)).toEqual([]);
  });

  test('the quality rules of the full example are told one by one when they go', async () => {
    const file = join(examples, 'all/full-example.odcs.yaml');
    expect(await readFile(file, 'utf8')).toContain('quality:');
    const whole = await readContract(file);
    const schema = whole.value.schema?.map(({ quality: _, ...rest }) => rest);
    const changes = compareContracts(whole, { ...whole, value: { ...whole.value, schema } });
    const gone = whole.value.schema?.flatMap(({ quality = [] }) => quality) ?? [];
    expect(gone.length).toBeGreaterThan(0);
    expect(changes.filter(({ what }) => what.endsWith('is gone'))).toHaveLength(gone.length);
  });
});

describe('tables and columns', () => {
  test('a column that is gone breaks those who read it, one that is new those who deliver', () => {
    const [one, two] = [table([{ name: 'a' }]), table([{ name: 'a' }, { name: 'b' }])];
    expect(verdicts(changesOf(two, one))).toEqual([`orders.b ${LOOSER}`]);
    expect(verdicts(changesOf(one, two))).toEqual([`orders.b ${TIGHTER}`]);
    expect(changesOf(two, one)[0]).toMatchObject({
      what: 'the column orders.b is gone',
      columns: ['b'],
      to: null,
    });
  });

  test('a table likewise', () => {
    const one = { schema: [{ name: 'orders' }] };
    expect(verdicts(changesOf(one, { schema: [] }))).toEqual([`orders ${LOOSER}`]);
    expect(verdicts(changesOf({}, one))).toEqual([`orders ${TIGHTER}`]);
  });

  test('a column of another name is the same one by its id', () => {
    const [old, now] = [table([{ id: 'x', name: 'a' }]), table([{ id: 'x', name: 'b' }])];
    const [change, ...more] = changesOf(old, now);
    expect(more).toEqual([]);
    expect(change).toMatchObject({ path: 'orders.b.name', from: 'a', to: 'b', columns: ['a', 'b'] });
    expect(`${change?.consumer}/${change?.producer}`).toBe(OTHER);
  });

  test('and by its name in the data, which then breaks only those who ask by the other name', () => {
    const old = table([{ name: 'a', physicalName: 'A1' }]);
    expect(verdicts(changesOf(old, table([{ name: 'b', physicalName: 'A1' }])))).toEqual([
      'orders.b.name major/patch',
    ]);
    expect(verdicts(changesOf(table([{ name: 'A1' }]), old))).toEqual([
      'orders.a.name major/patch',
      'orders.a.physicalName patch/patch',
    ]);
  });

  test('a column that moves in the data breaks both sides', () => {
    expect(ofColumn({ physicalName: 'x' }, { physicalName: 'y' })).toEqual([
      `orders.amount.physicalName ${OTHER}`,
    ]);
    expect(ofColumn({}, { physicalName: 'amount' })).toEqual([`orders.amount.physicalName ${WORDS}`]);
  });

  test('members of objects and elements of lists are compared too, and belong to their column', () => {
    const nest = (type: string) =>
      table([
        {
          name: 'lines',
          logicalType: 'array',
          items: { logicalType: 'object', properties: [{ name: 'price', logicalType: type }] },
        },
      ]);
    const changes = changesOf(nest('integer'), nest('number'));
    expect(verdicts(changes)).toEqual([`orders.lines.items.price.logicalType ${LOOSER}`]);
    expect(changes[0]?.columns).toEqual(['lines']);
    expect(changes[0]?.at.line).toBe(19);
  });
});

test.each<[string, Entry, Entry, string, string]>([
  [
    'an integer that may have a fraction',
    { logicalType: 'integer' },
    { logicalType: 'number' },
    'logicalType',
    LOOSER,
  ],
  [
    'a text that becomes a number',
    { logicalType: 'string' },
    { logicalType: 'number' },
    'logicalType',
    OTHER,
  ],
  ['a type that is no longer said', { logicalType: 'date' }, {}, 'logicalType', LOOSER],
  ['a longer text', { physicalType: 'varchar(10)' }, { physicalType: 'VARCHAR(20)' }, 'physicalType', LOOSER],
  [
    'a text without a length',
    { physicalType: 'varchar(10)' },
    { physicalType: 'text' },
    'physicalType',
    LOOSER,
  ],
  ['a type in capitals', { physicalType: 'int' }, { physicalType: 'INT' }, 'physicalType', WORDS],
  ['a larger integer', { physicalType: 'int' }, { physicalType: 'bigint' }, 'physicalType', LOOSER],
  [
    'more digits',
    { physicalType: 'decimal(10,2)' },
    { physicalType: 'decimal(12,2)' },
    'physicalType',
    LOOSER,
  ],
  [
    'digits that move behind the point',
    { physicalType: 'decimal(10,2)' },
    { physicalType: 'decimal(10,4)' },
    'physicalType',
    OTHER,
  ],
  ['another physical type', { physicalType: 'uuid' }, { physicalType: 'json' }, 'physicalType', OTHER],
  ['a value that may be missing', { required: true }, { required: false }, 'required', LOOSER],
  ['a value that may stand twice', { unique: true }, {}, 'unique', LOOSER],
  ['a default that is written out', {}, { required: false }, 'required', WORDS],
  ['a word about it', { description: 'a' }, { description: 'b' }, 'description', WORDS],
  ['a tag', { tags: ['a'] }, { tags: ['a', 'b'] }, 'tags', WORDS],
  ['an example', { examples: [1] }, { examples: [2] }, 'examples', WORDS],
  [
    'data that becomes personal',
    { classification: 'public' },
    { classification: 'personal' },
    'classification',
    LOOSER,
  ],
  [
    'data that is called personal for the first time',
    {},
    { classification: 'personal' },
    'classification',
    LOOSER,
  ],
  [
    'a classification that nobody knows',
    { classification: 'gold' },
    { classification: 'public' },
    'classification',
    OTHER,
  ],
  [
    'another word for personal',
    { classification: 'pii' },
    { classification: 'personal' },
    'classification',
    NOTED,
  ],
  ['partitions', { partitioned: true }, { partitioned: false }, 'partitioned', NOTED],
  ['the encrypted name', { encryptedName: 'a' }, { encryptedName: 'b' }, 'encryptedName', OTHER],
])('%s', (_, base, head, key, verdict) => {
  expectBothWays(ofColumn, [base, head], [`orders.amount.${key}`, verdict]);
});

const options = (logicalType: string) => (base: Entry, head: Entry) =>
  ofColumn({ logicalType, logicalTypeOptions: base }, { logicalType, logicalTypeOptions: head });

describe('options', () => {
  test.each<[string, string, Entry, Entry, string, string]>([
    ['integer', 'a lower minimum', { minimum: 5 }, { minimum: 3 }, 'minimum', LOOSER],
    ['integer', 'a higher maximum', { maximum: 5 }, { maximum: 6 }, 'maximum', LOOSER],
    [
      'number',
      'the bound itself',
      { exclusiveMinimum: 5 },
      { exclusiveMinimum: 4 },
      'exclusiveMinimum',
      LOOSER,
    ],
    ['date', 'an earlier day', { minimum: '2024-01-01' }, { minimum: '2023-12-31' }, 'minimum', LOOSER],
    ['time', 'a later hour', { maximum: '17:00:00' }, { maximum: '18:30:00' }, 'maximum', LOOSER],
    ['string', 'more characters', { maxLength: 5 }, { maxLength: 9 }, 'maxLength', LOOSER],
    ['string', 'fewer characters', { minLength: 5 }, { minLength: 1 }, 'minLength', LOOSER],
    ['string', 'no pattern', { pattern: '^a' }, {}, 'pattern', LOOSER],
    ['string', 'another pattern', { pattern: '^a' }, { pattern: '^b' }, 'pattern', OTHER],
    ['string', 'no format', { format: 'email' }, {}, 'format', LOOSER],
    ['array', 'more items', { maxItems: 2 }, { maxItems: 3 }, 'maxItems', LOOSER],
    ['array', 'items that repeat', { uniqueItems: true }, {}, 'uniqueItems', LOOSER],
    [
      'object',
      'members that may be missing',
      { required: ['a', 'b'] },
      { required: ['b'] },
      'required',
      LOOSER,
    ],
    ['number', 'finer steps', { multipleOf: 0.3 }, { multipleOf: 0.1 }, 'multipleOf', LOOSER],
    ['number', 'other steps', { multipleOf: 2 }, { multipleOf: 3 }, 'multipleOf', OTHER],
    ['integer', 'a wider integer', { format: 'i8' }, { format: 'i16' }, 'format', LOOSER],
    ['integer', 'room for what has no sign', { format: 'u8' }, { format: 'i16' }, 'format', LOOSER],
    ['integer', 'no sign', { format: 'i8' }, { format: 'u8' }, 'format', OTHER],
    ['timestamp', 'another zone', { defaultTimezone: 'Europe/Paris' }, {}, 'defaultTimezone', OTHER],
    [
      'timestamp',
      'the zone that is meant anyway',
      { defaultTimezone: 'Etc/UTC' },
      {},
      'defaultTimezone',
      WORDS,
    ],
  ])('of %s: %s', (type, _, base, head, key, verdict) => {
    expectBothWays(options(type), [base, head], [`orders.amount.logicalTypeOptions.${key}`, verdict]);
  });

  test('a bound is the same one under both of its keys', () => {
    expect(options('number')({ minimum: 0 }, { exclusiveMinimum: 0 })).toEqual([
      `orders.amount.logicalTypeOptions.exclusiveMinimum ${TIGHTER}`,
    ]);
    expect(options('integer')({ exclusiveMinimum: 0 }, { minimum: 1 })).toEqual([
      `orders.amount.logicalTypeOptions.minimum ${WORDS}`,
    ]);
  });

  test('of a type that cannot be compared say nothing more', () => {
    const base = { logicalType: 'string', logicalTypeOptions: { maxLength: 3 } };
    expect(ofColumn(base, { logicalType: 'boolean' })).toEqual([`orders.amount.logicalType ${OTHER}`]);
  });
});

describe('primary keys', () => {
  const keyed = (...names: readonly string[]) =>
    table(
      ['a', 'b'].map(name => ({
        name,
        required: true,
        ...(names.includes(name) ? { primaryKey: true, primaryKeyPosition: names.indexOf(name) + 1 } : {}),
      })),
    );
  const compare = (base: Entry, head: Entry) => verdicts(changesOf(base, head));

  test('fewer columns that identify a row are the stronger promise', () => {
    // A key of one column promises, besides, that this column is unique.
    expect(compare(keyed('a', 'b'), keyed('a'))).toEqual([
      `orders.a.unique ${TIGHTER}`,
      `orders.primaryKey ${TIGHTER}`,
    ]);
    expect(compare(keyed('a'), keyed('a', 'b'))).toEqual([
      `orders.a.unique ${LOOSER}`,
      `orders.primaryKey ${LOOSER}`,
    ]);
  });

  test('a key that is gone breaks those who join by it', () => {
    expect(compare(keyed('a', 'b'), keyed())).toEqual([`orders.primaryKey ${LOOSER}`]);
    expect(changesOf(keyed('a', 'b'), keyed())[0]).toMatchObject({ from: ['a', 'b'], columns: ['a', 'b'] });
  });

  test('the order of its columns is worth a note', () => {
    expect(compare(keyed('a', 'b'), keyed('b', 'a'))).toEqual([
      `orders.a.primaryKeyPosition ${NOTED}`,
      `orders.b.primaryKeyPosition ${NOTED}`,
    ]);
    expect(ofColumn({}, { primaryKey: false })).toEqual([`orders.amount.primaryKey ${WORDS}`]);
  });

  test('what it promises of a column need not be written at the column', () => {
    const key = { primaryKey: true };
    expect(ofColumn({ ...key, required: true, unique: true }, key)).toEqual([
      `orders.amount.required ${WORDS}`,
      `orders.amount.unique ${WORDS}`,
    ]);
  });
});

describe('quality rules', () => {
  const rule = { name: 'r', metric: 'nullValues' };
  const path = 'orders.amount.quality.r';
  const days = (...validValues: readonly string[]) => ({
    metric: 'invalidValues',
    arguments: { validValues },
    mustBe: 0,
  });

  test.each<[string, Entry, Entry, string, string]>([
    ['more rows may fail', { mustBe: 0 }, { mustBeLessThan: 5 }, 'mustBeLessThan', LOOSER],
    ['a limit in other words', { mustBe: 0 }, { mustBeLessThan: 1 }, 'mustBeLessThan', WORDS],
    [
      'more must be there',
      { mustBeGreaterThan: 5 },
      { mustBeGreaterOrEqualTo: 5 },
      'mustBeGreaterOrEqualTo',
      LOOSER,
    ],
    ['a wider range', { mustBeBetween: [2, 5] }, { mustBeBetween: [1, 5] }, 'mustBeBetween', LOOSER],
    ['a range beside', { mustBeBetween: [2, 5] }, { mustBeBetween: [3, 6] }, 'mustBeBetween', OTHER],
    [
      'a smaller hole',
      { mustNotBeBetween: [2, 9] },
      { mustNotBeBetween: [3, 8] },
      'mustNotBeBetween',
      LOOSER,
    ],
    ['all but one number', { mustNotBe: 3 }, { mustBeGreaterOrEqualTo: 0 }, 'mustBeGreaterOrEqualTo', LOOSER],
    ['percent for rows', { mustBe: 3 }, { mustBe: 3, unit: 'percent' }, 'mustBe', OTHER],
    ['none in percent for none in rows', { mustBe: 0 }, { mustBe: 0, unit: 'percent' }, 'mustBe', WORDS],
  ])('%s', (_, base, head, key, verdict) => {
    const [old, now] = [
      ofRule({ ...rule, ...base }, { ...rule, ...head }),
      ofRule({ ...rule, ...head }, { ...rule, ...base }),
    ];
    expect(old).toEqual([`${path}.${key} ${verdict}`]);
    expect(old[0]?.split(' ')[1]).toBe(now[0]?.split(' ')[1]?.split('/').reverse().join('/'));
  });

  test('come and go', () => {
    expect(ofColumn({}, { quality: [{ ...rule, mustBe: 0 }] })).toEqual([`${path} ${TIGHTER}`]);
    expect(ofColumn({ quality: [{ ...rule, mustBe: 0 }] }, {})).toEqual([`${path} ${LOOSER}`]);
  });

  test('a rule that only warns binds nobody', () => {
    const warning = { ...rule, severity: 'warning' };
    expect(ofColumn({ quality: [{ ...warning, mustBe: 0 }] }, {})).toEqual([`${path} ${NOTED}`]);
    expect(ofRule({ ...warning, mustBe: 0 }, { ...warning, mustBeLessThan: 9 })).toEqual([
      `${path}.mustBeLessThan ${NOTED}`,
    ]);
    expect(ofRule({ ...rule, mustBe: 0 }, { ...warning, mustBe: 0 })).toEqual([`${path}.severity ${LOOSER}`]);
    expect(ofRule({ ...warning, mustBe: 0 }, { ...rule, mustBe: 0 })).toEqual([
      `${path}.severity ${TIGHTER}`,
    ]);
  });

  test('one value more in a list, by a rule without a name', () => {
    const path = 'orders.amount.quality.invalidValues.arguments';
    expectBothWays(ofRule, [days('Mon'), days('Mon', 'Tue')], [path, LOOSER]);
    expect(ofRule(days('Mon', 'Tue'), days('Tue', 'Mon'))).toEqual([]);
    expect(ofRule(days('Mon'), days('Tue'))).toEqual([`${path} ${OTHER}`]);
  });

  test('where more invalid values are wanted, one valid value more is the other way round', () => {
    const wanted = { ...days('Mon'), mustBe: undefined, mustBeGreaterThan: 3 };
    expect(ofRule(wanted, { ...wanted, arguments: { validValues: ['Mon', 'Tue'] } })).toEqual([
      `orders.amount.quality.invalidValues.arguments ${TIGHTER}`,
    ]);
  });

  test('more words for what is missing leave less that is there', () => {
    const missing = (...missingValues: readonly string[]) => ({
      metric: 'missingValues',
      arguments: { missingValues },
      mustBe: 0,
    });
    expectBothWays(
      ofRule,
      [missing('', 'NA'), missing('')],
      ['orders.amount.quality.missingValues.arguments', LOOSER],
    );
  });

  test('several rules on one metric are told apart by what they count', () => {
    const [a, b] = [days('Mon', 'Tue'), days('Mon', 'Wed')];
    expect(ofColumn({ quality: [a, b] }, { quality: [b, a] })).toEqual([]);
    const b5 = { ...b, mustBe: undefined, mustBeLessThan: 5 };
    expect(ofColumn({ quality: [a, b] }, { quality: [b5, a] })).toEqual([
      `orders.amount.quality.invalidValues.mustBeLessThan ${LOOSER}`,
    ]);
  });

  test('a query that says the same with other spaces is the same one', () => {
    const sql = (query: string) => ({ name: 'r', type: 'sql', query, mustBe: 0 });
    expect(ofRule(sql('SELECT 1\n FROM t'), sql('SELECT 1 FROM t'))).toEqual([`${path}.query ${WORDS}`]);
    expect(ofRule(sql("SELECT 'a  b'"), sql("SELECT 'a b'"))).toEqual([`${path}.query ${OTHER}`]);
    expect(ofRule(sql('SELECT 1'), sql('SELECT 2'))).toEqual([`${path}.query ${OTHER}`]);
  });

  test('a metric of our own has its limit inside', () => {
    const psi = (implementation: Entry) => ({
      name: 'r',
      type: 'custom',
      engine: 'mainline',
      implementation: { metric: 'psi', ...implementation },
    });
    expectBothWays(
      ofRule,
      [psi({ mustBeLessThan: 0.1 }), psi({ mustBeLessThan: 0.2 })],
      [`${path}.implementation`, LOOSER],
    );
    expect(ofRule(psi({ mustBeLessThan: 0.1 }), psi({ bins: 20, mustBeLessThan: 0.2 }))).toEqual([
      `${path}.implementation ${OTHER}`,
    ]);
  });

  test('a rule in words is its words', () => {
    const text = (description: string) => ({ name: 'r', type: 'text', description });
    expect(ofRule(text('a'), text('b'))).toEqual([`${path}.description ${NOTED}`]);
  });
});

describe('the contract itself', () => {
  const compare = (base: Entry, head: Entry) => verdicts(changesOf(base, head));

  test.each<[string, string, string]>([
    ['active', 'retired', LOOSER],
    ['active', 'draft', LOOSER],
    ['active', 'deprecated', NOTED],
    ['deprecated', 'retired', LOOSER],
    ['draft', 'proposed', NOTED],
  ])('%s becomes %s', (from, to, verdict) => {
    expectBothWays(compare, [{ status: from }, { status: to }], ['status', verdict]);
  });

  const latency = { property: 'latency', value: 1, unit: 'd' };
  test.each<[string, Entry, Entry, string]>([
    ['later', latency, { ...latency, value: 2 }, LOOSER],
    ['in another unit', latency, { ...latency, value: 23, unit: 'hours' }, TIGHTER],
    ['the same in another unit', latency, { ...latency, value: 24, unit: 'h' }, WORDS],
    [
      'kept for less long',
      { property: 'retention', value: 3, unit: 'y' },
      { property: 'retention', value: 30, unit: 'months' },
      LOOSER,
    ],
    [
      'supported for less long',
      { property: 'endOfSupport', value: '2032-05-12' },
      { property: 'endOfSupport', value: '2031-05-12T00:00:00Z' },
      LOOSER,
    ],
    [
      'what nobody knows the better side of',
      { property: 'colour', value: 1 },
      { property: 'colour', value: 2 },
      OTHER,
    ],
  ])('a service level: %s', (_, base, head, verdict) => {
    const path = `slaProperties.${String(base.property)}.value`;
    expectBothWays(
      (a, b) => compare({ slaProperties: [a] }, { slaProperties: [b] }),
      [base, head],
      [path, verdict],
    );
  });

  test('service levels come, go and are told apart by their element', () => {
    const at = (element: string, value: number) => ({ ...latency, element, value });
    const both = [at('orders.a', 1), at('orders.b', 2)];
    expect(compare({ slaProperties: both }, { slaProperties: [...both].reverse() })).toEqual([]);
    const [gone] = changesOf({ slaProperties: both }, { slaProperties: both.slice(1) });
    expect(gone).toMatchObject({ consumer: 'major', producer: 'minor', columns: ['a'] });
  });

  const server = { server: 'prod', type: 'local', path: 'a.csv', format: 'csv' };
  test('a server that moves or writes another format breaks both sides', () => {
    expect(compare({ servers: [server] }, { servers: [{ ...server, path: 'b.csv' }] })).toEqual([
      `servers.prod.path ${OTHER}`,
    ]);
    expect(compare({ servers: [server] }, { servers: [{ ...server, format: 'json' }] })).toEqual([
      `servers.prod.format ${OTHER}`,
    ]);
    expect(compare({ servers: [server] }, {})).toEqual([`servers.prod ${LOOSER}`]);
    expect(compare({ servers: [server] }, { servers: [{ ...server, description: 'x' }] })).toEqual([
      `servers.prod.description ${WORDS}`,
    ]);
  });

  test('a foreign key likewise', () => {
    const key = { to: 'customers.id' };
    expectBothWays(
      ofColumn,
      [{ relationships: [key] }, {}],
      ['orders.amount.relationships.customers.id', LOOSER],
    );
    const pairs = (from: readonly string[], to: readonly string[]) => ({
      schema: [{ name: 'orders', relationships: [{ from, to }] }],
    });
    expect(compare(pairs(['o.a', 'o.b'], ['c.a', 'c.b']), pairs(['o.b', 'o.a'], ['c.b', 'c.a']))).toEqual([]);
    expect(
      compare(pairs(['o.a', 'o.b'], ['c.a', 'c.b']), pairs(['o.a', 'o.b'], ['c.b', 'c.a'])),
    ).toHaveLength(2);
  });

  test('words, people and the version itself', () => {
    expect(compare({ version: '1.0.0' }, { version: '9.0.0' })).toEqual([]);
    expect(compare({ team: { name: 'a' } }, { team: { name: 'b' } })).toEqual([`team ${WORDS}`]);
    expect(compare({ id: 'a' }, { id: 'b' })).toEqual([`id ${OTHER}`]);
    expect(compare({ price: { priceAmount: 1 } }, { price: { priceAmount: 2 } })).toEqual([
      `price.priceAmount ${LOOSER}`,
    ]);
    expect(compare({ roles: [{ role: 'reader' }] }, {})).toEqual([`roles.reader ${LOOSER}`]);
  });

  test('what 3.2 brought: values of a column, keys and values of a map', () => {
    const list = (...values: readonly string[]) => ({ enum: values.map(value => ({ value })) });
    expectBothWays(
      (a, b) => ofColumn(a, b, 'v3.2.0'),
      [list('a'), list('a', 'b')],
      ['orders.amount.enum', LOOSER],
    );
    const map = (type: string) => ({
      logicalType: 'map',
      map: { key: { logicalType: 'string' }, value: { logicalType: type } },
    });
    expect(ofColumn(map('integer'), map('number'), 'v3.2.0')).toEqual([
      `orders.amount.map.value.logicalType ${LOOSER}`,
    ]);
  });
});

test('a change stands where the new contract says it, what is gone where the old one did', () => {
  const [moved] = changesOf(
    table([{ name: 'a', logicalType: 'integer' }]),
    table([{ name: 'a', logicalType: 'number' }]),
  );
  expect(moved?.at).toEqual({ file: 'new.odcs.yaml', line: 13, column: 6 });
  const [gone] = changesOf(table([{ name: 'a', logicalType: 'integer' }]), table([{ name: 'a' }]));
  expect(gone?.at).toEqual({ file: 'old.odcs.yaml', line: 13, column: 6 });
});
