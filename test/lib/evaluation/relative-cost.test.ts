import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLatency, compareThroughput, type InterleavedTimes } from '#lib/evaluation/relative-cost.ts';
import { createRandom } from '#lib/stats/random.ts';

type TimeOf = (item: number, pass: number) => number;

function timesOf(items: number, passes: number, model: TimeOf, reference: TimeOf): InterleavedTimes {
  const fill = (time: TimeOf): readonly number[] =>
    Array.from({ length: items * passes }, (_, at) => time(at % items, Math.floor(at / items)));
  return { items, passes, model: fill(model), reference: fill(reference) };
}

describe('the ratio', () => {
  it('is that of the 95th percentiles and of the medians over rows', () => {
    // Rows take 1 to 21; the percentiles of type 7 stand at the 20th and the 11th of them.
    const times = timesOf(
      21,
      10,
      row => row + 1,
      () => 10,
    );
    expect(compareLatency(times)).toEqual({
      latency_regression: { value: 2, ci95: [2, 2] },
      latency_p50_regression: { value: 1.1, ci95: [1.1, 1.1] },
    });
  });

  it('of batches is that of the times they take together', () => {
    const times = timesOf(
      2,
      10,
      batch => (batch === 0 ? 30 : 60),
      batch => (batch === 0 ? 20 : 40),
    );
    expect(compareThroughput(times)).toEqual({ value: 1.5, ci95: [1.5, 1.5] });
  });

  it('takes of each row the time that a tenth of the passes stay below', () => {
    // 20 passes take 1 to 20: the second is reached by a tenth of them.
    const times = timesOf(
      1,
      20,
      (_, pass) => pass + 1,
      () => 1,
    );
    expect(compareThroughput(times)?.value).toBe(2);
  });

  it('stands still where other work slows half of the calls down, whichever they hit', () => {
    const random = createRandom(7);
    const disturbed =
      (own: number): TimeOf =>
      () =>
        own + (random.next() < 0.5 ? 4000 * random.next() : 0);
    const times = timesOf(50, 40, disturbed(90), disturbed(60));
    const { latency_regression: p95 } = compareLatency(times);
    expect(p95?.value).toBeCloseTo(1.5, 2);
    expect(p95?.ci95?.[0]).toBeGreaterThan(1.45);
    expect(p95?.ci95?.[1]).toBeLessThan(1.55);
  });

  it('does not change when a whole pass is slow for both', () => {
    const factor = fc.double({ min: 1, max: 50, noNaN: true });
    const speeds = fc.array(factor, { minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(speeds, factor, (slow, own) => {
        const at = (pass: number): number => slow[pass] ?? 1;
        const times = timesOf(
          3,
          slow.length,
          (_, pass) => own * at(pass),
          (_, pass) => at(pass),
        );
        expect(compareThroughput(times)?.value).toBeCloseTo(own, 1);
      }),
      { numRuns: 20 },
    );
  });

  it('is unknown without calls', () => {
    const none = { items: 0, passes: 5, model: [], reference: [] };
    expect(compareLatency(none)).toEqual({ latency_regression: null, latency_p50_regression: null });
    expect(compareThroughput(none)).toBeNull();
  });
});

describe('the interval', () => {
  it('draws whole passes anew', () => {
    // Of 5 passes that take 1 to 5 the fastest drawn counts: it is 1 with 1 - (4/5)^5 = 0.67, at most 2 with
    // 1 - (3/5)^5 = 0.92, at most 3 with 1 - (2/5)^5 = 0.99. So 97.5 % lies at 3.
    const times = timesOf(
      1,
      5,
      (_, pass) => 5 - pass,
      () => 1,
    );
    expect(compareThroughput(times)).toEqual({ value: 1, ci95: [1, 3] });
  });

  it('keeps what one pass did to both models together', () => {
    const times = timesOf(
      4,
      6,
      (_, pass) => 3 * (pass + 1),
      (_, pass) => pass + 1,
    );
    expect(compareThroughput(times)).toEqual({ value: 3, ci95: [3, 3] });
  });

  it('is the same for the same times', () => {
    const random = createRandom(3);
    const times = timesOf(
      5,
      12,
      () => 1 + random.next(),
      () => 1 + random.next(),
    );
    expect(compareLatency(times)).toEqual(compareLatency(times));
  });
});
