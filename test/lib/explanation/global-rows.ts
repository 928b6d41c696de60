// The model of fixtures/explanation/global.json as a score, and its rows.
import { readFileSync } from 'node:fs';
import { answersOf } from '#lib/explanation/sums.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import type { Table } from '#lib/tables/table.ts';
import { numberTable } from './models.ts';

interface Curve {
  readonly values: readonly number[];
  readonly share: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export const expected = JSON.parse(
  readFileSync(new URL('../../fixtures/explanation/global.json', import.meta.url), 'utf8'),
) as {
  readonly columns: readonly string[];
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly onnx: string;
  readonly dependence: readonly Curve[];
  readonly switched: readonly number[];
  readonly stability: readonly {
    readonly model: readonly number[];
    readonly reference: readonly number[];
    readonly rankCorrelation: number;
    readonly meanChange: number;
  }[];
  readonly skewed: readonly number[];
  readonly percentiles: readonly number[];
};

export const rows = numberTable(expected.x, expected.columns);
export const target = Float64Array.from(expected.y);

const structure = readStructure(Uint8Array.from(Buffer.from(expected.onnx, 'base64')), {
  features: expected.columns,
});

/** The model's answers. */
export async function score(table: Table): Promise<Float64Array> {
  if (!structure) throw new Error('The structure was not read');
  return answersOf(structure, table);
}
