import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintContract } from '#lib/contracts/lint/lint.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { head, withColumn, withRule } from '../contract-text.ts';

const lint = (text: string): readonly string[] =>
  lintContract(parseDocumentText(text, 'c')).map(
    ({ rule, line, column, message }) => `${line}:${column} ${rule}: ${message}`,
  );

test('the contracts of this repository have nothing to mend', async () => {
  const root = join(import.meta.dirname, '../../../..');
  for (const file of globSync('data/*/contract.odcs.yaml', { cwd: root }))
    expect(lint(await readFile(join(root, file), 'utf8'))).toEqual([]);
});

test('what the standard refuses is an error at its place', () => {
  expect(lintContract(parseDocumentText(withColumn('requird: true'), 'c'))).toEqual([
    {
      severity: 'error',
      rule: 'standard',
      message: 'Unknown key "requird" in schema[0].properties[0]',
      remedy: 'Did you mean "required"?',
      line: 10,
      column: 9,
    },
  ]);
});

describe('lint warns of', () => {
  test.each([
    ['a range that leaves out 0', 'metric: nullValues\nmustBeBetween: [0, 5]', '12:13 between-bound'],
    [
      'a range that leaves out 100 percent',
      'metric: nullValues\nunit: percent\nmustBeBetween: [5, 100]',
      '13:13 between-bound',
    ],
    ['a range without a whole number', 'metric: nullValues\nmustBeBetween: [1, 2]', '12:13 limit-never'],
    ['a limit that nothing keeps', 'metric: nullValues\nmustBeLessThan: 0', '12:13 limit-never'],
    ['a limit that everything keeps', 'metric: nullValues\nmustBeGreaterOrEqualTo: 0', '12:13 limit-always'],
    ['more than all rows', 'metric: nullValues\nunit: percent\nmustBe: 101', '13:13 limit-never'],
    ['a rule of a table at a column', 'metric: rowCount\nmustBe: 5', '11:13 metric-place'],
    [
      'an argument that is none',
      'metric: invalidValues\narguments: {validValues: [1], patern: ^a$}\nmustBe: 0',
      '12:43 argument-unknown',
    ],
    ['a rule that does not say what is valid', 'metric: invalidValues\nmustBe: 0', '11:13 argument-missing'],
    [
      'a look-ahead',
      'metric: invalidValues\narguments: {pattern: "^(?=a)b$"}\nmustBe: 0',
      '12:25 pattern-engine',
    ],
    [
      'a pattern without ends',
      'metric: invalidValues\narguments: {pattern: "a+"}\nmustBe: 0',
      '12:25 pattern-anywhere',
    ],
    [
      'a pattern that is none',
      'metric: invalidValues\narguments: {pattern: "[a-"}\nmustBe: 0',
      '12:25 pattern-invalid',
    ],
    [
      'a severity that nobody knows',
      'metric: nullValues\nmustBe: 0\nseverity: sever',
      '13:13 severity-unknown',
    ],
    ['a unit that nobody knows', 'metric: nullValues\nmustBe: 0\nunit: percents', '13:13 unit-unknown'],
    ['our engine in capitals', 'type: custom\nengine: Mainline\nimplementation: x', '12:13 engine-unknown'],
    [
      'a metric of the table at a column',
      'type: custom\nengine: mainline\nimplementation: {metric: correlationStability, mustBe: 1}',
      '13:30 metric-place',
    ],
  ])('%s', (_, rule, expected) => {
    expect(lint(withRule(rule))).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    [
      'bounds that leave no value',
      'logicalType: integer\nlogicalTypeOptions: {minimum: 5, maximum: 4}',
      '11:42 bounds-empty',
    ],
    [
      'bounds that meet where one is open',
      'logicalType: number\nlogicalTypeOptions: {exclusiveMinimum: 5, maximum: 5}',
      '11:51 bounds-empty',
    ],
    [
      'lengths that leave none',
      'logicalType: string\nlogicalTypeOptions: {minLength: 3, maxLength: 2}',
      '11:44 bounds-empty',
    ],
    ['options of a boolean', 'logicalType: boolean\nlogicalTypeOptions: {format: x}', '11:9 option-unused'],
    ['a place in no key', 'primaryKeyPosition: 1', '10:9 key-position'],
    ['a key that does not begin at 1', 'primaryKey: true\nprimaryKeyPosition: 2', '11:9 key-position'],
    ['a reference to nowhere', 'relationships: [{to: other.b}]', '10:26 reference-nowhere'],
    ['a column that refers to itself', 'relationships: [{to: t.a}]', '10:26 reference-loop'],
  ])('%s', (_, column, expected) => {
    expect(lint(withColumn(column))).toEqual([expect.stringContaining(expected)]);
  });

  const tables = (text: string): string => `${head()}schema:\n${text}`;

  test('references that come back to where they began, once for each step', () => {
    const link = (name: string, to: string) =>
      `  - {name: ${name}, properties: [{name: x, relationships: [{to: ${to}.x}]}]}\n`;
    const found = lint(tables(link('a', 'b') + link('b', 'c') + link('c', 'a') + link('d', 'a')));
    expect(found.map(one => one.split(':')[0])).toEqual(['7', '8', '9']);
    expect(found[0]).toContain('reference-loop');
  });

  test('keys of a table: unknown columns, uneven sides, gaps', () => {
    const text = `  - name: t
    properties:
      - {name: a, primaryKey: true, primaryKeyPosition: 1}
      - {name: b, primaryKey: true, primaryKeyPosition: 3}
      - {name: c, primaryKey: true}
    quality:
      - {metric: duplicateValues, mustBe: 0, arguments: {properties: [a, bb]}}
      - {metric: duplicateValues, mustBe: 0}
    relationships:
      - {from: [t.a, t.b], to: [t.c]}
`;
    expect(lint(tables(text))).toEqual([
      expect.stringContaining('10:37 key-position: position 3, where 2 is next'),
      expect.stringContaining('11:19 key-position'),
      expect.stringContaining('13:74 column-unknown: the table has no column bb'),
      expect.stringContaining('14:9 argument-missing'),
      expect.stringContaining('16:28 reference-uneven: 2 columns refer to 1'),
    ]);
  });

  test('names that stand twice', () => {
    const text = `  - name: t
    physicalName: x.csv
    properties:
      - {name: a}
      - {name: a}
      - {name: b, physicalName: A}
  - {name: u, physicalName: X.csv}
`;
    expect(lint(tables(text)).map(one => one.split(':').slice(0, 3).join(':'))).toEqual([
      '11:10 name-twice: a is there already',
      '12:19 physical-name-twice: A is a in most engines',
      '13:15 physical-name-twice: X.csv is x.csv in most engines',
    ]);
  });

  test('service levels that name no column, no time, or nothing known', () => {
    const text = `${tables('  - {name: t, properties: [{name: at, logicalType: timestamp}]}\n')}slaProperties:
  - {property: latency, value: 4, unit: d, element: t.at}
  - {property: latency, value: 4, unit: d, element: at}
  - {property: latancy, value: 4, unit: d, element: t.at}
  - {property: latency, value: four, unit: parsec, element: t.att}
  - {property: retention, value: 4, unit: y}
  - {property: frequency, value: 1, unit: d, element: "t.at, t.x", driver: fun}
  - {property: latency, value: PT4H, element: t.at}
  - {property: latency, value: 4, element: t.at}
`;
    expect(lint(text).map(one => one.split(': ')[0])).toEqual([
      '11:6 sla-property',
      '12:25 sla-value',
      '12:38 sla-unit',
      '12:52 sla-element',
      '13:6 sla-element',
      '14:46 sla-element',
      '14:68 sla-driver',
      '16:25 sla-unit',
    ]);
  });

  test('words of the contract itself', () => {
    expect(lint(head().replace('active', 'activ').replace('1.0.0', "'1'"))).toEqual([
      expect.stringContaining('4:1 version-form'),
      expect.stringContaining('5:1 status-unknown'),
    ]);
  });

  test('what 3.0 leaves open and nothing reads', () => {
    expect(lint(withRule('rule: duplicateValues\nmustBe: 0\nseverty: error', 'v3.0.2'))).toContainEqual(
      expect.stringMatching(/^13:13 open-in-3\.0: Unknown key "severty".*version 3\.0 lets it pass/u),
    );
  });
});

test('stable ids and other contracts are found, or left alone', () => {
  const text = `${head()}schema:
  - {id: o, name: orders, properties: [{id: oc, name: c, relationships: [{to: /schema/k/properties/kid}, {to: 'https://x.org/a.yaml#/schema/a/properties/b'}]}]}
  - {id: k, name: customers, properties: [{id: kid, name: id}]}
`;
  expect(lint(text)).toEqual([]);
});
