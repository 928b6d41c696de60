// One number of one group with limits at any confidence: what groups are compared by, be it a share or a mean.
import { influenceOfMean, intervalAround, uncertaintyOf } from '#lib/evaluation/influence.ts';
import { exp } from '#lib/stats/elementary.ts';
import { type Interval, wilsonInterval } from '#lib/stats/interval.ts';

/** A value of a group. The limits of different groups are independent. */
export interface Estimate {
  readonly value: number;
  /** Rows behind it: for the share of positives found, the positives. */
  readonly n: number;
  /** Two-sided, 0 < confidence < 1. */
  readonly limits: (confidence: number) => Interval;
}

/** A share with Wilson's limits; undefined of no rows. */
export function estimateOfShare(successes: number, n: number): Estimate | undefined {
  if (n === 0) return undefined;
  return { value: successes / n, n, limits: confidence => wilsonInterval(successes, n, confidence) };
}

/** A mean with Student's limits; undefined of fewer than two rows, whose spread nobody knows. */
export function estimateOfMean(values: Float64Array): Estimate | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const value = values.reduce((sum, one) => sum + one, 0) / n;
  const uncertainty = uncertaintyOf(influenceOfMean(values));
  return { value, n, limits: confidence => intervalAround(value, uncertainty, confidence) };
}

/**
 * A mean that cannot be negative: limits on the scale of logarithms by the delta method, so that ratios of such means
 * have limits above 0 too.
 */
export function estimateOfPositiveMean(values: Float64Array): Estimate | undefined {
  const mean = estimateOfMean(values);
  if (!mean || mean.value <= 0) return mean;
  const { value, n } = mean;
  const limits = (confidence: number): Interval => {
    const half = (mean.limits(confidence)[1] - value) / value;
    return [value * exp(-half), value * exp(half)];
  };
  return { value, n, limits };
}
