import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledShap } from '#lib/explanation/sampling.ts';
import { sumsOf } from '#lib/explanation/sums.ts';
import { interventionalShap } from '#lib/explanation/tree-shap.ts';
import type { TreeStructure } from '#lib/onnx/structure.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';
import { features, numberTable, randomRows, randomTrees, rowsOf } from './models.ts';

/** The model as one that only answers. */
function outside(structure: TreeStructure): (table: Table) => Promise<Float64Array> {
  return async table => sumsOf(structure, table);
}

describe('sampled attributions', () => {
  it('add up to the answer less the mean answer of the background, however few pairs are drawn', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomTrees,
        randomRows(3),
        fc.tuple(randomRows(7), fc.integer({ min: 7, max: 20 })),
        async (structure, cells, [others, pairs]) => {
          const [rows, background] = [numberTable(cells), numberTable(others)];
          const found = await sampledShap(outside(structure), { rows, background }, { pairs });
          const mean = sumsOf(structure, background).reduce((sum, value) => sum + value, 0) / background.rows;
          expect(found.base).toBeCloseTo(mean, 9);
          const sums = sumsOf(structure, rows);
          rowsOf(found, features).forEach((row, at) => {
            expect(row.reduce((sum, value) => sum + value, found.base)).toBeCloseTo(
              sums[at] ?? Number.NaN,
              9,
            );
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lie within their standard errors of the exact ones', async () => {
    const samples = fc.sample(fc.tuple(randomTrees, randomRows(4), randomRows(8)), { numRuns: 60, seed: 11 });
    let [near, all] = [0, 0];
    for (const [structure, cells, others] of samples) {
      const [rows, background] = [numberTable(cells), numberTable(others)];
      const found = await sampledShap(outside(structure), { rows, background }, { pairs: 400 });
      const exact = rowsOf(interventionalShap(structure, rows, background), features);
      rowsOf(found, features).forEach((row, at) => {
        row.forEach((value, column) => {
          const error = found.standardErrors[column]?.[at] ?? Number.NaN;
          const difference = Math.abs(value - (exact[at]?.[column] ?? Number.NaN));
          expect(difference).toBeLessThan(4.5 * error + 1e-9);
          if (error > 1e-9) all += 1;
          if (error > 1e-9 && difference < 1.96 * error) near += 1;
        });
      });
    }
    expect(all).toBeGreaterThan(200);
    expect(near / all).toBeGreaterThan(0.93);
  });

  it('are exactly 0, without error, for a column that changes nothing', async () => {
    const structure = fc.sample(randomTrees, { numRuns: 1, seed: 3 })[0];
    if (!structure) throw new Error('No trees were drawn');
    const score = async (table: Table) =>
      sumsOf(structure, {
        ...table,
        columns: table.columns.map(column =>
          column.name === 'd' && column.kind === 'number'
            ? { ...column, values: column.values.map(() => 0) }
            : column,
        ),
      });
    const [rows, background] = [
      numberTable([[1, 2, 3, 4]]),
      numberTable([
        [0, 0, 0, 0],
        [4, -4, 1, -1],
      ]),
    ];
    const found = await sampledShap(score, { rows, background });
    expect([found.values[3]?.[0], found.standardErrors[3]?.[0]]).toEqual([0, 0]);
  });

  it('by hand: a product of two is shared evenly', async () => {
    const score = async (table: Table) => {
      const [a, b] = table.columns;
      return Float64Array.from(
        { length: table.rows },
        (_, row) => Number(a?.values[row]) * Number(b?.values[row]),
      );
    };
    const names = ['a', 'b'];
    const found = await sampledShap(
      score,
      { rows: numberTable([[3, 4]], names), background: numberTable([[0, 0]], names) },
      { pairs: 1 },
    );
    expect(rowsOf(found, names)).toEqual([[6, 6]]);
    expect(found.base).toBe(0);
  });

  it('of one row do not depend on the other rows that are explained', async () => {
    const structure = fc.sample(randomTrees, { numRuns: 1, seed: 5 })[0];
    if (!structure) throw new Error('No trees were drawn');
    const rows = numberTable([
      [1, 2, 3, -4],
      [-1, 0, 2, 2],
    ]);
    const background = numberTable([
      [0, 0, 0, 0],
      [1, 1, -3, 1],
      [2, -4, 1, -1],
    ]);
    const both = await sampledShap(outside(structure), { rows, background });
    const second = await sampledShap(outside(structure), { rows: selectRows(rows, [1]), background });
    expect(rowsOf(second, features)[0]).toEqual(rowsOf(both, features)[1]);
  });

  it('mix texts and numbers, and a model of one column needs no steps between', async () => {
    const lengths = async (table: Table) =>
      Float64Array.from({ length: table.rows }, (_, row) =>
        table.columns.reduce((sum, { values }) => sum + String(values[row]).length, 0),
      );
    const table = (text: string, number: number): Table => ({
      rows: 1,
      columns: [
        { name: 'text', kind: 'string', values: [text] },
        { name: 'number', kind: 'number', values: Float64Array.of(number) },
      ],
    });
    const found = await sampledShap(lengths, { rows: table('abcdef', 1000), background: table('a', 1) });
    expect(rowsOf(found, ['text', 'number'])).toEqual([[5, 3]]);
    const alone = (text: string): Table => ({ rows: 1, columns: table(text, 0).columns.slice(0, 1) });
    const single = await sampledShap(lengths, { rows: alone('abc'), background: alone('a') });
    expect(rowsOf(single, ['text'])).toEqual([[2]]);
  });
});
