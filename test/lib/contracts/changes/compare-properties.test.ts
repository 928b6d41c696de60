import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Effect } from '#lib/contracts/changes/change.ts';
import { compareContracts } from '#lib/contracts/changes/compare.ts';
import { isSame } from '#lib/contracts/changes/unordered.ts';
import { keepsLimit } from '#lib/contracts/check.ts';
import { changesOf, contract, type Entry, ofColumn, ofRule } from './two-contracts.ts';

const small = fc.integer({ min: 0, max: 12 });
const word = fc.constantFrom('a', 'b', 'c', 'd');
const pair = fc.tuple(small, small).filter(([a, b]) => a < b);
const limit = fc.oneof(
  ...[
    'mustBe',
    'mustNotBe',
    'mustBeGreaterThan',
    'mustBeGreaterOrEqualTo',
    'mustBeLessThan',
    'mustBeLessOrEqualTo',
  ].map(operator => small.map((value): Entry => ({ [operator]: value }))),
  ...['mustBeBetween', 'mustNotBeBetween'].map(operator =>
    pair.map((value): Entry => ({ [operator]: value })),
  ),
);
const optional = (shape: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record(shape, { requiredKeys: [] });
const severity = fc.constantFrom('error', 'warning', 'info');

const rule = fc
  .tuple(
    fc.oneof(
      fc.constantFrom<Entry>({ metric: 'nullValues' }, { metric: 'duplicateValues' }),
      fc
        .uniqueArray(word, { minLength: 1 })
        .map((validValues): Entry => ({ metric: 'invalidValues', arguments: { validValues } })),
      word.map((query): Entry => ({ type: 'sql', query })),
    ),
    limit,
    optional({ severity, description: word, unit: fc.constantFrom('rows', 'percent') }),
  )
  .map(([kind, bound, rest]): Entry => ({ ...kind, ...bound, ...rest }));

const typed = fc.oneof(
  optional({ minimum: small, exclusiveMaximum: small, multipleOf: fc.integer({ min: 1, max: 6 }) }).map(
    (logicalTypeOptions): Entry => ({ logicalType: 'integer', logicalTypeOptions }),
  ),
  optional({ minLength: small, pattern: word }).map(
    (logicalTypeOptions): Entry => ({ logicalType: 'string', logicalTypeOptions }),
  ),
  fc.constantFrom<Entry>({}, { logicalType: 'number' }, { logicalType: 'boolean' }),
);
const column = fc
  .tuple(
    typed,
    optional({
      required: fc.boolean(),
      unique: fc.boolean(),
      primaryKey: fc.boolean(),
      primaryKeyPosition: fc.integer({ min: 1, max: 3 }),
      physicalName: fc.constantFrom('A', 'B', 'C', 'D'),
      physicalType: fc.constantFrom('int', 'bigint', 'varchar(5)', 'text'),
      classification: fc.constantFrom('public', 'internal', 'personal', 'odd'),
      tags: fc.array(word, { maxLength: 3 }),
      quality: fc.array(rule, { maxLength: 3 }),
      relationships: fc.array(
        word.map(to => ({ to: `t.${to}` })),
        { maxLength: 2 },
      ),
    }),
  )
  .map(([type, rest]): Entry => ({ ...type, ...rest }));

/** Elements with names of their own, as contracts have them. */
const named = (element: fc.Arbitrary<Entry>, maxLength: number) =>
  fc
    .uniqueArray(word, { maxLength })
    .chain(names => fc.tuple(...names.map(name => element.map((rest): Entry => ({ name, ...rest })))));

const table = fc
  .tuple(
    named(column, 4),
    fc.array(rule, { maxLength: 2 }),
    fc.constantFrom<Entry>({}, { physicalName: 'x.csv' }),
  )
  .map(([properties, quality, rest]): Entry => ({ properties, quality, ...rest }));
const level = fc
  .tuple(
    fc.constantFrom('latency', 'retention', 'colour'),
    fc.integer({ min: 1, max: 30 }),
    optional({ unit: fc.constantFrom('d', 'h', 'w'), element: word.map(name => `t.${name}`) }),
  )
  .map(([property, value, rest]): Entry => ({ property, value, ...rest }));
const server = fc
  .tuple(word, word)
  .map(([server, path]): Entry => ({ server, type: 'local', path, format: 'csv' }));
const anyContract = fc
  .tuple(
    named(table, 2),
    optional({
      status: fc.constantFrom('draft', 'active', 'deprecated', 'retired'),
      slaProperties: fc.array(level, { maxLength: 3 }),
      servers: fc.uniqueArray(server, { maxLength: 2, selector: one => one.server }),
      tags: fc.array(word, { maxLength: 2 }),
      price: optional({ priceAmount: small }),
    }),
  )
  .map(([schema, rest]): Entry => ({ schema, ...rest }));

const effects = (base: Entry, head: Entry) =>
  changesOf(base, head)
    .map(({ effect }) => effect)
    .sort();

test('a contract does not differ from itself', () => {
  fc.assert(
    fc.property(anyContract, keys => {
      expect(changesOf(keys, keys)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** Lists whose order means something: ends of a range. */
const ORDERED: readonly string[] = ['mustBeBetween', 'mustNotBeBetween'];

function reversed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => reversed(item));
    return ORDERED.includes(key) ? items : items.reverse();
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, reversed(item, name)])
      .reverse(),
  );
}

test('the order of lists and keys says nothing, but for columns that share a place in a primary key', () => {
  const unplaced = (keys: Entry) =>
    JSON.parse(JSON.stringify(keys).replaceAll('"primaryKey":true', '"primaryKey":false')) as Entry;
  fc.assert(
    fc.property(anyContract, anyContract, (one, other) => {
      const [base, head] = [unplaced(one), unplaced(other)];
      expect(changesOf(base, reversed(base) as Entry)).toEqual([]);
      const says = (to: Entry) =>
        changesOf(base, to).map(({ path, what, effect }) => ({ path, what, effect }));
      const plain = (list: ReturnType<typeof says>) =>
        list.map(({ path, effect }) => `${path} ${effect}`).sort();
      expect(plain(says(reversed(head) as Entry))).toEqual(plain(says(head)));
    }),
    { numRuns: 300 },
  );
});

const SWAPPED: Readonly<Partial<Record<Effect, Effect>>> = { loosened: 'tightened', tightened: 'loosened' };

test('seen backwards, what was looser is tighter, and the rest stays what it is', () => {
  fc.assert(
    fc.property(anyContract, anyContract, (base, head) => {
      const backwards = effects(head, base).map(effect => SWAPPED[effect] ?? effect);
      expect(backwards.sort()).toEqual(effects(base, head));
    }),
    { numRuns: 500 },
  );
});

test('two contracts that differ in anything have a change', () => {
  fc.assert(
    fc.property(anyContract, anyContract, (base, head) => {
      const changes = compareContracts(contract(base), contract(head));
      expect(changes.length === 0).toBe(isSame(base, head));
      for (const { what, path, at } of changes) {
        expect(what.length * path.length * (at.line ?? 0)).toBeGreaterThan(0);
      }
    }),
    { numRuns: 200 },
  );
});

/** All ways to leave one key out. */
function thinned(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => thinned(item).map(other => value.with(i, other)));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const { [key]: _, ...rest } = value as Entry;
    // An empty list says what none does.
    const isEmpty = ['[]', '{}'].includes(JSON.stringify(item));
    return [...(isEmpty ? [] : [rest]), ...thinned(item).map(other => ({ ...value, [key]: other }))];
  });
}

