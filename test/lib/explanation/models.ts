// Models and rows for the tests of this folder: those of other libraries with their own explanations, and random trees.

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Attributions } from '#lib/explanation/sums.ts';
import type { Derived, TreeNodes, TreeStructure } from '#lib/onnx/structure.ts';
import type { Table } from '#lib/tables/table.ts';

interface Expected {
  readonly base: number;
  readonly values: readonly (readonly number[])[];
}

interface LibraryCase {
  readonly name: string;
  readonly rows: 'x' | 'holed';
  readonly onnx: string;
  readonly answers: readonly number[];
  readonly pathDependent?: Expected;
  readonly interventional?: Expected;
}

type Cells = readonly (readonly (number | null)[])[];

const file = JSON.parse(
  readFileSync(new URL('../../fixtures/explanation/shap.json', import.meta.url), 'utf8'),
) as {
  readonly columns: readonly string[];
  readonly x: Cells;
  readonly holed: Cells;
  readonly background: readonly [number, number];
  readonly asked: readonly [number, number];
  readonly cases: readonly LibraryCase[];
};

export const features = file.columns;

/** Each library's model with its rows as tables. */
export const libraryModels = file.cases.map(one => ({
  ...one,
  bytes: Uint8Array.from(Buffer.from(one.onnx, 'base64')),
  training: numberTable(file[one.rows]),
  background: numberTable(file[one.rows].slice(...file.background)),
  asked: numberTable(file[one.rows].slice(...file.asked)),
}));

/** Columns a, b, c ... of rows of numbers; null is missing. */
export function numberTable(rows: Cells, names: readonly string[] = features): Table {
  return {
    rows: rows.length,
    columns: names.map((name, column) => ({
      name,
      kind: 'number',
      values: Float64Array.from(rows, row => row[column] ?? Number.NaN),
    })),
  };
}

/** The column as it is, in float32. */
export function plain(column: string): Derived {
  return { column, kind: 'number', read: value => Math.fround(Number(value)) };
}

/** Attributions as rows, columns in the given order; 0 for a column the model does not read. */
export function rowsOf({ columns, values }: Attributions, names: readonly string[]): readonly number[][] {
  const rows = values[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    names.map(name => values[columns.indexOf(name)]?.[row] ?? 0),
  );
}

/** A full tree of two or three tests per path over `columns` columns. */
function treeOf(columns: number): fc.Arbitrary<TreeNodes> {
  const inner = 7;
  return fc
    .record({
      feature: fc.array(fc.nat(columns - 1), { minLength: inner, maxLength: inner }),
      threshold: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: inner, maxLength: inner }),
      missing: fc.array(fc.nat(1), { minLength: inner, maxLength: inner }),
      leaves: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: inner + 1, maxLength: inner + 1 }),
    })
    .map(({ feature, threshold, missing, leaves }) => {
      const nodes = Array.from({ length: 2 * inner + 1 }, (_, node) => node);
      const isLeaf = (node: number): boolean => node >= inner;
      return {
        feature: Int32Array.from(nodes, node => (isLeaf(node) ? -1 : (feature[node] ?? 0))),
        threshold: Float32Array.from(nodes, node => threshold[node] ?? 0),
        mode: nodes.map(() => 'BRANCH_LEQ' as const),
        missingPasses: Uint8Array.from(nodes, node => missing[node] ?? 0),
        passed: Int32Array.from(nodes, node => (isLeaf(node) ? 0 : 2 * node + 1)),
        failed: Int32Array.from(nodes, node => (isLeaf(node) ? 0 : 2 * node + 2)),
        value: Float64Array.from(nodes, node => (isLeaf(node) ? (leaves[node - inner] ?? 0) : 0)),
      };
    });
}

/** A few random trees over columns a, b, c, d, with small whole numbers so that ties happen. */
export const randomTrees: fc.Arbitrary<TreeStructure> = fc
  .record({
    trees: fc.array(treeOf(features.length), { minLength: 1, maxLength: 3 }),
    base: fc.integer({ min: -5, max: 5 }),
  })
  .map(({ trees, base }) => ({
    kind: 'trees',
    features: features.map(plain),
    trees,
    base,
    link: 'identity',
  }));

/** Rows of columns a, b, c, d; a cell in ten is missing. */
export function randomRows(maxLength: number): fc.Arbitrary<readonly (readonly (number | null)[])[]> {
  const cell = fc.option(fc.integer({ min: -4, max: 4 }), { freq: 10 });
  return fc.array(fc.array(cell, { minLength: features.length, maxLength: features.length }), {
    minLength: 1,
    maxLength,
  });
}
