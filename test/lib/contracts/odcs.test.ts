import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { contractJsonSchema } from '#lib/contracts/odcs-editor.ts';
import { findTable, readContract } from '#lib/contracts/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

const examples = join(import.meta.dirname, '../../fixtures/odcs');
const files = globSync('**/*.odcs.yaml', { cwd: examples }).sort();

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'odcs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('all official examples are here', () => {
  expect(files.length).toBe(18);
});

test.each(files)('the official example %s is read, and nothing of it is changed', async file => {
  const { value } = await readContract(join(examples, file));
  expect(value).toEqual(parse(await readFile(join(examples, file), 'utf8'), { merge: true }));
});

const HEAD = `apiVersion: v3.1.0
kind: DataContract
id: tiny
version: 1.0.0
status: active
`;

/** The problems of a contract, as place, message and remedy. */
async function refusals(text: string): Promise<readonly string[]> {
  const file = join(folder, 'contract.odcs.yaml');
  writeFileSync(file, text);
  const error = await readContract(file).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigurationErrors)) throw new Error('the contract was not refused');
  return error.problems.map(({ at, message, remedy }) => {
    expect(at?.file).toBe(file);
    return `${at?.line}:${at?.column} ${message}. ${remedy}`;
  });
}

/** The same for what stands at one column `a`, from line 9 and column 9 on. */
function refusalsOfColumn(text: string): Promise<readonly string[]> {
  return refusals(
    `${HEAD}schema:\n  - name: tiny\n    properties:\n      - name: a\n${text.replace(/^/gm, '        ')}\n`,
  );
}

/** The same for one quality rule of that column. */
function refusalsOfRule(text: string): Promise<readonly string[]> {
  return refusalsOfColumn(`quality:\n${text.replace(/^/gm, '    ').replace('    ', '  - ')}`);
}

