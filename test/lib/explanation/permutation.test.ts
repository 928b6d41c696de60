import { describe, expect, it } from 'vitest';
import {
  absoluteError,
  importancesSchema,
  logLoss,
  permutationImportance,
  type RowLoss,
} from '#lib/explanation/permutation.ts';
import { createRandom } from '#lib/stats/random.ts';
import type { Table } from '#lib/tables/table.ts';
import { expected, rows, score, target } from './global-rows.ts';
import { numberTable } from './models.ts';

const squaredError: RowLoss = {
  name: 'squared_error',
  of: (truth, prediction) => (truth - prediction) * (truth - prediction),
};

/** Answers with column x, whatever else the table has. */
async function scoreX(table: Table): Promise<Float64Array> {
  return Float64Array.from(table.columns[0]?.values ?? [], Number);
}

describe('permutation importance', () => {
  it('equals the mean over all pairs of rows as the repeats grow', async () => {
    const found = await permutationImportance(
      { score, rows, target, loss: absoluteError },
      { repeats: 1000 },
    );
    expect(importancesSchema.parse(found)).toEqual(found);
    expected.columns.forEach((name, at) => {
      const importance = found.columns.find(({ column }) => column === name)?.importance ?? Number.NaN;
      expect(Math.abs(importance - (expected.switched[at] ?? 0))).toBeLessThan(0.045);
    });
    expect(found.columns.map(({ column }) => column)).toEqual(['c', 'b', 'a', 'd']);
    expect(found.columns.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it('holds the true value in about 95 of 100 samples of rows', async () => {
    // y = x + noise, answered with x: the squared error rises by 2 Var(x) = 1/6 for x uniform in [0, 1].
    const runs = 300;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const random = createRandom(100, run);
      const x = Array.from({ length: 60 }, () => random.next());
      const noisy = Float64Array.from(x, value => value + random.next() - 0.5);
      const table = numberTable(
        x.map(value => [value]),
        ['x'],
      );
      const { columns } = await permutationImportance({
        score: scoreX,
        rows: table,
        target: noisy,
        loss: squaredError,
      });
      const [low, high] = columns[0]?.ci95 ?? [Number.NaN, Number.NaN];
      if (low <= 1 / 6 && 1 / 6 <= high) covered += 1;
    }
    expect(covered / runs).toBeGreaterThan(0.925);
    expect(covered / runs).toBeLessThan(0.985);
  });

  it('is exactly 0 for a column the model does not read', async () => {
    const table = numberTable(
      [
        [1, 7],
        [2, 8],
        [4, 9],
      ],
      ['x', 'idle'],
    );
    const found = await permutationImportance({
      score: scoreX,
      rows: table,
      target: Float64Array.of(1, 2, 3),
      loss: absoluteError,
    });
    expect(found.columns[1]).toEqual({ column: 'idle', importance: 0, ci95: [0, 0], share: 0 });
  });

  it('by hand: two rows can only change places', async () => {
    const table = numberTable([[1], [5]], ['x']);
    const found = await permutationImportance({
      score: scoreX,
      rows: table,
      target: Float64Array.of(1, 4),
      loss: absoluteError,
    });
    // As they are |1-1|, |4-5|: mean 0.5. Exchanged |1-5|, |4-1|: mean 3.5.
    expect(found.meanLoss).toBe(0.5);
    expect(found.columns[0]?.importance).toBe(3);
  });

  it('gives no interval for a single row', async () => {
    const table = numberTable([[1]], ['x']);
    const input = { score: scoreX, rows: table, target: Float64Array.of(2), loss: absoluteError };
    expect((await permutationImportance(input)).columns[0]).toMatchObject({ importance: 0, ci95: null });
  });

  it('samples many rows down, the same ones each time', async () => {
    const input = { score, rows, target, loss: absoluteError };
    const one = await permutationImportance(input, { mostRows: 20 });
    expect(one.n).toBe(20);
    expect(await permutationImportance(input, { mostRows: 20 })).toEqual(one);
    expect(await permutationImportance(input, { mostRows: 20, seed: 2 })).not.toEqual(one);
  });
});

describe('log loss', () => {
  it('by hand', () => {
    expect(logLoss.of(1, 0.5)).toBeCloseTo(Math.LN2, 14);
    expect(logLoss.of(0, 0.75)).toBeCloseTo(2 * Math.LN2, 14);
  });

  it('stays finite where the model was sure and wrong', () => {
    expect(logLoss.of(1, 0)).toBeCloseTo(13.815510557964274, 9);
    expect(logLoss.of(0, 1)).toBeCloseTo(13.815510557964274, 9);
  });
});
