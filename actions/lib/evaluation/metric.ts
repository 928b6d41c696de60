// The extension point for metrics: one small object per metric, one line in metrics.ts.
import { type Influence, influenceOfMean } from '#lib/evaluation/influence.ts';
import type { Interval } from '#lib/stats/interval.ts';

export type Unit =
  | 'fraction'
  | 'percent'
  | 'ms'
  | 's'
  | 'MB'
  | 'count'
  | 'times'
  | 'target'
  | 'target squared'
  | 'nats';

export type MetricTask = 'regression' | 'binary-classification' | 'multiclass-classification';

/**
 * Rows with their known answer. Binary: truth 0 or 1, prediction = probability of 1. Several classes: both are indices
 * of classes, the prediction that of the most probable one (the first of equals).
 */
export interface Sample {
  readonly truth: Float64Array;
  readonly prediction: Float64Array;
  /** Probability from which the answer is positive (binary). */
  readonly threshold: number;
  /** Distance that still counts as right, in the unit of the target (regression). */
  readonly tolerance: number | undefined;
  /** How many times as much recall counts as precision (binary). */
  readonly beta?: number | undefined;
  /** What each kind of answer costs, in one declared unit (binary). */
  readonly costs?: Costs | undefined;
  /** Which quantile is predicted (regression), such as 0.9. */
  readonly quantile?: number | undefined;
  /** Only with several classes. */
  readonly classes?: Classes | undefined;
  /** Of the declared business metrics, by name. */
  readonly business?: ReadonlyMap<string, BusinessValues> | undefined;
}

/** The words of the classes, and row after row the probability of each, in their order. */
export interface Classes {
  readonly names: readonly string[];
  readonly probabilities: Float64Array;
}

/** What the expressions of a business metric gave, a number a row; the sum of `per` divides that of the values. */
export interface BusinessValues {
  readonly value: Float64Array;
  readonly per: Float64Array | undefined;
}

/** A gain is a negative cost. */
export interface Costs {
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly truePositive?: number | undefined;
  readonly trueNegative?: number | undefined;
}

/** The metric over rows counted `counts[i]` times; NaN where it is undefined (for example one class only). */
export type Measure = (counts: Float64Array) => number;

export interface Metric {
  /** snake_case; the word used in YAML, files and reports. */
  readonly name: string;
  readonly task: MetricTask;
  readonly unit: Unit | { readonly written: string };
  readonly better: 'lower' | 'higher';
  /** One plain line for a person who does not know the metric. */
  readonly meaning: string;
  /** False when it does not apply, such as within_tolerance without a tolerance. */
  readonly applies?: (sample: Sample) => boolean;
  /** Between which values it lies, where there are bounds that an interval could leave. */
  readonly range?: Interval;
  /** Prepares the rows once (sorting, errors), so that resampling is cheap. */
  readonly prepare: (sample: Sample) => Measure;
  /** How much each row moves it, where there is a formula; else rows are drawn again. */
  readonly influence?: (sample: Sample) => Influence;
  /** The same where the formula holds only for many rows; fewer are drawn again. */
  readonly influenceOfMany?: (sample: Sample) => Influence;
  /**
   * Rows of the smallest part that it is a share of, such as the answers with a class: a difference is known with no more
   * degrees of freedom than these.
   */
  readonly scarcest?: (sample: Sample) => number;
  /** An analytic 95 % interval where there is a good one; else the bootstrap is used. */
  readonly interval?: (sample: Sample) => Interval | undefined;
}

/** From so many rows on intervals come from the influence of rows, where a bootstrap of as many would take minutes. */
export const MANY_ROWS = 10_000;

/** The influence of the sample's rows; undefined where no formula holds for as many. */
export function influenceOn(metric: Metric, sample: Sample): Influence | undefined {
  const { influence, influenceOfMany } = metric;
  return (influence ?? (sample.truth.length >= MANY_ROWS ? influenceOfMany : undefined))?.(sample);
}

/** Rows of the positive class. */
export function positivesOf({ truth }: Sample): number {
  return truth.reduce((sum, one) => sum + one, 0);
}

/** Rows of the other class. */
export function negativesOf(sample: Sample): number {
  return sample.truth.length - positivesOf(sample);
}

/** Rows of the class that has fewer. */
export function smallerClass(sample: Sample): number {
  return Math.min(positivesOf(sample), negativesOf(sample));
}

/** Sum of counts[i] * values[i]. */
export function weightedSum(values: Float64Array, counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * (counts[i] ?? 0);
  return sum;
}

/** Sum of the counts. */
export function total(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** A value per row, from its truth and prediction. */
export function perRow(sample: Sample, value: (truth: number, prediction: number) => number): Float64Array {
  const { truth, prediction } = sample;
  const values = new Float64Array(truth.length);
  for (let row = 0; row < values.length; row++) {
    values[row] = value(truth[row] ?? Number.NaN, prediction[row] ?? Number.NaN);
  }
  return values;
}

/** The mean over rows of a value per row, as a measure. */
export function meanMeasure(values: Float64Array): Measure {
  return counts => weightedSum(values, counts) / total(counts);
}

/** A metric that is the mean of a value per row. */
export function meanMetric(
  metric: Omit<Metric, 'prepare' | 'influence'> & { readonly values: (sample: Sample) => Float64Array },
): Metric {
  const { values, ...rest } = metric;
  return {
    ...rest,
    prepare: sample => meanMeasure(values(sample)),
    influence: sample => influenceOfMean(values(sample)),
  };
}
