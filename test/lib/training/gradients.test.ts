import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logisticLossGradients, squaredLossGradients } from '#lib/training/gradients.ts';

describe('fixed-point gradients', () => {
  it('squared loss: prediction minus target, with the finest unit that fits 25 bits', () => {
    const { first, firstUnit, second } = squaredLossGradients(Float64Array.of(5, 1), Float64Array.of(3, 3));
    expect([firstUnit, ...first, ...second]).toEqual([2 ** -23, -(2 ** 24), 2 ** 24, 1, 1]);
  });

  it('logistic loss: p - y and p (1 - p)', () => {
    const { first, firstUnit, second, secondUnit } = logisticLossGradients(
      Float64Array.of(1, 0),
      Float64Array.of(0.75, 0.25),
    );
    expect([...first].map(value => value * firstUnit)).toEqual([-0.25, 0.25]);
    expect([...second].map(value => value * secondUnit)).toEqual([0.1875, 0.1875]);
  });

  it('a row that is predicted with certainty still has a second derivative', () => {
    expect([...logisticLossGradients(Float64Array.of(1), Float64Array.of(1)).second]).toEqual([1]);
  });

  it('no gradient at all stays 0', () => {
    expect([...squaredLossGradients(Float64Array.of(2), Float64Array.of(2)).first]).toEqual([0]);
  });

  it('residuals of any size keep 23 bits of the largest, down to 1e-300', () => {
    const residuals = fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(residuals, targets => {
        const { first, firstUnit } = squaredLossGradients(
          Float64Array.from(targets),
          new Float64Array(targets.length),
        );
        const largest = Math.max(...targets.map(Math.abs));
        targets.forEach((target, row) => {
          expect(Math.abs(first[row]! * firstUnit + target)).toBeLessThanOrEqual(
            Math.max(largest * 2 ** -23, 1e-300),
          );
        });
      }),
    );
  });
});
