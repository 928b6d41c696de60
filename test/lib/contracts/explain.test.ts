import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nameOf } from '#lib/contracts/column.ts';
import { explainContract } from '#lib/contracts/explain/explain.ts';
import { sayLimit } from '#lib/contracts/explain/say-limit.ts';
import { planChecks } from '#lib/contracts/plan.ts';
import { findTable, parseContract, readContract } from '#lib/contracts/read.ts';
import { head, withColumn, withRule } from './contract-text.ts';

const rulesOf = (text: string) => explainContract(parseContract(text, 'c').value);
const said = (text: string): readonly string[] => rulesOf(text).map(({ id, says }) => `${id}: ${says}`);

describe('a column is explained by', () => {
  test('its type, presence, uniqueness, options and references', () => {
    const text = `logicalType: integer
required: true
unique: true
logicalTypeOptions: {minimum: 0, multipleOf: 5}
relationships: [{to: other.b}]`;
    expect(said(withColumn(text))).toEqual([
      'a.type: a is a whole number',
      'a.required: a is never missing',
      'a.unique: no a stands twice',
      'a.minimum: a is at least 0',
      'a.multipleOf: a is a multiple of 5',
      'a.relationship: each a is one of other.b',
    ]);
  });

  test('the type text, which only files with types can break', () => {
    expect(said(withColumn('logicalType: string'))).toEqual(['a.type: a is text']);
    expect(rulesOf(withColumn('logicalType: string'))[0]?.counts).toContain('where files have types');
  });

  test('the values it may have', () => {
    expect(said(withColumn('enum: [{value: 1}, {value: x}]', 'v3.2.0'))).toEqual([
      'a.enum: a is one of 1, "x"',
    ]);
  });
});

describe('a quality rule is explained', () => {
  test.each([
    ['metric: nullValues\nmustBe: 0', 'counts rows without a', 'passes when there are none'],
    [
      'metric: nullValues\nunit: percent\nmustBeLessThan: 5',
      'counts rows without a',
      'passes below 5 percent of the rows',
    ],
    [
      'metric: missingValues\narguments: {missingValues: [n/a, ""]}\nmustBe: 0',
      'counts rows whose a is missing: empty or n/a, ""',
      'passes when there are none',
    ],
    [
      'metric: invalidValues\narguments: {validValues: [1, b], pattern: ^x}\nmustBe: 0',
      'counts rows whose a is none of 1, b, or not like ^x',
      'passes when there are none',
    ],
    [
      'metric: duplicateValues\nmustBeBetween: [0, 3]',
      'counts rows that repeat a',
      'passes above 0 and below 3 rows; the ends do not',
    ],
    [
      'type: sql\nquery: SELECT 1\nmustBeGreaterOrEqualTo: 2',
      'measures what one SQL query gives',
      'passes from 2 up',
    ],
    ['type: text\ndescription: looked at', 'measures nothing', 'a person looks at it in review'],
    [
      'type: custom\nengine: soda\nimplementation: x',
      'measures what soda makes of it',
      'soda says whether it passes',
    ],
    [
      'type: custom\nengine: mainline\nimplementation: {metric: psi, mustBeLessThan: 0.2, filter: b > 1}',
      'measures the population stability index of a against main, over 10 bins or the categories, of rows where b > 1',
      'passes below 0.2',
    ],
    [
      'type: custom\nengine: mainline\nimplementation: {metric: mean, reference: v1, change: relative, mustBeBetween: [-0.1, 0.1]}',
      'measures the relative change of mean of a since v1',
      'passes above -0.1 and below 0.1; the ends do not',
    ],
  ])('%s', (rule, counts, passes) => {
    expect(rulesOf(withRule(rule))).toEqual([expect.objectContaining({ counts, passes })]);
  });

  test('in its own words where it has some, with its own name and severity', () => {
    const text = 'id: filled\nmetric: nullValues\nmustBe: 0\nseverity: warning\ndescription: always filled';
    expect(rulesOf(withRule(text))).toEqual([
      expect.objectContaining({
        id: 'a.filled',
        says: 'always filled',
        severity: 'warning',
        rule: 'nullValues',
      }),
    ]);
  });
});

test('every limit has its words', () => {
  expect(sayLimit({ operator: 'mustNotBe', operand: 3, unit: 'rows' })).toBe('passes at anything but 3 rows');
  expect(sayLimit({ operator: 'mustNotBeBetween', operand: [1, 5], unit: 'rows' })).toBe(
    'passes up to 1 and from 5 rows up',
  );
  expect(sayLimit({ operator: 'mustBe', operand: 3, unit: '' })).toBe('passes at exactly 3');
});

test('tables, nested columns and service levels come in the order of the file, several of a kind numbered', () => {
  const text = `${head()}schema:
  - name: t
    properties:
      - {name: k, primaryKey: true, primaryKeyPosition: 2}
      - {name: j, primaryKey: true, primaryKeyPosition: 1}
      - {name: o, logicalType: object, properties: [{name: p, unique: true}]}
    quality:
      - {metric: rowCount, mustBeGreaterThan: 1}
      - {metric: rowCount, mustBeLessThan: 9}
slaProperties:
  - {property: latency, value: 4, unit: d, element: t.k}
`;
  expect(said(text)).toEqual([
    'k.required: k is never missing',
    'j.required: j is never missing',
    'o.type: o is a map of named values',
    'o.p.unique: no o.p stands twice',
    'primaryKey: j and k together name one row only',
    'rowCount: the rows of t must be above 1 rows',
    'rowCount-2: the rows of t must be below 9 rows',
    'sla.latency: latency is 4 d, on t.k',
  ]);
});

test('rules are called as the results of checks call them, however deep they are', async () => {
  const contract = await readContract(join(import.meta.dirname, '../../fixtures/contracts/visits.odcs.yaml'));
  const names = (contract.value.schema?.[0]?.properties ?? []).map(nameOf);
  const header = { names, partial: [], isText: false };
  const { checks } = planChecks(contract, findTable(contract, 'visits.jsonl'), header);
  const planned = new Set(checks.map(({ id }) => id));
  const explained = explainContract(contract.value).map(({ id }) => id);
  expect(explained).toContain('tags.items.pattern');
  // The zone of values without one is how they are read, and no rule.
  expect(explained.filter(id => !planned.has(id))).toEqual(['at.defaultTimezone']);
});
