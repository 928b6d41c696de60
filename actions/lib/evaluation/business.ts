// Business metrics: what the answers are worth, in the team's own unit. A declared expression gives each row a value and,
// where asked, a share of what it is divided by; from then on it is a metric like any other.
import { influenceOfMean } from '#lib/evaluation/influence.ts';
import {
  type BusinessValues,
  type Metric,
  type MetricTask,
  meanMeasure,
  type Sample,
  weightedSum,
} from '#lib/evaluation/metric.ts';

/** What model.yaml says about one. */
export interface BusinessDeclaration {
  readonly name: string;
  /** SQL over a row; so is `per`, whose sum divides that of the values. One row when absent. */
  readonly value: string;
  readonly per?: string | undefined;
  /** Such as EUR. */
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly meaning?: string | undefined;
}

/** The metric of a declaration: the sum of the values over the sum of what they are divided by, or their mean. */
export function businessMetric(task: MetricTask, declared: BusinessDeclaration): Metric {
  const { name, unit, better, value, per } = declared;
  const valuesOf = (sample: Sample): BusinessValues => {
    const found = sample.business?.get(name);
    if (!found) throw new Error(`${name} was not evaluated on these rows`);
    return found;
  };
  return {
    ...{ name, task, better },
    unit: { written: unit },
    meaning:
      declared.meaning ??
      `Sum of ${value}, ${per === undefined ? 'per row' : `divided by the sum of ${per}`}.`,
    applies: sample => sample.business?.has(name) === true,
    prepare: sample => {
      const values = valuesOf(sample);
      if (!values.per) return meanMeasure(values.value);
      const divisor = values.per;
      return counts => divide(weightedSum(values.value, counts), weightedSum(divisor, counts));
    },
    influence: sample => influenceOfRatio(valuesOf(sample)),
  };
}

/** Undefined without anything to divide by. */
function divide(sum: number, by: number): number {
  return by === 0 ? Number.NaN : sum / by;
}

/** By the delta method (W. G. Cochran, Sampling Techniques, 1977, 6.3): each row's distance from the ratio. */
function influenceOfRatio({ value, per }: BusinessValues): Float64Array {
  if (!per) return influenceOfMean(value);
  const n = value.length;
  const divisor = per.reduce((sum, one) => sum + one, 0);
  const ratio = value.reduce((sum, one) => sum + one, 0) / divisor;
  const scale = (n / divisor) * Math.sqrt(n / (n - 1));
  return value.map((one, row) => (one - ratio * (per[row] ?? 0)) * scale);
}
