// Two models on the same rows: the difference with a paired interval, and what it says.
import { z } from 'zod';
import type { Metric, Sample } from '#lib/evaluation/metric.ts';
import { bootstrap, percentileInterval } from '#lib/stats/bootstrap.ts';
import { roundSignificant } from '#lib/stats/round.ts';

export const comparisonVerdictSchema = z.enum(['better', 'not worse', 'worse', "can't tell"]);

export const comparisonSchema = z.strictObject({
  metric: z.string(),
  /** The other model's value on these rows. */
  reference: z.number(),
  /** This model's value minus the other's, in the unit of the metric. */
  difference: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
  /** How much worse still counts as not worse, in the unit of the metric. */
  margin: z.number(),
  verdict: comparisonVerdictSchema,
  n: z.number(),
});

export type Comparison = Readonly<z.output<typeof comparisonSchema>>;

/** Relative to the other model's value, or in the unit of the metric. */
export interface Margin {
  readonly relative?: number | undefined;
  readonly absolute?: number | undefined;
}

/**
 * Compares on one metric by a paired bootstrap (both models see the same resampled rows).
 * better: the whole interval is on the good side of no difference; not worse: nowhere worse than the margin;
 * worse: everywhere worse than the margin; else can't tell.
 * @returns undefined when the metric is undefined on these rows.
 */
export function compare(
  metric: Metric,
  { sample, reference }: { readonly sample: Sample; readonly reference: Sample },
  { margin = {}, resamples = 2000 }: { readonly margin?: Margin; readonly resamples?: number } = {},
): Comparison | undefined {
  const n = sample.truth.length;
  const measures = [metric.prepare(sample), metric.prepare(reference)] as const;
  const all = new Float64Array(n).fill(1);
  const [value, other] = [measures[0](all), measures[1](all)];
  const interval = percentileInterval(
    bootstrap(n, [counts => measures[0](counts) - measures[1](counts)], { resamples })[0] ??
      new Float64Array(),
  );
  if (!Number.isFinite(value - other) || !interval) return undefined;
  const absolute = margin.absolute ?? Math.abs(other) * (margin.relative ?? 0);
  return {
    metric: metric.name,
    reference: roundSignificant(other),
    difference: roundSignificant(value - other),
    ci95: [roundSignificant(interval[0]), roundSignificant(interval[1])],
    margin: roundSignificant(absolute),
    verdict: judge(metric.better === 'higher' ? interval : [-interval[1], -interval[0]], absolute),
    n,
  };
}

function judge([lower, upper]: readonly [number, number], margin: number): Comparison['verdict'] {
  if (lower > 0) return 'better';
  if (lower >= -margin) return 'not worse';
  if (upper < -margin) return 'worse';
  return "can't tell";
}
