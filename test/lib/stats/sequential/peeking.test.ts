// Tests that may be looked at at any time: no more false alarms than promised under continuous peeking, by simulation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '#lib/stats/distributions/normal.ts';
import { createRandom } from '#lib/stats/random.ts';
import {
  averageEvidence,
  type CountStage,
  countEvidence,
  multinomialEvidence,
  productEvidence,
} from '#lib/stats/sequential/counts.ts';
import { groupSequentialBounds, spentError } from '#lib/stats/sequential/group-sequential.ts';
import { alwaysValid, confidenceSequence, mixtureRatio } from '#lib/stats/sequential/mixture-ratio.ts';

const RUNS = 1000;
const LOOKS = 30;
const ALPHA = 0.05;

/** The share of runs in which some look alarms; a run is given its own random numbers. */
function alarms(run: (next: () => number) => boolean, seed: number): number {
  let count = 0;
  for (let index = 0; index < RUNS; index++) if (run(createRandom(seed, index).next)) count++;
  return count / RUNS;
}

/** Twenty events a look, each on the canary with its share of the traffic times its ratio of rates. */
function countRun(
  next: () => number,
  ratio: number,
  isAlarm: (stages: readonly CountStage[]) => boolean,
): boolean {
  const [first, second] = [
    { canary: 0, stable: 0, share: 0.1 },
    { canary: 0, stable: 0, share: 0.5 },
  ];
  for (let look = 0; look < LOOKS; look++) {
    const stage = look < LOOKS / 2 ? first : second;
    const chance = (stage.share * ratio) / (stage.share * ratio + 1 - stage.share);
    for (let event = 0; event < 20; event++) {
      if (next() < chance) stage.canary++;
      else stage.stable++;
    }
    if (isAlarm([first, second])) return true;
  }
  return false;
}

/** Standard normal rows, ten a look, with this mean. */
function normalRun(
  next: () => number,
  mean: number,
  isAlarm: (estimate: number, n: number) => boolean,
): boolean {
  let [sum, n] = [0, 0];
  for (let look = 0; look < LOOKS; look++) {
    for (let row = 0; row < 10; row++) sum += mean + normalQuantile(next() || 0.5);
    n += 10;
    if (isAlarm(sum / n, n)) return true;
  }
  return false;
}

const isHarmful = (stages: readonly CountStage[]) => countEvidence(stages).e >= 1 / ALPHA;
const isHarmless = (stages: readonly CountStage[]) =>
  countEvidence(stages, { ratios: [0.5, 0.8, 1], nullRatio: 1.5 }).e >= 1 / ALPHA;
const isMismatch = (stages: readonly CountStage[]) => {
  const first = stages[0] ?? { canary: 0, stable: 0 };
  return multinomialEvidence([first.canary, first.stable], [0.1, 0.9]).e >= 1 / ALPHA;
};
const mixture = (estimate: number, n: number) =>
  mixtureRatio({ estimate, variance: 1 / n, tau2: 0.05 }).p <= ALPHA;
const sequence = (estimate: number, n: number) => {
  const look = confidenceSequence({ estimate, standardError: 1 / Math.sqrt(n), n, tunedFor: 150 });
  return look.interval[0] > 0 || look.interval[1] < 0;
};

describe('with a look after every batch', () => {
  it('the count test raises a false alarm in at most 5 % of canaries, also when the split changes', () => {
    expect(alarms(next => countRun(next, 1, isHarmful), 1)).toBeLessThanOrEqual(ALPHA);
  });

  it('the count test sees a canary that makes twice the errors', () => {
    expect(alarms(next => countRun(next, 2, isHarmful), 2)).toBeGreaterThan(0.9);
  });

  it('a canary that is half again as bad is called harmless in at most 5 %, an equal one mostly is', () => {
    expect(alarms(next => countRun(next, 1.5, isHarmless), 3)).toBeLessThanOrEqual(ALPHA);
    expect(alarms(next => countRun(next, 1, isHarmless), 4)).toBeGreaterThan(0.6);
  });

  it('the sequential test of sample ratio holds 5 % and sees a wrong ratio', () => {
    expect(alarms(next => countRun(next, 1, isMismatch), 5)).toBeLessThanOrEqual(ALPHA);
    expect(alarms(next => countRun(next, 2, isMismatch), 6)).toBeGreaterThan(0.8);
  });

  it('the mixture test and the confidence sequence hold 5 %, where a fixed z test would not', () => {
    expect(alarms(next => normalRun(next, 0, mixture), 7)).toBeLessThanOrEqual(ALPHA);
    expect(alarms(next => normalRun(next, 0, sequence), 7)).toBeLessThanOrEqual(ALPHA);
    expect(
      alarms(next => normalRun(next, 0, (x, n) => Math.abs(x) * Math.sqrt(n) > 1.96), 7),
    ).toBeGreaterThan(0.2);
  });

  it('both see a difference of 0.3 standard deviations', () => {
    expect(alarms(next => normalRun(next, 0.3, mixture), 8)).toBeGreaterThan(0.9);
    expect(alarms(next => normalRun(next, 0.3, sequence), 8)).toBeGreaterThan(0.9);
  });

  it('group-sequential bounds hold their error over all looks', () => {
    const fractions = Array.from({ length: 5 }, (_, look) => (look + 1) / 5);
    const bounds = groupSequentialBounds({ fractions, spending: 'pocock' });
    const isPassed = (x: number, n: number) => {
      const bound = n % 60 === 0 ? bounds[n / 60 - 1] : undefined;
      return bound !== undefined && Math.abs(x) * Math.sqrt(n) >= bound;
    };
    const share = alarms(next => normalRun(next, 0, isPassed), 9);
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.072);
  });
});

