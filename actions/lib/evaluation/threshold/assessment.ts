// What the declared rule would choose as threshold on these rows, and whether the declared threshold is behind it by more
// than chance. Shown, never applied: a threshold chosen on the test rows would make their metrics too good.
import { z } from 'zod';
import type { Sample } from '#lib/evaluation/metric.ts';
import { behindLimit, chooseAgain } from '#lib/evaluation/threshold/behind.ts';
import { cellsAt, ladderOf, stepsOf } from '#lib/evaluation/threshold/ladder.ts';
import { choose, objectiveOf, type ThresholdRule } from '#lib/evaluation/threshold/objective.ts';
import { pointAt, pointsOf, type Ranked, thresholdPointSchema } from '#lib/evaluation/threshold/points.ts';
import type { Interval } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';

const intervalSchema = z.tuple([z.number(), z.number()]);

export const thresholdAssessmentSchema = z.strictObject({
  /** Of the rule, such as f1 or recall. */
  metric: z.string(),
  better: z.enum(['lower', 'higher']),
  /** What the metric must keep; null where it is made as good as can be. */
  limit: z.number().nullable(),
  declared: thresholdPointSchema,
  /** Null with a reason. */
  chosen: thresholdPointSchema.nullable(),
  /** Where the choice falls when rows are drawn again. */
  ci95: intervalSchema.nullable(),
  /**
   * How far the declared threshold is behind, positive = worse. Behind the choice: measured on rows that had no part in
   * it, so that choosing earns nothing by itself. With a limit: behind the limit.
   */
  behind: z.strictObject({ value: z.number(), ci95: intervalSchema }).nullable(),
  /** The whole interval of `behind` is above 0. */
  isWorse: z.boolean(),
  reason: z.string().nullable(),
  /** Ascending thresholds that find about 10, 20 ... 90 and 95 of 100 positive rows, the declared and the chosen one. */
  points: z.array(thresholdPointSchema).readonly(),
});

export type ThresholdAssessment = Readonly<z.output<typeof thresholdAssessmentSchema>>;

/**
 * @param sample yes-or-no rows with the declared threshold
 * @returns undefined when the rule declares nothing
 */
export function assessThreshold(
  sample: Sample,
  rule: ThresholdRule,
  { seed = 1 }: { readonly seed?: number } = {},
): ThresholdAssessment | undefined {
  const objective = objectiveOf(rule, sample);
  if (!objective) return undefined;
  const ladder = ladderOf(sample);
  const ranked = { ladder, steps: stepsOf(ladder), objective };
  const why = whyNone(sample, ranked);
  const step = why === null ? choose(ladder, ranked.steps, objective) : undefined;
  const chosen = step === undefined ? null : pointAt(ranked, step);
  const again = chosen && chooseAgain(ranked, seed);
  const behind = objective.limit === null ? again?.behind : behindLimit(ranked);
  return {
    metric: objective.metric.name,
    better: objective.metric.better,
    limit: objective.limit,
    declared: pointAt(ranked, ladder.declared),
    chosen,
    ci95: chosen && again ? rounded(widened(again.interval, chosen.threshold)) : null,
    behind: behind ? { value: roundSignificant(behind.value), ci95: rounded(behind.interval) } : null,
    isWorse: behind !== undefined && behind.interval[0] > 0,
    reason: chosen ? null : (why ?? unattainable(ranked)),
    points: pointsOf(ranked, step),
  };
}

function whyNone(sample: Sample, { steps, objective: { metric } }: Ranked): string | null {
  if (!(metric.applies?.(sample) ?? true)) return `what ${metric.name} needs is not declared`;
  return steps.positives === 0 || steps.negatives === 0 ? 'all rows have the same answer' : null;
}

function unattainable({ ladder, steps, objective: { metric, limit, measured } }: Ranked): string {
  const best = ladder.thresholds
    .map((_, step) => measured(cellsAt(steps, step)))
    .filter(value => !Number.isNaN(value))
    .reduce((a, b) => (metric.better === 'higher' ? Math.max(a, b) : Math.min(a, b)));
  return `no threshold keeps ${metric.name} at ${limit}: the best is ${roundSignificant(best, 4)}`;
}

/** The short decimal of a step may lie just outside what the steps span. */
function widened([lower, upper]: Interval, value: number): Interval {
  return [Math.min(lower, value), Math.max(upper, value)];
}

function rounded([lower, upper]: Interval): [number, number] {
  return [roundSignificant(lower), roundSignificant(upper)];
}
