// The registry of metrics, in the order reports show them.
import { type BusinessDeclaration, businessMetric } from '#lib/evaluation/business.ts';
import type { Metric } from '#lib/evaluation/metric.ts';
import {
  accuracy,
  balancedAccuracy,
  cohenKappa,
  cost,
  f1,
  falsePositiveRate,
  fBeta,
  mcc,
  precision,
  recall,
} from '#lib/evaluation/metrics/decision.ts';
import * as several from '#lib/evaluation/metrics/multiclass.ts';
import * as severalProbability from '#lib/evaluation/metrics/multiclass-probability.ts';
import { brier, ece, logLoss } from '#lib/evaluation/metrics/probability.ts';
import { ks, lift, prAuc, rocAuc } from '#lib/evaluation/metrics/ranking.ts';
import {
  mae,
  mape,
  maxError,
  medianAe,
  quantileLoss,
  r2,
  rmse,
  withinTolerance,
} from '#lib/evaluation/metrics/regression.ts';

const all: readonly Metric[] = [
  ...[rmse, mae, medianAe, r2, mape, withinTolerance, quantileLoss, maxError],
  ...[rocAuc, prAuc, ks, lift, logLoss, brier, ece],
  ...[accuracy, balancedAccuracy, precision, recall, falsePositiveRate, f1, fBeta, mcc, cohenKappa, cost],
  ...[severalProbability.rocAucMacro, severalProbability.logLoss, severalProbability.brier],
  ...[severalProbability.ece, several.accuracy, several.balancedAccuracy, ...several.averages],
  ...[several.f1Micro, several.mcc, several.cohenKappa],
];

/** The metrics of a task, in report order; first those that the model's owners declared. */
export function metricsOf(
  task: Metric['task'],
  declared: readonly BusinessDeclaration[] = [],
): readonly Metric[] {
  return [...declared.map(one => businessMetric(task, one)), ...all.filter(metric => metric.task === task)];
}

/** The built-in metric of that name and task, or undefined. */
export function findMetric(task: Metric['task'], name: string): Metric | undefined {
  return metricsOf(task).find(metric => metric.name === name);
}