describe('evidence', () => {
  const stage = fc.record({
    canary: fc.integer({ min: 0, max: 50 }),
    stable: fc.integer({ min: 0, max: 50 }),
    share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  });

  it('has expectation 1 under the null: over all outcomes of four events it averages to exactly that', () => {
    const outcomes = Array.from({ length: 5 }, (_, canary) => canary);
    const ways = [1, 4, 6, 4, 1];
    const mean = (e: (canary: number) => number) =>
      outcomes.reduce((sum, k) => sum + (ways[k] ?? 0) * 0.3 ** k * 0.7 ** (4 - k) * e(k), 0);
    expect(mean(canary => countEvidence([{ canary, stable: 4 - canary, share: 0.3 }]).e)).toBeCloseTo(1, 12);
    expect(mean(canary => multinomialEvidence([canary, 4 - canary], [0.3, 0.7]).e)).toBeCloseTo(1, 12);
  });

  it('does not depend on how events of one share are cut into stages, nor on the order of stages', () => {
    fc.assert(
      fc.property(stage, stage, (a, b) => {
        const half = { ...a, canary: Math.floor(a.canary / 2), stable: 0 };
        const rest = { ...a, canary: a.canary - half.canary };
        const whole = countEvidence([a, b]).logE;
        expect(Math.abs(countEvidence([b, half, rest]).logE - whole)).toBeLessThan(1e-10);
      }),
    );
  });

  it('grows with each event on the canary and falls with each elsewhere', () => {
    fc.assert(
      fc.property(stage, one => {
        const e = countEvidence([one]).logE;
        expect(countEvidence([{ ...one, canary: one.canary + 1 }]).logE).toBeGreaterThan(e);
        expect(countEvidence([{ ...one, stable: one.stable + 1 }]).logE).toBeLessThan(e);
      }),
    );
  });

  it('that is kept never becomes weaker', () => {
    expect(alwaysValid([0.4, 0.7, 0.02, 0.3])).toEqual([0.4, 0.4, 0.02, 0.02]);
  });

  it('averages and multiplies', () => {
    const [two, half] = [8, 0].map(canary =>
      countEvidence([{ canary, stable: 2, share: 0.5 }], { ratios: [2] }),
    );
    expect(averageEvidence([two!, half!]).e).toBeCloseTo((two!.e + half!.e) / 2, 12);
    expect(productEvidence([two!, half!]).e).toBeCloseTo(two!.e * half!.e, 12);
    expect([averageEvidence([]).e, productEvidence([]).e, countEvidence([]).e]).toEqual([1, 1, 1]);
  });

  it('of huge counts overflows to Infinity, not to NaN', () => {
    const { e, logE, p } = countEvidence([{ canary: 1e6, stable: 1, share: 0.1 }]);
    expect([e, p, Number.isFinite(logE)]).toEqual([Infinity, 0, true]);
  });

  it('is refused for ratios on both sides of the null, shares of 0 and half events', () => {
    const one = { canary: 1, stable: 1, share: 0.5 };
    expect(() => countEvidence([one], { ratios: [0.5, 2] })).toThrow(RangeError);
    expect(() => countEvidence([{ ...one, share: 0 }])).toThrow(RangeError);
    expect(() => countEvidence([{ ...one, canary: 0.5 }])).toThrow(RangeError);
    expect(() => multinomialEvidence([1], [1])).toThrow(RangeError);
    expect(() => mixtureRatio({ estimate: 1, variance: 0, tau2: 1 })).toThrow(RangeError);
    expect(() => groupSequentialBounds({ fractions: [0.5, 0.4] })).toThrow(RangeError);
  });

  it('at the last planned look the whole error is spent', () => {
    for (const spending of ['obrien-fleming', 'pocock'] as const) {
      expect([spentError(spending, 0), spentError(spending, 1), spentError(spending, 1.2)]).toEqual([
        0, 0.05, 0.05,
      ]);
    }
  });
});
