import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linearShap } from '#lib/explanation/linear-shap.ts';
import { answersOf } from '#lib/explanation/sums.ts';
import { interventionalShap } from '#lib/explanation/tree-shap.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { columnsOf } from '#lib/onnx/structure.ts';
import type { Column, Table } from '#lib/tables/table.ts';
import { rowsOf } from './models.ts';

type Cells = readonly (readonly (number | string | null)[])[];

const file = JSON.parse(
  readFileSync(new URL('../../fixtures/explanation/mixed.json', import.meta.url), 'utf8'),
) as {
  readonly columns: readonly string[];
  readonly asked: Cells;
  readonly background: Cells;
  readonly cases: readonly {
    readonly name: string;
    readonly onnx: string;
    readonly answers: readonly number[];
    readonly base: number;
    readonly values: readonly (readonly number[])[];
  }[];
};

/** A column that holds a text is one of texts. */
function tableOf(cells: Cells): Table {
  const columns = file.columns.map((name, at): Column => {
    const values = cells.map(row => row[at] ?? null);
    return values.some(value => typeof value === 'string')
      ? { name, kind: 'string', values: values.map(value => String(value ?? '')) }
      : { name, kind: 'number', values: Float64Array.from(values, value => Number(value ?? Number.NaN)) };
  });
  return { rows: cells.length, columns };
}

const [asked, background] = [tableOf(file.asked), tableOf(file.background)];

describe('behind an imputer, a scaler and one-hot encoding', () => {
  it.each(file.cases)('$name: a column is one player, as brute force over columns has it', async one => {
    const bytes = Uint8Array.from(Buffer.from(one.onnx, 'base64'));
    const structure = readStructure(bytes);
    if (!structure) throw new Error('The structure was not read');
    expect([...columnsOf(structure)].sort()).toEqual(['city', 'load', 'minutes']);

    const scorer = await openScorer(bytes);
    const scores = await scorer.score(asked);
    await scorer.close();
    answersOf(structure, asked).forEach((answer, row) => {
      expect(answer).toBeCloseTo(scores[row] ?? Number.NaN, 4);
      expect(answer).toBeCloseTo(one.answers[row] ?? Number.NaN, 4);
    });

    const found =
      structure.kind === 'trees'
        ? interventionalShap(structure, asked, background)
        : linearShap(structure, asked, background);
    expect(found.base).toBeCloseTo(one.base, 4);
    rowsOf(found, file.columns).forEach((row, at) => {
      row.forEach((value, column) => {
        expect(value).toBeCloseTo(one.values[at]?.[column] ?? Number.NaN, 4);
      });
    });
  });
});
