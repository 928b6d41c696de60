import { describe, expect, test } from 'vitest';
import { parseContract } from '#lib/contracts/read.ts';
import { head, problemsOf, withColumn, withRule } from './contract-text.ts';

describe('what a later version of the standard brought', () => {
  test.each([
    ['enum: [{value: 1}]', '10:15'],
    ['semanticType: measure', '10:23'],
    ['synonyms: [{synonym: b}]', '10:19'],
    ['deprecated: true', '10:21'],
    ['map: {key: {}, value: {}}', '10:14'],
    ['logicalType: map', '10:22'],
    ['logicalType: vector', '10:22'],
  ])('is an error in a contract of 3.1 that says so: %s', (text, place) => {
    expect(problemsOf(withColumn(text))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${place} .*it came with v3\\.2\\.0 of the standard, this contract is v3\\.1\\.0\\. Write apiVersion: v3\\.2\\.0, or remove it\\.$`,
          'u',
        ),
      ),
    ]);
  });

  test('is an error at the top, in a server and as a type of server', () => {
    expect(problemsOf(`${head()}context: for all\n`)).toEqual([expect.stringContaining('6:10 context')]);
    expect(
      problemsOf(
        `${head()}servers: [{server: a, type: athena, stagingDir: 's3://x', schema: s, workgroup: w}]\n`,
      ),
    ).toEqual([expect.stringContaining('servers[0].workgroup is not valid: it came with v3.2.0')]);
    expect(
      problemsOf(`${head()}servers: [{server: a, type: iceberg, catalog: c, catalogUrl: 'http://x'}]\n`),
    ).toEqual([
      expect.stringContaining('iceberg came with v3.2.0 of the standard, this contract is v3.1.0.'),
    ]);
  });

  test('is read in a contract of 3.2', () => {
    const text =
      'enum: [{value: 1}, {value: x, label: X}]\nsemanticType: dimension\nsynonyms: [{synonym: b}]';
    expect(problemsOf(withColumn(text, 'v3.2.0'))).toEqual([]);
    expect(
      problemsOf(
        withColumn('logicalType: map\nmap: {key: {}, value: {logicalType: array, items: {}}}', 'v3.2.0'),
      ),
    ).toEqual([]);
    expect(
      problemsOf(`${head('v3.2.0').replace('status: active\n', '')}context: {instructions: i}\n`),
    ).toEqual([]);
  });

  test('is checked in a contract of 3.2', () => {
    expect(problemsOf(withColumn('logicalType: map', 'v3.2.0'))).toEqual([
      expect.stringContaining('a column of logicalType map needs "map". Add map, with key and value.'),
    ]);
    expect(problemsOf(withColumn('enum: []', 'v3.2.0'))).toHaveLength(1);
    expect(problemsOf(withColumn('enum: [{value: 1}, {value: 1}]', 'v3.2.0'))).toEqual([
      expect.stringMatching(/^10:28 .*the same entry is there already/u),
    ]);
    expect(problemsOf(withColumn('logicalType: vector\nlogicalTypeOptions: {}', 'v3.2.0'))).toEqual([
      expect.stringContaining('logicalTypeOptions.dimensions is missing'),
    ]);
  });

  test('is not suggested to a contract of 3.1', () => {
    expect(problemsOf(withColumn('enums: []'))).toEqual([expect.not.stringContaining('"enum"')]);
  });
});

describe('a contract of 3.0', () => {
  test('may be written as 3.1, as the examples of the standard are', () => {
    expect(problemsOf(withRule('metric: nullValues\nmustBe: 0', 'v3.0.2'))).toEqual([]);
    expect(
      problemsOf(withColumn('logicalType: integer\nlogicalTypeOptions: {exclusiveMaximum: 5}', 'v3.0.0')),
    ).toEqual([]);
  });

  test('has exclusive bounds as flags, which are read as later versions write them', () => {
    const read = (options: string): unknown =>
      parseContract(withColumn(`logicalType: integer\nlogicalTypeOptions: ${options}`, 'v3.0.2'), 'c').value
        .schema?.[0]?.properties?.[0]?.logicalTypeOptions;
    expect(read('{minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}')).toEqual({
      exclusiveMinimum: 0,
      maximum: 9,
    });
    expect(read('{exclusiveMinimum: true}')).toEqual({});
  });

  test('has open rules: what 3.0 does not know is kept where it fits, else passed over', () => {
    const { value } = parseContract(
      withRule('rule: nullCheck\nid: a b\nmetric: nullValues\nmustbe: 0', 'v3.0.2'),
      'c',
    );
    expect(value.schema?.[0]?.properties?.[0]?.quality).toEqual([
      { rule: 'nullCheck', metric: 'nullValues' },
    ]);
  });

  test('calls rule what is metric since 3.1, where that says so', () => {
    expect(problemsOf(withRule('rule: rowCount\nmustBe: 0', 'v3.0.2'))).toEqual([]);
    expect(problemsOf(withRule('rule: rowCount\nmustBe: 0'))).toEqual([
      expect.stringMatching(/^11:19 .*the word of version 3\.0 for metric\. Write metric in its place\.$/u),
    ]);
  });

  test('is refused where neither 3.0 nor 3.1 allows it', () => {
    expect(problemsOf(withColumn('nullable: true', 'v3.0.2'))).toHaveLength(1);
    expect(problemsOf(withRule('type: sql\nmustBe: 0', 'v3.0.2'))).toHaveLength(1);
  });
});

test('an unknown type beside options is one mistake', () => {
  expect(problemsOf(withColumn('logicalType: int\nlogicalTypeOptions: {minimum: 1}'))).toEqual([
    expect.stringMatching(/^10:22 .*logicalType must be "string" or .* or "boolean", found "int"/u),
  ]);
});