describe('a wrong contract is refused where it is wrong:', () => {
  test('an unknown key', async () => {
    expect(await refusals(`${HEAD}tennant: me\n`)).toEqual([
      '6:1 Unknown key "tennant". Did you mean "tenant"?',
    ]);
    expect(await refusalsOfColumn('nullable: true')).toEqual([
      expect.stringMatching(
        /^10:9 Unknown key "nullable" in schema\[0\]\.properties\[0\]\. Valid keys here: .*required/,
      ),
    ]);
    expect(await refusalsOfColumn('requird: true')).toEqual([
      '10:9 Unknown key "requird" in schema[0].properties[0]. Did you mean "required"?',
    ]);
    expect(await refusalsOfRule('metric: rowCount\nmustbe: 1')).toEqual([
      '12:13 Unknown key "mustbe" in schema[0].properties[0].quality[0]. Did you mean "mustBe"?',
    ]);
  });

  test('a key that only another kind of server has', async () => {
    const server = '{server: s, type: local, path: a.csv, format: csv, delimiter: ";"}';
    expect(await refusals(`${HEAD}servers:\n  - ${server}\n`)).toEqual([
      '7:56 Unknown key "delimiter" in servers[0]. Valid keys here: customProperties, description, environment, format, id, path, roles, server, type.',
    ]);
  });

  test('an unknown key deep inside a nested column', async () => {
    const text =
      'logicalType: object\nproperties:\n  - name: b\n    logicalType: array\n    items:\n      pattern: x';
    expect(await refusalsOfColumn(text)).toEqual([expect.stringContaining('15:15 Unknown key "pattern"')]);
  });

  test('a missing key', async () => {
    expect(await refusals(HEAD.replace('id: tiny\n', ''))).toEqual(['1:1 id is missing. Add id (text).']);
    expect(await refusals(`${HEAD}schema:\n  - physicalName: x\n`)).toEqual([
      '7:5 schema[0].name is missing. Add schema[0].name (text).',
    ]);
  });

  test('another version of the standard', async () => {
    expect(await refusals(HEAD.replace('v3.1.0', 'v4.0.0'))).toEqual([
      '1:13 apiVersion must be "v3.2.0" or "v3.1.0" or "v3.0.2" or "v3.0.1" or "v3.0.0", found "v4.0.0". Did you mean "v3.0.0"?',
    ]);
    expect(await refusals(HEAD.replace('v3.1.0', '3.1'))).toEqual([
      expect.stringContaining('1:13 apiVersion must be "v3.2.0"'),
    ]);
    expect(await refusals(HEAD.replace('version: 1.0.0', 'version: 1.0'))).toEqual([
      '4:10 version must be text, found 1. Put it in quotes.',
    ]);
  });

  test('no operator, and more than one', async () => {
    expect(await refusalsOfRule('metric: nullValues')).toEqual([
      expect.stringMatching(
        /^11:13 .* it has no operator\. Add exactly one of mustBe, .*mustNotBeBetween\.$/,
      ),
    ]);
    expect(await refusalsOfRule('metric: nullValues\nmustBe: 0\nmustBeLessThan: 1')).toEqual([
      expect.stringMatching(/^13:29 .*mustBeLessThan .*it has mustBe already\. Keep one of the two\.$/),
    ]);
  });

  test('a range that is none', async () => {
    const message = (range: string) => refusalsOfRule(`metric: rowCount\nmustBeBetween: ${range}`);
    expect(await message('[20, 10]')).toEqual([
      expect.stringMatching(/^12:28 .*its first number is not the smaller one\. Write \[10, 20\]\.$/),
    ]);
    expect(await message('[10, 10]')).toEqual([expect.stringContaining('Write two different numbers.')]);
    expect(await message('[10]')).toEqual([expect.stringMatching(/^12:/)]);
    expect(await message('[1, x]')).toEqual([expect.stringContaining('12:32 ')]);
  });

  test('an operator that is no number', async () => {
    expect(await refusalsOfRule('metric: rowCount\nmustBeLessThan: many')).toEqual([
      '12:29 schema[0].properties[0].quality[0].mustBeLessThan must be a number, found "many". Correct the value.',
    ]);
  });

  test('an unknown metric', async () => {
    expect(await refusalsOfRule('metric: nullValue\nmustBe: 0')).toEqual([
      expect.stringMatching(/^11:21 .*metric must be .*found "nullValue"\. Did you mean "nullValues"\?$/),
    ]);
  });

  test('what belongs to another kind of rule', async () => {
    expect(await refusalsOfRule('type: sql\nmustBe: 0')).toEqual([
      '11:13 schema[0].properties[0].quality[0] is not valid: a sql rule needs "query". Add query.',
    ]);
    expect(await refusalsOfRule('type: custom\nengine: soda\nimplementation: x\nmustBe: 0')).toEqual([
      expect.stringContaining('a custom rule has no "mustBe"'),
    ]);
    expect(await refusalsOfRule('metric: rowCount\nmustBe: 0\nquery: SELECT 1')).toEqual([
      expect.stringContaining('a library rule has no "query"'),
    ]);
    expect(await refusalsOfRule('type: library\nmustBe: 0')).toEqual([
      expect.stringContaining('a library rule needs "metric"'),
    ]);
  });

  test('an option of another type', async () => {
    expect(await refusalsOfColumn('logicalType: integer\nlogicalTypeOptions: {maxLength: 3}')).toEqual([
      expect.stringMatching(/^11:41 .*integer has no option maxLength\. Its options: minimum, maximum, /),
    ]);
    expect(await refusalsOfColumn('logicalType: date\nlogicalTypeOptions: {minimum: 3}')).toEqual([
      expect.stringContaining('11:39 schema[0].properties[0].logicalTypeOptions.minimum'),
    ]);
    expect(await refusalsOfColumn('logicalTypeOptions: {minimum: 3}')).toEqual([
      expect.stringContaining('options need a logicalType beside them'),
    ]);
    expect(await refusalsOfColumn('logicalType: number\nlogicalTypeOptions: {multipleOf: 0}')).toEqual([
      expect.stringMatching(/^11:42 /),
    ]);
    expect(await refusalsOfColumn('logicalType: string\nlogicalTypeOptions: {minLength: 1.5}')).toEqual([
      expect.stringMatching(/^11:41 /),
    ]);
  });

  test('a pattern that is none', async () => {
    expect(await refusalsOfColumn("logicalType: string\nlogicalTypeOptions: {pattern: '[a-'}")).toEqual([
      expect.stringMatching(/^11:39 .*this is not a regular expression\. Write it as ECMA-262 has it\.$/),
    ]);
  });

  test('every problem at once, in the order of the file', async () => {
    const text = HEAD.replace('kind: DataContract', 'kind: Contract').replace('active', '[]');
    const problems = await refusals(`${text}domian: x\n`);
    expect(problems.map(problem => problem.split(' ')[0])).toEqual(['2:7', '5:9', '6:1']);
  });

  test('a server of a kind that does not exist, or without what it needs', async () => {
    expect(await refusals(`${HEAD}servers:\n  - {server: a, type: locale, path: x, format: csv}\n`)).toEqual([
      expect.stringContaining('7:'),
    ]);
    expect(await refusals(`${HEAD}servers:\n  - {server: a, type: local, path: x}\n`)).toEqual([
      '7:5 servers[0].format is missing. Add servers[0].format (text).',
    ]);
  });

  test('what is no YAML', async () => {
    expect(await refusals(`${HEAD}tags: [a\n`)).toEqual([expect.stringContaining('This is not valid YAML')]);
    expect(await refusals('- a\n')).toEqual([expect.stringContaining('1:1 ')]);
  });
});

describe('the table of a file', () => {
  async function tableOf(tables: string, path: string): Promise<string> {
    const file = join(folder, 'tables.odcs.yaml');
    writeFileSync(file, `${HEAD}${tables}`);
    return findTable(await readContract(file), path).table.name;
  }
  const two =
    'schema:\n  - {name: orders, physicalName: b.csv}\n  - {name: b, physicalName: orders.csv}\n  - {name: c}\n';

  test('is the one that names it physically, else by name, else the only one', async () => {
    expect(await tableOf(two, 'data/b.csv')).toBe('orders');
    expect(await tableOf(two, 'data/c.csv')).toBe('c');
    expect(await tableOf('schema:\n  - {name: orders}\n', 'data/x.csv')).toBe('orders');
  });

  test('must be clear', async () => {
    await expect(tableOf(two, 'data/d.csv')).rejects.toThrow(ConfigurationError);
    await expect(tableOf('schema: []\n', 'data/d.csv')).rejects.toThrow('which of its tables d.csv is');
    await expect(tableOf('', 'data/d.csv')).rejects.toMatchObject({
      remedy: 'Give one table physicalName: d.csv.',
    });
  });
});

test('the JSON Schema for editors can be made', () => {
  expect(contractJsonSchema()).toHaveProperty('definitions');
});
