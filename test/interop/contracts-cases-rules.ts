// Cases of one rule each, or of one kind of rule with every operator.
import { type ContractCase, csvCase, type Entry } from './contracts-case.ts';

const option = (name: string, logicalType: string, logicalTypeOptions: Entry): Entry => ({
  ...{ name, logicalType, logicalTypeOptions },
});
const rule = (name: string, quality: Entry): Entry => ({ name, quality: [{ id: 'rule', ...quality }] });

/** Every operator with one limit that three of ten rows keep and four do not. */
const THREE_OF_TEN: readonly Entry[] = [
  { mustBe: 3 },
  { mustNotBe: 4 },
  { mustBeGreaterThan: 2 },
  { mustBeGreaterOrEqualTo: 3 },
  { mustBeLessThan: 4 },
  { mustBeLessOrEqualTo: 3 },
  { mustBeBetween: [2, 4] },
  { mustNotBeBetween: [3, 6] },
];
/** Which of them four rows break: all but those that ask for more. */
const BROKEN_BY_FOUR = [0, 1, 4, 5, 6, 7];

const times = (scale: number) => (limit: Entry) =>
  Object.fromEntries(
    Object.entries(limit).map(([operator, operand]) => [
      operator,
      Array.isArray(operand) ? operand.map(one => Number(one) * scale) : Number(operand) * scale,
    ]),
  );

interface Each {
  readonly metric: string;
  readonly arguments?: Entry;
  /** What a value that counts is written as, and one that does not. */
  readonly bad: string;
  readonly good: string;
}

/** One column for each operator; the first column names the row. */
function eachOperator(unit: 'rows' | 'percent', { metric, arguments: given, bad, good }: Each): ContractCase {
  const limits = unit === 'rows' ? THREE_OF_TEN : THREE_OF_TEN.map(times(10));
  const columns = limits.map((limit, i) =>
    rule(`c${i}`, { metric, ...(given && { arguments: given }), unit, ...limit }),
  );
  const line = (row: number, count: number) =>
    [row, ...limits.map(() => (row < count ? bad : good))].join(',');
  const lines = (count: number) => Array.from({ length: 10 }, (_, row) => line(row, count));
  return csvCase(`${metric} in ${unit} with each operator`, [{ name: 'n' }, ...columns], {
    ...{ kept: lines(3), broken: lines(4) },
    planted: Object.fromEntries(BROKEN_BY_FOUR.map(i => [`c${i}.rule`, unit === 'rows' ? 4 : 40])),
  });
}

const NULLS: Each = { metric: 'nullValues', bad: '', good: 'x' };
const MISSING: Each = {
  metric: 'missingValues',
  arguments: { missingValues: ['N/A', '-'] },
  bad: 'N/A',
  good: 'x',
};
const INVALID: Each = {
  metric: 'invalidValues',
  arguments: { validValues: ['a', 'b'] },
  bad: 'z',
  good: 'b',
};
const PATTERN: Each = { metric: 'invalidValues', arguments: { pattern: '^[a-c]+$' }, bad: 'xa', good: 'cab' };

const range = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i));

