import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lintContract } from '#lib/contracts/lint/lint.ts';
import { parseContract, readContract } from '#lib/contracts/read.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { head, problemsOf, withColumn } from '../contract-text.ts';

const columns = (count: number, text: string): string =>
  `${head()}schema:\n  - name: t\n    properties:\n${Array.from({ length: count }, (_, i) => `      - {name: c${i}, ${text}}\n`).join('')}`;

describe('a contract that is meant to hurt', () => {
  test('with items in items 5,000 deep is refused at the place', () => {
    const deep = `${'{logicalType: array, items: '.repeat(5000)}{}${'}'.repeat(5000)}`;
    expect(problemsOf(withColumn(`logicalType: array\nitems: ${deep}`))).toEqual([
      expect.stringMatching(/^11:\d+ .*nested too deeply/u),
    ]);
    const less = `${'{logicalType: array, items: '.repeat(300)}{}${'}'.repeat(300)}`;
    expect(problemsOf(withColumn(`logicalType: array\nitems: ${less}`))).toEqual([
      expect.stringContaining('nested more than 250 levels deep'),
    ]);
  });

  test('with 200 levels is read', () => {
    const deep = `${'{logicalType: array, items: '.repeat(200)}{}${'}'.repeat(200)}`;
    expect(problemsOf(withColumn(`logicalType: array\nitems: ${deep}`))).toEqual([]);
  });

  test('whose alias stands within what it names is refused', () => {
    expect(problemsOf(`${head()}schema: &s\n  - {name: t, properties: *s}\n`)).toEqual([
      expect.stringContaining('an alias cannot stand within what it names'),
    ]);
  });

  test('with aliases that multiply is refused', () => {
    const lines = Array.from(
      { length: 8 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]\n`,
    );
    expect(() => parseContract(`a0: &a0 [x]\n${lines.join('')}${head()}`, 'c')).toThrow(
      'uses more than 100 aliases',
    );
  });

  test('with a NUL byte is refused where it is', () => {
    expect(problemsOf(`${head()}name: a\0b\n`)).toEqual(['6:8 There is a NUL byte here. Remove it.']);
  });

  test('that is not UTF-8 is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'odcs-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'contract.odcs.yaml');
    writeFileSync(file, Buffer.concat([Buffer.from(head()), Buffer.from([0xff, 0xfe])]));
    await expect(readContract(file)).rejects.toThrow('is not UTF-8 text');
  });

  test('with 10,000 columns is read and linted', () => {
    const document = parseDocumentText(columns(10_000, 'logicalType: integer, unique: true'), 'c');
    expect(lintContract(document)).toEqual([]);
  });

  test('with 10,000 mistakes has each told', () => {
    expect(problemsOf(columns(10_000, 'requird: true'))).toHaveLength(10_000);
  });

  test('with names that objects have anyway', () => {
    expect(problemsOf(withColumn('logicalType: toString'))).toHaveLength(1);
    expect(problemsOf(withColumn('logicalType: string\nlogicalTypeOptions: {constructor: 1}'))).toHaveLength(
      1,
    );
    expect(problemsOf(`${head()}servers: [{server: a, type: constructor}]\n`)).toHaveLength(1);
  });
});
