// Expected numbers come from a Python program with arbitrary-precision integers, written from the generator's definition.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapRows, createRandom, sampleRows, shuffledRows } from '#lib/stats/random.ts';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('the random generator', () => {
  it('draws the numbers of an independent implementation', () => {
    const random = createRandom(42);
    expect([random.next(), random.next(), random.next(), random.next()]).toEqual([
      0.3520738827082186, 0.7656229848450931, 0.4117022529570583, 0.3552312465193387,
    ]);
  });

  it('uses all 53 bits of the seed and the stream', () => {
    const random = createRandom(Number.MAX_SAFE_INTEGER, 7);
    expect([random.next(), random.next(), random.next()]).toEqual([
      0.8655181025665324, 0.8816987756582729, 0.7331960350941559,
    ]);
  });

  it('draws whole numbers below a bound', () => {
    const random = createRandom(1);
    expect(Array.from({ length: 12 }, () => random.integer(10))).toEqual([
      9, 0, 8, 4, 7, 5, 3, 6, 9, 1, 4, 5,
    ]);
  });

  it('draws again instead of favouring small numbers under a bound that does not divide 2^32', () => {
    const random = createRandom(3);
    expect(Array.from({ length: 6 }, () => random.integer(3_000_000_000))).toEqual([
      1462365480, 430809516, 2507960253, 2793897675, 475143003, 2998748120,
    ]);
  });

  it('spreads evenly: chi-square over 64 cells stays below its 99.99 % point', () => {
    const random = createRandom(2026);
    const counts = new Float64Array(64);
    for (let i = 0; i < 64_000; i++) counts[random.integer(64)]! += 1;
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(111.6);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %d as a seed', seed => {
    expect(() => createRandom(seed)).toThrow(RangeError);
  });

  it.each([0, -3, 1.5, 2 ** 33])('refuses %d as a bound', bound => {
    expect(() => createRandom(1).integer(bound)).toThrow(RangeError);
  });
});

describe('samples of rows', () => {
  it('shuffles as an independent implementation does', () => {
    expect([...shuffledRows(8, createRandom(0))]).toEqual([2, 6, 7, 4, 3, 1, 5, 0]);
  });

  it('shuffling keeps every row once', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 200 }), (seed, count) => {
        expect([...shuffledRows(count, createRandom(seed))].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, row) => row),
        );
      }),
    );
  });

  it('a sample without replacement is ascending, without repeats and of the size asked for', () => {
    fc.assert(
      fc.property(seeds, fc.nat(100), fc.nat(120), (seed, count, size) => {
        const rows = [...sampleRows(count, size, createRandom(seed))];
        expect(rows).toHaveLength(Math.min(count, size));
        expect(rows.every((row, i) => row < count && (i === 0 || row > rows[i - 1]!))).toBe(true);
      }),
    );
  });

  it('a bootstrap of 1000 rows leaves out about 1/e of them', () => {
    const drawn = new Set(bootstrapRows(1000, createRandom(5)));
    expect(drawn.size).toBeGreaterThan(590);
    expect(drawn.size).toBeLessThan(675);
  });
});
