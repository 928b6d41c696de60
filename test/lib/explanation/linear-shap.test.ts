import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linearShap } from '#lib/explanation/linear-shap.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import type { AdditiveStructure } from '#lib/onnx/structure.ts';
import { features, libraryModels, numberTable, rowsOf } from './models.ts';

interface LinearCase {
  readonly id: string;
  readonly test: string;
  readonly inputs: {
    readonly weights: readonly number[];
    readonly intercept: number;
    readonly background: readonly (readonly number[])[];
    readonly x: readonly number[];
  };
  readonly expected: { readonly base: number; readonly phi: readonly number[] };
}

const cases = (
  JSON.parse(
    readFileSync(new URL('../../fixtures/explanation/brute-force.json', import.meta.url), 'utf8'),
  ) as readonly LinearCase[]
).filter(({ test }) => test === 'linear');

function additiveOf(bytes: Uint8Array): AdditiveStructure {
  const structure = readStructure(bytes, { features });
  if (structure?.kind !== 'additive') throw new Error('No weighted sum was read');
  return structure;
}

describe('a weighted sum', () => {
  it.each(cases)('$id: equals brute force over all coalitions', ({ inputs, expected }) => {
    const names = ['a', 'b', 'c'];
    const terms = inputs.weights.map((weight, place) => ({
      column: names[place] ?? '',
      kind: 'number' as const,
      read: (value: number | string) => weight * Number(value),
    }));
    const structure: AdditiveStructure = {
      kind: 'additive',
      terms,
      base: inputs.intercept,
      link: 'identity',
    };
    const found = linearShap(
      structure,
      numberTable([inputs.x], names),
      numberTable(inputs.background, names),
    );
    expect(found.base).toBeCloseTo(expected.base, 9);
    rowsOf(found, names)[0]?.forEach((value, place) => {
      expect(value).toBeCloseTo(expected.phi[place] ?? Number.NaN, 9);
    });
  });

  it.each(libraryModels.filter(({ name }) => name.startsWith('Standard')))(
    '$name: equals the shap package, through the scaling of the pipeline',
    one => {
      const found = linearShap(additiveOf(one.bytes), one.asked, one.background);
      expect(found.base).toBeCloseTo(one.interventional?.base ?? Number.NaN, 5);
      rowsOf(found, features).forEach((row, i) => {
        row.forEach((value, j) => {
          expect(value).toBeCloseTo(one.interventional?.values[i]?.[j] ?? Number.NaN, 5);
        });
      });
    },
  );

  it('adds up the terms of one column', () => {
    const term = (weight: number, column: string) => ({
      column,
      kind: 'number' as const,
      read: (value: number | string) => weight * Number(value),
    });
    const structure: AdditiveStructure = {
      kind: 'additive',
      terms: [term(1, 'a'), term(10, 'b'), term(100, 'a')],
      base: 0,
      link: 'identity',
    };
    const found = linearShap(
      structure,
      numberTable([[3, 5]], ['a', 'b']),
      numberTable(
        [
          [1, 1],
          [3, 1],
        ],
        ['a', 'b'],
      ),
    );
    expect(found).toEqual({
      base: 212,
      columns: ['a', 'b'],
      values: [Float64Array.of(101), Float64Array.of(40)],
    });
  });
});
