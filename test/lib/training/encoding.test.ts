import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import type { Table } from '#lib/tables/table.ts';
import { encodeTable, learnFeatures } from '#lib/training/encoding.ts';

function texts(...values: readonly string[]): Table {
  return { rows: values.length, columns: [{ name: 'city', kind: 'string', values }] };
}

describe('encoding of columns', () => {
  it('numbers categories by code point, whatever their order in the file', () => {
    expect(learnFeatures(texts('é', 'b', '', 'a', 'B', 'b'))[0]?.categories).toEqual(['B', 'a', 'b', 'é']);
  });

  it('unseen and empty texts are missing', () => {
    const features = learnFeatures(texts('b', 'a'));
    expect([...encodeTable(features, texts('a', 'c', '', 'b'))[0]!]).toEqual([0, Number.NaN, Number.NaN, 1]);
  });

  it('rounds numbers to float32, as the exported model will', () => {
    const table: Table = { rows: 1, columns: [{ name: 'x', kind: 'number', values: Float64Array.of(0.1) }] };
    expect(encodeTable(learnFeatures(table), table)[0]![0]).toBe(0.10000000149011612);
  });

  it('names the column that is missing, and the one of another kind', () => {
    const features = learnFeatures(texts('a'));
    const numbers: Table = {
      rows: 1,
      columns: [{ name: 'city', kind: 'number', values: Float64Array.of(1) }],
    };
    expect(() => encodeTable(features, { rows: 1, columns: [] })).toThrow(ConfigurationError);
    expect(() => encodeTable(features, { rows: 1, columns: [] })).toThrow(/"city" is missing/);
    expect(() => encodeTable(features, numbers)).toThrow(/"city" holds numbers, the model needs strings/);
  });
});