test('no key can be left out without a change', () => {
  fc.assert(
    fc.property(anyContract, keys => {
      const base = contract(keys);
      for (const thin of thinned(keys) as readonly Entry[]) {
        const head = parsed(thin);
        if (head && !isSame(base.value, head.value))
          expect(compareContracts(base, head), JSON.stringify(thin)).not.toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

/** Undefined where it is no contract any more. */
function parsed(keys: Entry): ReturnType<typeof contract> | undefined {
  try {
    return contract(keys);
  } catch {
    return undefined;
  }
}

/** What becomes of a limit, by trying every number. */
function tried(base: Entry, head: Entry): string {
  const fits = (rule: Entry, value: number) =>
    Object.entries(rule).every(([operator, operand]) =>
      keepsLimit(value, {
        operator: operator as Parameters<typeof keepsLimit>[1]['operator'],
        operand,
        unit: 'rows',
      }),
    );
  const numbers = Array.from({ length: 40 }, (_, value) => value);
  const isLooser = numbers.some(value => fits(head, value) && !fits(base, value));
  const isTighter = numbers.some(value => !fits(head, value) && fits(base, value));
  if (isLooser && isTighter) return 'major/major';
  return isLooser ? 'major/minor' : isTighter ? 'minor/major' : 'patch/patch';
}

test('a limit on a number of rows is judged as trying every number of rows does', () => {
  fc.assert(
    fc.property(limit, limit, (base, head) => {
      fc.pre(JSON.stringify(base) !== JSON.stringify(head));
      const [change] = ofRule({ metric: 'nullValues', ...base }, { metric: 'nullValues', ...head });
      expect(change?.split(' ')[1]).toBe(tried(base, head));
    }),
    { numRuns: 1000 },
  );
});

const bounds = optional({ minimum: small, maximum: small, exclusiveMinimum: small, exclusiveMaximum: small });

test.each([
  ['integer', 1],
  ['number', 0.25],
])('bounds of an %s together say what trying every value does', (logicalType, step) => {
  const fits = (
    { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: under }: Entry,
    value: number,
  ) =>
    value >= Number(minimum ?? -99) &&
    value <= Number(maximum ?? 99) &&
    value > Number(above ?? -99) &&
    value < Number(under ?? 99);
  const values = Array.from({ length: 40 / step }, (_, i) => -10 + i * step);
  fc.assert(
    fc.property(bounds, bounds, (base, head) => {
      // Bounds that leave nothing are all alike by trying, but not as they are written.
      fc.pre([base, head].every(one => values.some(value => fits(one, value))));
      const at = (logicalTypeOptions: Entry) => ({ logicalType, logicalTypeOptions });
      const verdicts = ofColumn(at(base), at(head)).map(one => one.split(' ')[1] ?? '');
      const worst = (side: 0 | 1) => verdicts.some(verdict => verdict.split('/')[side] === 'major');
      expect(worst(0)).toBe(values.some(value => fits(head, value) && !fits(base, value)));
      expect(worst(1)).toBe(values.some(value => !fits(head, value) && fits(base, value)));
    }),
    { numRuns: 500 },
  );
});
