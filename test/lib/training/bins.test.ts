import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binRows, learnBins, MISSING_BIN, upperBorder } from '#lib/training/bins.ts';

const columns = fc
  .array(fc.oneof(fc.float({ noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 })), { maxLength: 400 })
  .map(values => Float32Array.from(values));

describe('bins', () => {
  it('cuts half-way between neighbours when the values are few', () => {
    expect([...learnBins(Float32Array.of(3, 1, Number.NaN, 1, 8), 255).thresholds]).toEqual([2, 5.5]);
  });

  it('makes bins of equally many rows when the values are many', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i * 7) % 1000);
    expect([...learnBins(values, 4).thresholds]).toEqual([249.5, 499.5, 749.5]);
  });

  it('gives a value that fills most rows a bin of its own and cuts the rest finely', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i));
    expect([...learnBins(values, 5).thresholds]).toEqual([450, 924.5, 949.5, 974.5]);
  });

  it('parts two neighbouring float32 numbers', () => {
    // Half-way between these two rounds to the upper one in float32, half-way between the next two to the lower one.
    const { columns: binned } = binRows([Float32Array.of(1 + 2 ** -23, 1 + 2 ** -22, 1 + 3 * 2 ** -23)], 255);
    expect([...binned[0]!]).toEqual([1, 2, 3]);
  });

  it('a column without any value has no border', () => {
    const { columns: binned, bins } = binRows([Float32Array.of(Number.NaN, Number.NaN)], 255);
    expect([bins[0]!.thresholds.length, ...binned[0]!]).toEqual([0, MISSING_BIN, MISSING_BIN]);
  });

  it('a value is in a bin up to b exactly when it is at most the border of b', () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: 2, max: 255 }), (values, maxBins) => {
        const binned = binRows([values], maxBins);
        const [bins] = binned.bins;
        expect(bins!.thresholds.length).toBeLessThan(maxBins);
        values.forEach((value, row) => {
          const bin = binned.columns[0]![row]!;
          expect(bin === MISSING_BIN).toBe(Number.isNaN(value));
          if (bin === MISSING_BIN) return;
          expect(value <= upperBorder(bins!, bin)).toBe(true);
          if (bin > 1) expect(value > upperBorder(bins!, bin - 1)).toBe(true);
        });
      }),
    );
  });
});
