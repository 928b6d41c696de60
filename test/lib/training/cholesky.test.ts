import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solvePositiveDefinite } from '#lib/training/cholesky.ts';

describe('solving by Cholesky', () => {
  it('solves a system worked out by hand', () => {
    // [4 2; 2 3] x = [10; 9] has x = [1.5; 2].
    const x = solvePositiveDefinite(Float64Array.of(4, 2, 2, 3), Float64Array.of(10, 9));
    expect(x[0]).toBeCloseTo(1.5, 14);
    expect(x[1]).toBeCloseTo(2, 14);
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toThrow(
      RangeError,
    );
  });

  it('B B + I times the solution gives the right side back', () => {
    const cell = fc.double({ min: -10, max: 10, noNaN: true });
    const square = fc.tuple(
      fc.array(cell, { minLength: 16, maxLength: 16 }),
      fc.array(cell, { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(square, ([cells, right]) => {
        const b = (i: number, j: number): number => cells[i * 4 + j]!;
        const a = Float64Array.from({ length: 16 }, (_, at) => {
          const [i, j] = [at >> 2, at & 3];
          return [0, 1, 2, 3].reduce((sum, k) => sum + b(i, k) * b(j, k), Number(i === j));
        });
        const x = solvePositiveDefinite(a.slice(), Float64Array.from(right));
        right.forEach((expected, i) => {
          const found = x.reduce((sum, value, j) => sum + a[i * 4 + j]! * value, 0);
          expect(Math.abs(found - expected)).toBeLessThan(1e-9);
        });
      }),
    );
  });
});
