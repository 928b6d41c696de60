// What a rule for the threshold wants, and which step of the ladder it takes.

import type { Metric, Sample } from '#lib/evaluation/metric.ts';
import {
  accuracy,
  balancedAccuracy,
  type Confusion,
  cost,
  f1,
  falsePositiveRate,
  fBeta,
  mcc,
  precision,
  recall,
} from '#lib/evaluation/metrics/decision.ts';
import { cellsAt, type Ladder, type Steps } from '#lib/evaluation/threshold/ladder.ts';

/** As model.yaml declares it: exactly one of these. */
export interface ThresholdRule {
  readonly maximise?: 'f1' | 'f_beta' | 'mcc' | 'balanced_accuracy' | 'accuracy' | undefined;
  readonly minimise?: 'cost' | undefined;
  readonly recallAtLeast?: number | undefined;
  readonly precisionAtLeast?: number | undefined;
  readonly falsePositiveRateAtMost?: number | undefined;
}

export interface Objective {
  readonly metric: Metric;
  /** The value that must be kept; null where the metric is made as good as can be. */
  readonly limit: number | null;
  /** The metric from the four cells; NaN where undefined. */
  readonly measured: (cells: Confusion) => number;
}

const optimised = [f1, fBeta, mcc, balancedAccuracy, accuracy, cost];

/** Undefined for a rule that declares nothing. */
export function objectiveOf(rule: ThresholdRule, sample: Sample): Objective | undefined {
  const limits = [
    { metric: recall, limit: rule.recallAtLeast },
    { metric: precision, limit: rule.precisionAtLeast },
    { metric: falsePositiveRate, limit: rule.falsePositiveRateAtMost },
  ];
  const limited = limits.find(({ limit }) => limit !== undefined);
  const metric = limited?.metric ?? optimised.find(({ name }) => name === (rule.maximise ?? rule.minimise));
  return metric && { metric, limit: limited?.limit ?? null, measured: ofCells(metric, sample) };
}

/** One row for each cell, counted as often as the cell holds rows: so there is one definition of every metric. */
function ofCells(metric: Metric, sample: Sample): (cells: Confusion) => number {
  const measure = metric.prepare({
    ...sample,
    truth: Float64Array.of(1, 0, 1, 0),
    prediction: Float64Array.of(1, 1, 0, 0),
    threshold: 0.5,
  });
  return ({ truePositives, falsePositives, falseNegatives, trueNegatives }) =>
    measure(Float64Array.of(truePositives, falsePositives, falseNegatives, trueNegatives));
}

/** Whether a value is within the limit. */
export function isKept({ metric, limit }: Objective, value: number): boolean {
  if (limit === null) return true;
  return metric.better === 'higher' ? value >= limit : value <= limit;
}

/**
 * The step the rule takes. Best value: of equal ones the nearest to the declared threshold. Limit: of the steps that
 * keep it the one that flags least for recall; for the others the one that finds most, of equal ones with fewest false
 * alarms. What flags the same rows as the declared threshold is the declared threshold.
 * @returns undefined when no step keeps the limit, or the metric is defined on none.
 */
export function choose(ladder: Ladder, steps: Steps, objective: Objective): number | undefined {
  const values = ladder.thresholds.map((_, step) => objective.measured(cellsAt(steps, step)));
  const chosen =
    objective.limit === null ? bestStep(ladder, values, objective) : keptStep(steps, values, objective);
  if (chosen === undefined) return undefined;
  return ladder.flagged[chosen] === ladder.flagged[ladder.declared] ? ladder.declared : chosen;
}

function bestStep(ladder: Ladder, values: Float64Array, { metric }: Objective): number | undefined {
  const sign = metric.better === 'higher' ? 1 : -1;
  const declared = ladder.thresholds[ladder.declared] ?? 0;
  const distance = (step: number): number => Math.abs((ladder.thresholds[step] ?? 0) - declared);
  let best: number | undefined;
  values.forEach((value, step) => {
    if (Number.isNaN(value)) return;
    const gain = best === undefined ? 1 : sign * (value - (values[best] ?? 0));
    if (gain > 0 || (gain === 0 && distance(step) < distance(best ?? step))) best = step;
  });
  return best;
}

function keptStep(steps: Steps, values: Float64Array, objective: Objective): number | undefined {
  const found = steps.truePositives;
  const isRecall = objective.metric.name === recall.name;
  let best: number | undefined;
  values.forEach((value, step) => {
    if (Number.isNaN(value) || !isKept(objective, value)) return;
    if (best === undefined || (!isRecall && (found[step] ?? 0) > (found[best] ?? 0))) best = step;
  });
  return best;
}
