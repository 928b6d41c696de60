// Expected values are computed with 60 digits by test/fixtures/stats/make_distributions.py.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { betaCdf, betaSf } from '#lib/stats/distributions/beta.ts';
import { binomialCdf, binomialPmf, binomialSf } from '#lib/stats/distributions/binomial.ts';
import { chiSquareCdf, chiSquareSf } from '#lib/stats/distributions/chi-square.ts';
import { hypergeometricTail } from '#lib/stats/distributions/hypergeometric.ts';
import { kolmogorovCdf, kolmogorovSf } from '#lib/stats/distributions/kolmogorov.ts';
import { kolmogorovSampleSf } from '#lib/stats/distributions/kolmogorov-sample.ts';
import { noncentralTTails } from '#lib/stats/distributions/noncentral-t.ts';
import { normalCdf, normalQuantile, normalSf } from '#lib/stats/distributions/normal.ts';
import { studentTCdf, studentTSf } from '#lib/stats/distributions/student-t.ts';
import { twoSampleDistanceSf } from '#lib/stats/distributions/two-sample-distance.ts';
import { asin, expm1 } from '#lib/stats/elementary.ts';
import { erf, erfc } from '#lib/stats/special/error-function.ts';
import { logGamma, logGammaRatio } from '#lib/stats/special/gamma.ts';

type Row = readonly number[];
const fixture = join(import.meta.dirname, '../../../fixtures/stats/distributions.json');
const cases: Readonly<Record<string, readonly Row[]>> = JSON.parse(readFileSync(fixture, 'utf8'));

/** Our values for a row, in the order in which its expected ones end the row. */
type Compute = (...row: number[]) => readonly number[];

/** The largest error relative to the expected value, and the row it is in. */
function worst(name: string, compute: Compute): { readonly error: number; readonly row: Row } {
  let found: { error: number; row: Row } = { error: 0, row: [] };
  for (const row of cases[name] ?? []) {
    const values = compute(...row);
    values.forEach((value, index) => {
      const expected = row[row.length - values.length + index] ?? Number.NaN;
      const error = value === expected ? 0 : Math.abs(value - expected) / Math.abs(expected);
      if (!(error <= found.error)) found = { error, row };
    });
  }
  return found;
}

const functions: readonly (readonly [name: string, tolerance: number, compute: Compute])[] = [
  ['expm1', 1e-15, x => [expm1(x!)]],
  ['asin', 1e-15, x => [asin(x!)]],
  ['erf', 2e-15, x => [erf(x!), erfc(x!)]],
  ['log_gamma', 2e-15, x => [logGamma(x!)]],
  ['log_gamma_ratio', 2e-14, (x, a) => [logGammaRatio(x!, a!)]],
  ['normal', 5e-15, x => [normalCdf(x!), normalSf(x!)]],
  ['normal_quantile', 2e-15, p => [normalQuantile(p!)]],
  ['student_t', 1e-11, (t, df) => [studentTCdf(t!, df!), studentTSf(t!, df!)]],
  ['chi_square', 1e-12, (x, df) => [chiSquareCdf(x!, df!), chiSquareSf(x!, df!)]],
  ['beta', 1e-11, (x, a, b) => [betaCdf(x!, { a: a!, b: b! }), betaSf(x!, { a: a!, b: b! })]],
  [
    'binomial',
    1e-12,
    (k, n, p) => [binomialCdf, binomialSf, binomialPmf].map(compute => compute(k!, { n: n!, p: p! })),
  ],
  [
    'hypergeometric',
    1e-12,
    (k, total, marked, draws) =>
      ([-1, 1] as const).map(step =>
        hypergeometricTail(k!, step, { total: total!, marked: marked!, draws: draws! }),
      ),
  ],
  ['kolmogorov', 1e-13, x => [kolmogorovCdf(x!), kolmogorovSf(x!)]],
  ['kolmogorov_sample', 1e-9, (d, n) => [kolmogorovSampleSf(d!, n!)]],
  ['two_sample_distance', 1e-12, (d, m, n) => [twoSampleDistanceSf(d!, m!, n!)]],
  [
    'noncentral_t',
    1e-9,
    (t, df, noncentrality) => {
      const { lower, upper } = noncentralTTails(t!, { df: df!, noncentrality: noncentrality! });
      return [lower, upper];
    },
  ],
];

describe('special functions and distributions', () => {
  it.each(functions)(
    '%s is within %d of the exact value, relatively, in both tails',
    (name, tolerance, compute) => {
      const { error, row } = worst(name, compute);
      expect(cases[name]?.length).toBeGreaterThan(5);
      expect(error, `${row}`).toBeLessThan(tolerance);
    },
  );
});
