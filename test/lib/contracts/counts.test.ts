// Random small tables under random rules: what SQL counts is what a loop over the rows counts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkOf, type Entry, openTinyTables, validate } from './tiny-table.ts';

openTinyTables();

const WORDS = [
  '',
  'NA',
  '0',
  '1',
  '-1',
  '1.0',
  '1.5',
  '2',
  '10',
  '1e1',
  ' 2 ',
  '0.3',
  '1_0',
  'NaN',
  '0x1',
  'x',
  'X',
  'xy',
  '😀',
  '"',
  "'",
  'a,b',
  'true',
  'False',
  '2024-02-29',
  '2023-02-29',
  '2024-03-01',
];
type Row = readonly [string, string];

const isMissing = (text: string) => text === '' || text === 'NA';
const numberOf = (text: string) =>
  /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
const dayOf = (text: string) =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00Z`).toISOString().startsWith(text)
    ? text
    : undefined;
const there = (test: (text: string) => boolean) => (rows: readonly Row[]) =>
  rows.filter(([text]) => !isMissing(text) && test(text)).length;
const repeats = (keys: readonly (string | undefined)[]) => {
  const present = keys.filter(key => key !== undefined);
  return present.length - new Set(present).size;
};

/** A rule of the first column, the id of its check, and how many rows break it. */
interface Rule {
  readonly column: Entry;
  readonly id: string;
  readonly broken: (rows: readonly Row[]) => number;
}

const option = (logicalType: string, name: string, value: unknown, broken: Rule['broken']): Rule => ({
  column: { logicalType, logicalTypeOptions: { [name]: value } },
  id: `a.${name}`,
  broken,
});
const quality = (metric: string, given: Entry, broken: Rule['broken']): Rule => ({
  column: { quality: [{ metric, arguments: given, mustBe: 0 }] },
  id: `a.${metric}`,
  broken,
});
const bound = fc.constantFrom(-1, 0, 0.3, 1, 1.5, 2, 10);
const words = fc.subarray(WORDS.filter(word => !isMissing(word)));

const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.constant<Rule>({
    column: { required: true },
    id: 'a.required',
    broken: rows => rows.filter(([text]) => isMissing(text)).length,
  }),
  fc.constant<Rule>({
    column: { unique: true },
    id: 'a.unique',
    broken: rows => repeats(rows.map(([text]) => (isMissing(text) ? undefined : text))),
  }),
  fc.constant<Rule>({
    column: { primaryKey: true },
    id: 'primaryKey',
    broken: rows => repeats(rows.map(row => (row.some(isMissing) ? undefined : JSON.stringify(row)))),
  }),
  fc.constantFrom<Rule>(
    { column: { logicalType: 'number' }, id: 'a.type', broken: there(text => Number.isNaN(numberOf(text))) },
    {
      column: { logicalType: 'integer' },
      id: 'a.type',
      broken: there(text => !Number.isInteger(numberOf(text))),
    },
    {
      column: { logicalType: 'boolean' },
      id: 'a.type',
      broken: there(text => !/^(true|false)$/i.test(text)),
    },
    { column: { logicalType: 'date' }, id: 'a.type', broken: there(text => dayOf(text) === undefined) },
    option(
      'date',
      'exclusiveMaximum',
      '2024-03-01',
      there(text => (dayOf(text) ?? '') >= '2024-03-01'),
    ),
  ),
  bound.map(value =>
    option(
      'number',
      'minimum',
      value,
      there(text => numberOf(text) < value),
    ),
  ),
  bound.map(value =>
    option(
      'number',
      'maximum',
      value,
      there(text => numberOf(text) > value),
    ),
  ),
  bound.map(value =>
    option(
      'integer',
      'exclusiveMinimum',
      value,
      there(text => Number.isInteger(numberOf(text)) && numberOf(text) <= value),
    ),
  ),
  bound.map(value =>
    option(
      'number',
      'exclusiveMaximum',
      value,
      there(text => numberOf(text) >= value),
    ),
  ),
  fc.nat(4).map(value =>
    option(
      'string',
      'minLength',
      value,
      there(text => Array.from(text).length < value),
    ),
  ),
  fc.nat(4).map(value =>
    option(
      'string',
      'maxLength',
      value,
      there(text => Array.from(text).length > value),
    ),
  ),
  fc.constantFrom('^x', '[0-9]$', '\\s', "'", '^.$', '^[^a-z]*$').map(value =>
    option(
      'string',
      'pattern',
      value,
      there(text => !new RegExp(value, 'u').test(text)),
    ),
  ),
  words.map(validValues =>
    quality(
      'invalidValues',
      { validValues },
      there(text => !validValues.includes(text)),
    ),
  ),
  fc.subarray([0, 1, 1.5, 0.3]).map(validValues =>
    quality(
      'invalidValues',
      { validValues },
      there(text => !validValues.includes(numberOf(text))),
    ),
  ),
  words.map(missingValues =>
    quality(
      'missingValues',
      { missingValues },
      rows => rows.filter(([text]) => isMissing(text) || missingValues.includes(text)).length,
    ),
  ),
);

const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('SQL counts the rows that a loop counts', async () => {
  const word = fc.constantFrom(...WORDS);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(word, word), { maxLength: 12 }),
      rule,
      async (rows, { column, id, broken }) => {
        const csv = ['a,b', ...rows.map(row => row.map(quoted).join(',')), ''].join('\n');
        const columns = [
          { name: 'a', ...column },
          { name: 'b', primaryKey: column.primaryKey === true },
        ];
        const expected = broken(rows);
        const check = checkOf(await validate({ csv, columns }), id);
        expect(check).toMatchObject({
          value: expected,
          failingRows: expected,
          outcome: expected === 0 ? 'passed' : 'failed',
        });
        expect(check.samples.length).toBe(Math.min(expected, 5));
      },
    ),
    { numRuns: 400 },
  );
});
