// Two independent proportions: pooled for a test of equality, unpooled or Newcombe's for how far they lie apart.
import { type Interval, twoSidedZ, wilsonInterval } from '#lib/stats/interval.ts';
import { requireCounts } from '#lib/stats/special/require.ts';
import { type Alternative, normalP, standardised } from '#lib/stats/tests/alternative.ts';

/** `successes` out of `n` independent rows; n >= 1. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/** A normal statistic and its p-value. */
export interface ZTest {
  readonly z: number;
  readonly p: number;
}

/** Also the difference second - first with its interval. */
export interface DifferenceTest extends ZTest {
  readonly difference: number;
  readonly interval: Interval;
}

/** successes / n. @throws RangeError unless whole numbers with 0 <= successes <= n and n >= 1 */
export function shareOf({ successes, n }: Proportion): number {
  requireCounts([successes, n - successes], 'A number of successes and failures');
  if (n === 0) throw new RangeError('A proportion needs at least one row');
  return successes / n;
}

/** The standard error of the difference of two proportions, each with its own variance p(1 - p)/n. */
export function unpooledStandardError(first: Proportion, second: Proportion): number {
  const [p, q] = [shareOf(first), shareOf(second)];
  return Math.sqrt((p * (1 - p)) / first.n + (q * (1 - q)) / second.n);
}

/**
 * z = (p1 - p2) / sqrt(P(1 - P)(1/n1 + 1/n2)) with the pooled share P (J. Fleiss, Statistical Methods for Rates and
 * Proportions, 1981, 2.4). `less` asks whether the first is smaller. Equal shares give z = 0, also when both are 0 or 1.
 */
export function pooledProportionTest(
  first: Proportion,
  second: Proportion,
  alternative: Alternative = 'two-sided',
): ZTest {
  const difference = shareOf(first) - shareOf(second);
  const pooled = (first.successes + second.successes) / (first.n + second.n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.n + 1 / second.n));
  const z = standardised(difference, error);
  return { z, p: normalP(z, alternative) };
}

/** Wald's test and interval of second - first, each with its own variance; too bold for n below about 40. */
export function unpooledProportionTest(
  first: Proportion,
  second: Proportion,
  { confidence = 0.95, alternative = 'two-sided' as Alternative } = {},
): DifferenceTest {
  const difference = shareOf(second) - shareOf(first);
  const error = unpooledStandardError(first, second);
  const z = standardised(difference, error);
  const half = twoSidedZ(confidence) * error;
  return { difference, z, p: normalP(z, alternative), interval: [difference - half, difference + half] };
}

/** Newcombe's interval of second - first, from two Wilson intervals (R. Newcombe, Stat. Med. 17, 1998, method 10). */
export function newcombeInterval(first: Proportion, second: Proportion, confidence = 0.95): Interval {
  const [p, q] = [shareOf(first), shareOf(second)];
  const [low1, high1] = wilsonInterval(first.successes, first.n, confidence);
  const [low2, high2] = wilsonInterval(second.successes, second.n, confidence);
  return [
    q - p - Math.sqrt((q - low2) * (q - low2) + (high1 - p) * (high1 - p)),
    q - p + Math.sqrt((high2 - q) * (high2 - q) + (p - low1) * (p - low1)),
  ];
}
