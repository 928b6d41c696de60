// "Not worse than" and "as good as": the burden of proof lies on the one who wants to pass.
import { normalUpperQuantile } from '#lib/stats/distributions/normal.ts';
import { requireFinite, requireShare } from '#lib/stats/special/require.ts';
import { normalP, standardised } from '#lib/stats/tests/alternative.ts';
import { type Moments, type TTest, welchTest } from '#lib/stats/tests/means.ts';
import { type Proportion, shareOf, unpooledStandardError } from '#lib/stats/tests/proportions.ts';

/** How much worse is still fine, in the proportion's own unit, and what counts as better. */
export interface NonInferiorityOptions {
  /** >= 0; 0.03 allows three percentage points */
  readonly margin: number;
  readonly alpha?: number;
  readonly isHigherBetter?: boolean;
}

/** `improvement` is positive where the treatment is better; `lowerBound` is its one-sided bound at 1 - alpha. */
export interface NonInferiority {
  readonly improvement: number;
  readonly z: number;
  readonly p: number;
  readonly lowerBound: number;
  readonly isNonInferior: boolean;
}

/**
 * Rejects "worse by the margin or more" with z = (improvement + margin) / SE, unpooled, one-sided (Fleiss, Levin and Paik,
 * Statistical Methods for Rates and Proportions, 2003, 4.2 with a shifted null).
 * @throws RangeError for a margin below 0 or alpha outside (0, 1)
 */
export function nonInferiorityTest(
  control: Proportion,
  treatment: Proportion,
  { margin, alpha = 0.05, isHigherBetter = true }: NonInferiorityOptions,
): NonInferiority {
  requireFinite([margin], 'A margin');
  requireShare(alpha, 'An error rate');
  if (margin < 0) throw new RangeError(`A margin is >= 0, not ${margin}`);
  const improvement = (shareOf(treatment) - shareOf(control)) * (isHigherBetter ? 1 : -1);
  const error = unpooledStandardError(control, treatment);
  const z = standardised(improvement + margin, error);
  const p = normalP(z, 'greater');
  const lowerBound = improvement - normalUpperQuantile(alpha) * error;
  return { improvement, z, p, lowerBound, isNonInferior: p < alpha };
}

/** Two one-sided tests; `p` is the larger of theirs. */
export interface Equivalence {
  readonly p: number;
  readonly aboveLow: TTest;
  readonly belowHigh: TTest;
}

/**
 * TOST: is the mean of a - the mean of b inside (low, high)? (D. Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987), by
 * Welch's test on either side.
 * @throws RangeError unless low < high
 */
export function equivalenceTest(
  a: Moments,
  b: Moments,
  {
    low,
    high,
    confidence = 0.9,
  }: { readonly low: number; readonly high: number; readonly confidence?: number },
): Equivalence {
  if (!(low < high)) throw new RangeError(`Equivalence needs low < high, not ${low} and ${high}`);
  const aboveLow = welchTest(a, b, { alternative: 'greater', shift: low, confidence });
  const belowHigh = welchTest(a, b, { alternative: 'less', shift: high, confidence });
  return { p: Math.max(aboveLow.p, belowHigh.p), aboveLow, belowHigh };
}
