// How many rows it takes to see a difference, and which difference so many rows would show.

import { noncentralTTails } from '#lib/stats/distributions/noncentral-t.ts';
import { normalSf, normalUpperQuantile } from '#lib/stats/distributions/normal.ts';
import { studentTUpperQuantile } from '#lib/stats/distributions/student-t.ts';
import { asin } from '#lib/stats/elementary.ts';
import { requirePositive, requireProbability, requireShare } from '#lib/stats/special/require.ts';
import { solvePositive } from '#lib/stats/special/solve.ts';

/** What the test is to hold: false alarms at alpha, true differences seen with `power` > alpha. */
export interface Design {
  readonly alpha?: number;
  readonly power?: number;
  readonly isTwoSided?: boolean;
  /** Rows of the second group for each of the first */
  readonly ratio?: number;
}

/** Rows of the first group by three formulas in use; round up. Say which one a number comes from. */
export interface ProportionSampleSize {
  readonly pooled: number;
  readonly unpooled: number;
  readonly arcsine: number;
  /** Cohen's h = 2 asin sqrt(p2) - 2 asin sqrt(p1) */
  readonly effect: number;
}

interface Levels {
  readonly tail: number;
  readonly zAlpha: number;
  readonly zPower: number;
}

function levelsOf({ alpha = 0.05, power = 0.8, isTwoSided = true, ratio = 1 }: Design): Levels {
  requireShare(alpha, 'An error rate');
  requireShare(power, 'A power');
  requirePositive(ratio, 'A ratio of group sizes');
  if (power <= alpha) throw new RangeError(`A power is above the error rate ${alpha}, not ${power}`);
  const tail = isTwoSided ? alpha / 2 : alpha;
  return { tail, zAlpha: normalUpperQuantile(tail), zPower: normalUpperQuantile(1 - power) };
}

/**
 * Rows per group to tell share p1 from p2: pooled variance under the null (Fleiss 1981, 3.2), unpooled, and Cohen's
 * arcsine transform (Statistical Power Analysis, 1988, 6.2; both rejection tails counted).
 * @throws RangeError for p1 = p2 or shares outside [0, 1]
 */
export function proportionSampleSize(p1: number, p2: number, design: Design = {}): ProportionSampleSize {
  for (const p of [p1, p2]) requireProbability(p, 'A share');
  if (p1 === p2) throw new RangeError('No number of rows tells a share from itself');
  const { zAlpha, zPower } = levelsOf(design);
  const { ratio = 1 } = design;
  const square = (p1 - p2) * (p1 - p2);
  const pooled = (p1 + ratio * p2) / (1 + ratio);
  const underNull = Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const apart = p1 * (1 - p1) + (p2 * (1 - p2)) / ratio;
  const reach = zAlpha * underNull + zPower * Math.sqrt(apart);
  const effect = 2 * (asin(Math.sqrt(p2)) - asin(Math.sqrt(p1)));
  return {
    pooled: (reach * reach) / square,
    unpooled: ((zAlpha + zPower) * (zAlpha + zPower) * apart) / square,
    arcsine: normalSampleSize(effect, design),
    effect,
  };
}

/** Rows of the first group for a standardised effect d by the normal test, both rejection tails counted. */
function normalSampleSize(effect: number, design: Design): number {
  const { zAlpha } = levelsOf(design);
  const { power = 0.8, ratio = 1, isTwoSided = true } = design;
  const size = Math.abs(effect);
  const powerAt = (n: number) => {
    const shift = size * Math.sqrt(n / (1 + 1 / ratio));
    return normalSf(zAlpha - shift) + (isTwoSided ? normalSf(zAlpha + shift) : 0);
  };
  return solvePositive(powerAt, power);
}

/** Rows per group to see a difference of d standard deviations, by the t test and by the normal formula; round up. */
export interface MeanSampleSize {
  readonly t: number;
  readonly normal: number;
}

/**
 * Rows of the first group for the two-sample t test with equal variances, from the noncentral t (Cohen 1988, 2.3), and
 * (z_alpha + z_power)^2 (1 + 1/ratio) / d^2.
 * @param effect Cohen's d, any sign, not 0
 * @throws RangeError for an effect of 0
 */
export function meanSampleSize(effect: number, design: Design = {}): MeanSampleSize {
  const size = Math.abs(effect);
  requirePositive(size, 'The size of an effect');
  const { tail, zAlpha, zPower } = levelsOf(design);
  const { power = 0.8, ratio = 1, isTwoSided = true } = design;
  const reach = (zAlpha + zPower) / size;
  const normal = reach * reach * (1 + 1 / ratio);
  const powerAt = (n: number) => {
    const df = n * (1 + ratio) - 2;
    const shift = size * Math.sqrt(n / (1 + 1 / ratio));
    if (shift > 36) return 1;
    const critical = studentTUpperQuantile(tail, df);
    const { upper } = noncentralTTails(critical, { df, noncentrality: shift });
    return upper + (isTwoSided ? noncentralTTails(-critical, { df, noncentrality: shift }).lower : 0);
  };
  // The fewest rows that leave some freedom, as an offset the solver can start from.
  const least = 2.05 / (1 + ratio);
  return { t: least + solvePositive(extra => powerAt(least + extra), power, 2 * normal + 100), normal };
}

/**
 * The smallest difference of two shares that n rows per group would show: (z_alpha + z_power) sqrt(2 p (1 - p) / n),
 * in the unit of shares (R. Kohavi, D. Tang, Y. Xu, Trustworthy Online Controlled Experiments, 2020, 17.5).
 * @param p the share in the first group, 0 to 1
 */
export function detectableDifference(p: number, n: number, design: Design = {}): number {
  requireProbability(p, 'A share');
  requirePositive(n, 'A number of rows');
  const { zAlpha, zPower } = levelsOf(design);
  const { ratio = 1 } = design;
  return (zAlpha + zPower) * Math.sqrt((p * (1 - p) * (1 + 1 / ratio)) / n);
}
