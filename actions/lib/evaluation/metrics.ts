// The registry of metrics, in the order reports show them.
import type { Metric } from '#lib/evaluation/metric.ts';
import { accuracy, f1, precision, recall } from '#lib/evaluation/metrics/decision.ts';
import { brier, logLoss } from '#lib/evaluation/metrics/probability.ts';
import { prAuc, rocAuc } from '#lib/evaluation/metrics/ranking.ts';
import { mae, mape, r2, rmse, withinTolerance } from '#lib/evaluation/metrics/regression.ts';

const all: readonly Metric[] = [
  rmse,
  mae,
  r2,
  mape,
  withinTolerance,
  rocAuc,
  prAuc,
  logLoss,
  brier,
  accuracy,
  precision,
  recall,
  f1,
];

/** The metrics of a task, in report order. */
export function metricsOf(task: Metric['task']): readonly Metric[] {
  return all.filter(metric => metric.task === task);
}

/** The metric of that name and task, or undefined. */
export function findMetric(task: Metric['task'], name: string): Metric | undefined {
  return metricsOf(task).find(metric => metric.name === name);
}
