import { describe, expect, it } from 'vitest';
import { compareImportances, importanceStabilitySchema } from '#lib/explanation/importance-stability.ts';
import { expected } from './global-rows.ts';

function vector(importances: readonly number[]) {
  return importances.map((importance, at) => ({ column: `c${at}`, importance }));
}

describe('importances of a model and its champion', () => {
  it.each(expected.stability)(
    '$model and $reference: rank correlation and change as SciPy and NumPy have them',
    one => {
      const found = compareImportances(vector(one.model), vector(one.reference));
      expect(importanceStabilitySchema.parse(found)).toEqual(found);
      expect(found.rankCorrelation).toBeCloseTo(one.rankCorrelation, 5);
      expect(found.meanChange).toBeCloseTo(one.meanChange, 5);
    },
  );

  it('do not depend on their unit', () => {
    const [one, other] = [vector([5, 3, 2]), vector([4, 4, 2])];
    const scaled = one.map(({ column, importance }) => ({ column, importance: importance * 1000 }));
    expect(compareImportances(scaled, other)).toEqual(compareImportances(one, other));
  });

  it('count a column only one of them reads as 0 for the other', () => {
    const found = compareImportances([{ column: 'new', importance: 2 }], [{ column: 'old', importance: 1 }]);
    expect(found).toMatchObject({ meanChange: 1, passed: false, rankCorrelation: -1 });
    expect(found.columns).toEqual([
      { column: 'new', share: 1, reference: 0, change: 1 },
      { column: 'old', share: 0, reference: 1, change: 1 },
    ]);
  });

  it('warn above 0.15, not at it', () => {
    // Shares 0.5, 0.5 against 0.65, 0.35.
    expect(compareImportances(vector([50, 50]), vector([65, 35]))).toMatchObject({
      meanChange: 0.15,
      passed: true,
    });
    expect(compareImportances(vector([50, 50]), vector([66, 34])).passed).toBe(false);
  });

  it('have no rank correlation where one of them puts all columns level', () => {
    expect(compareImportances(vector([1, 1]), vector([1, 2])).rankCorrelation).toBeNull();
  });

  it('take importances below 0 as none', () => {
    expect(compareImportances(vector([4, -1]), vector([4, 0])).meanChange).toBe(0);
  });
});