/** From the simplest on. */
export const ruleCases: readonly ContractCase[] = [
  csvCase('columns that are there', [{ name: 'a' }, { name: 'b' }], {
    ...{ kept: ['1,x', '2,y'], broken: [], planted: { rows: 0 } },
  }),
  csvCase('required', [{ name: 'n' }, { name: 'a', required: true }], {
    ...{ kept: ['1,x', '2,y'], broken: ['1,x', '2,', '3,', '4,z'], planted: { 'a.required': 2 } },
  }),
  csvCase('unique', [{ name: 'n' }, { name: 'a', unique: true }], {
    ...{ kept: ['1,x', '2,y', '3,', '4,'], broken: ['1,x', '2,x', '3,y', '4,'], planted: { 'a.unique': 1 } },
  }),
  csvCase('unique, one key three times', [{ name: 'n' }, { name: 'a', unique: true }], {
    ...{ kept: ['1,x'], broken: ['1,x', '2,x', '3,x', '4,y', '5,y'], planted: { 'a.unique': 3 } },
  }),
  csvCase('a primary key', [{ name: 'id', primaryKey: true }, { name: 'a' }], {
    ...{ kept: ['1,x', '2,x'], broken: ['1,x', '1,y', ',z'], planted: { 'id.required': 1, primaryKey: 1 } },
  }),
  csvCase(
    'a composite primary key',
    [
      { name: 'shop', primaryKey: true, primaryKeyPosition: 1 },
      { name: 'day', primaryKey: true, primaryKeyPosition: 2 },
    ],
    {
      kept: ['a,1', 'a,2', 'b,1'],
      broken: ['a,1', 'a,2', 'a,1', 'b,'],
      planted: { 'day.required': 1, primaryKey: 1 },
    },
  ),
  csvCase('lengths', [option('a', 'string', { minLength: 2 }), option('b', 'string', { maxLength: 3 })], {
    kept: ['xy,xyz', '😀é,x', ',y'],
    broken: ['x,wxyz', 'xyz,abcde', '😀,😀😀😀'],
    planted: { 'a.minLength': 2, 'b.maxLength': 2 },
  }),
  csvCase(
    'patterns',
    [option('a', 'string', { pattern: '^[A-Z]{2}[0-9]+$' }), option('b', 'string', { pattern: '[0-9]' })],
    {
      kept: ['AB1,x1y', ',0'],
      broken: ['AB,xy', 'xAB1,1', 'AB12,z'],
      planted: { 'a.pattern': 2, 'b.pattern': 2 },
    },
  ),
  csvCase(
    'ranges of numbers',
    [
      option('a', 'integer', { minimum: 1 }),
      option('b', 'integer', { maximum: 5 }),
      option('c', 'number', { exclusiveMinimum: 0 }),
      option('d', 'number', { exclusiveMaximum: 1.5 }),
    ],
    {
      kept: ['1,5,0.1,1.4', '2,-7,,', '900,0,1e3,-2'],
      broken: ['0,6,0,1.5', '-1,5,-0.5,2', '1,9,1,1'],
      planted: { 'a.minimum': 2, 'b.maximum': 2, 'c.exclusiveMinimum': 2, 'd.exclusiveMaximum': 2 },
    },
  ),
  csvCase(
    'ranges of days and moments',
    [
      option('a', 'date', { minimum: '2024-01-01', maximum: '2024-12-31' }),
      option('b', 'timestamp', { minimum: '2024-01-01T00:00:00Z' }),
    ],
    {
      kept: ['2024-01-01,2024-01-01 00:00:00', '2024-12-31,2025-06-01 12:30:00'],
      broken: [
        '2023-12-31,2023-12-31 23:59:59',
        '2025-01-01,2024-01-01 00:00:00',
        '2024-06-01,2020-01-01 00:00:00',
      ],
      planted: { 'a.minimum': 1, 'a.maximum': 1, 'b.minimum': 2 },
    },
  ),
  eachOperator('rows', NULLS),
  eachOperator('percent', NULLS),
  eachOperator('rows', MISSING),
  eachOperator('percent', MISSING),
  eachOperator('rows', INVALID),
  eachOperator('percent', INVALID),
  eachOperator('rows', PATTERN),
  csvCase(
    'values that are numbers',
    [
      { name: 'n' },
      {
        ...rule('a', { metric: 'invalidValues', arguments: { validValues: [1, 2, 3] }, mustBe: 0 }),
        logicalType: 'integer',
      },
    ],
    { kept: ['1,1', '2,3', '3,'], broken: ['1,1', '2,4', '3,0'], planted: { 'a.rule': 2 } },
  ),
  ...THREE_OF_TEN.map((limit, i) =>
    csvCase(`rowCount, ${Object.keys(limit).join()}`, [{ name: 'a' }], {
      kept: range(3, String),
      broken: range(i === 2 || i === 3 ? 2 : 4, String),
      table: { quality: [{ id: 'rule', metric: 'rowCount', ...limit }] },
      planted: { rule: i === 2 || i === 3 ? 2 : 4 },
    }),
  ),
  csvCase('a number of rows at the bound of a range', [{ name: 'a' }], {
    kept: range(3, String),
    broken: range(4, String),
    table: { quality: [{ id: 'rule', metric: 'rowCount', mustBeBetween: [2, 4] }] },
    planted: { rule: 4 },
  }),
  csvCase(
    'duplicateValues of a column',
    [{ name: 'n' }, rule('a', { metric: 'duplicateValues', mustBeLessThan: 2 })],
    { kept: ['1,x', '2,x', '3,y'], broken: ['1,x', '2,x', '3,x', '4,y'], planted: { 'a.rule': 2 } },
  ),
  csvCase(
    'duplicateValues of a column in percent',
    [{ name: 'n' }, rule('a', { metric: 'duplicateValues', unit: 'percent', mustBeLessThan: 30 })],
    { kept: ['1,x', '2,x', '3,y', '4,z'], broken: ['1,x', '2,x', '3,y', '4,y'], planted: { 'a.rule': 50 } },
  ),
  csvCase('duplicateValues of a table', [{ name: 'a' }, { name: 'b' }], {
    kept: ['1,x', '1,y', '2,x'],
    broken: ['1,x', '1,x', '2,x', ',x', ',x'],
    table: {
      quality: [{ id: 'rule', metric: 'duplicateValues', arguments: { properties: ['a', 'b'] }, mustBe: 0 }],
    },
    planted: { rule: 1 },
  }),
  csvCase(
    'two rules of one metric on a column',
    [
      { name: 'n' },
      {
        name: 'a',
        quality: [
          { id: 'one', metric: 'invalidValues', arguments: { validValues: ['a', 'b', 'c'] }, mustBe: 0 },
          { id: 'two', metric: 'invalidValues', arguments: { pattern: '^[ab]$' }, mustBeLessThan: 2 },
        ],
      },
    ],
    { kept: ['1,a', '2,b', '3,c'], broken: ['1,z', '2,b', '3,a'], planted: { 'a.one': 1 } },
  ),
  csvCase(
    'severities',
    [
      rule('a', { metric: 'nullValues', mustBe: 0, severity: 'warning' }),
      rule('b', { metric: 'nullValues', mustBe: 0, severity: 'high' }),
    ],
    { kept: ['1,x'], broken: [',x', '1,', ',y'], planted: { 'a.rule': 2, 'b.rule': 1 } },
  ),
  csvCase('names in the data', [{ name: 'n' }, { name: 'a', physicalName: 'A 1', required: true }], {
    kept: ['1,x'],
    broken: ['1,', '2,x'],
    planted: { 'a.required': 1 },
  }),
];
