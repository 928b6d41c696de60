// Expected values come from Python's decimal module with 80 digits, rounded once to the nearest double.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, log1p, logit, sigmoid } from '#lib/stats/elementary.ts';

const exact: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  exp: [
    [0.0, 1.0],
    [1, Math.E],
    [-1, 0.36787944117144233],
    [0.5, 1.6487212707001282],
    [-0.35, 0.7046880897187134],
    [0.34657, 1.4142084849595797],
    [0.3466, 1.4142509118505286],
    [1.0397, 2.8283683765492893],
    [1.04, 2.82921701435156],
    [1e-10, 1.0000000001],
    [10, 22026.465794806718],
    [20.5, 799902177.4755054],
    [-36.7, 1.1518409493076097e-16],
    [88.72, 3.39317637416317e38],
    [-700.1, 8.921404266525102e-305],
    [709.78, 1.7928227943945155e308],
    [-708.5, 2.006132305331306e-308],
    [-740.25, 3.26e-322],
    [-744.9, 5e-324],
  ],
  log: [
    [1, 0.0],
    [2, Math.LN2],
    [0.5, -Math.LN2],
    [10, Math.LN10],
    [1e-300, -690.7755278982137],
    [5e-324, -744.4400719213812],
    [4.9e-310, -712.2121436230376],
    [1e308, 709.1962086421661],
    [0.999999, -1.000000500029089e-6],
    [1.000001, 9.999994999180668e-7],
    [Math.SQRT2, 0.3465735902799727],
    [1.4142135623730954, 0.34657359027997287],
    [0.7, -0.35667494393873245],
    [3.0000001, 1.0986123220014423],
    [0.11, -2.2072749131897207],
    [123456.789, 11.723646487185881],
  ],
  log1p: [
    [0, 0.0],
    [1e-20, 1e-20],
    [-1e-20, -1e-20],
    [1e-9, 9.999999995e-10],
    [-1e-9, -1.0000000005000001e-9],
    [0.1, 0.09531017980432487],
    [-0.1, -0.10536051565782631],
    [0.41, 0.3435897043900769],
    [-0.29, -0.3424903089467759],
    [-0.5, -Math.LN2],
    [-0.999999, -13.815510557935518],
    [1, Math.LN2],
    [5, 1.791759469228055],
    [10000000000.0, 23.025850930040455],
    [1e300, 690.7755278982137],
  ],
  sigmoid: [
    [0, 0.5],
    [1, 0.7310585786300049],
    [-1, 0.2689414213699951],
    [3.7, 0.9758729785823308],
    [-20, 2.0611536181902037e-9],
    [-40, 4.248354255291589e-18],
    [40, 1.0],
    [-700, 9.85967654375977e-305],
  ],
  logit: [
    [0.5, 0.0],
    [0.1, -2.197224577336219],
    [0.9, 2.1972245773362196],
    [1e-12, -27.63102111592755],
    [0.285714, -0.9162921318745749],
    [0.999999, 13.815509557935018],
  ],
};

/** Distance in units in the last place: how many doubles lie between the two. */
function ulpsBetween(a: number, b: number): number {
  const view = new DataView(new ArrayBuffer(8));
  const ordinal = (value: number): bigint => {
    view.setFloat64(0, value);
    const bits = view.getBigInt64(0);
    return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
  };
  const distance = ordinal(a) - ordinal(b);
  return Number(distance < 0n ? -distance : distance);
}

describe('elementary functions', () => {
  it.each([
    { name: 'exp', compute: exp, ulps: 1 },
    { name: 'log', compute: log, ulps: 1 },
    { name: 'log1p', compute: log1p, ulps: 3 },
    { name: 'sigmoid', compute: sigmoid, ulps: 3 },
    { name: 'logit', compute: logit, ulps: 3 },
  ])('$name is within $ulps units in the last place of the exact value', ({ name, compute, ulps }) => {
    for (const [x, expected] of exact[name] ?? []) {
      expect({ x, distance: ulpsBetween(compute(x), expected) <= ulps }).toEqual({ x, distance: true });
    }
  });

  it('log undoes exp', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), x => {
        expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(x)));
      }),
    );
  });

  it('exp never falls when x rises, across the borders of its reduction', () => {
    for (let x = -746; x < 710; x += 0.0859375) expect(exp(x + 1e-9)).toBeGreaterThanOrEqual(exp(x));
  });

  it('has the limits of the functions', () => {
    expect([exp(710), exp(-746), exp(Number.NEGATIVE_INFINITY), exp(Number.NaN)]).toEqual([
      Infinity,
      0,
      0,
      Number.NaN,
    ]);
    expect([log(0), log(-1), log(Infinity), log(Number.NaN)]).toEqual([
      -Infinity,
      Number.NaN,
      Infinity,
      Number.NaN,
    ]);
    expect([log1p(-1), log1p(-2), log1p(Infinity)]).toEqual([-Infinity, Number.NaN, Infinity]);
    expect([sigmoid(-Infinity), sigmoid(Infinity), logit(0), logit(1)]).toEqual([0, 1, -Infinity, Infinity]);
  });
});
