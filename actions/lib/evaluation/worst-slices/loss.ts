// What one row costs, for a search that averages over rows: metrics of rankings have no value of a row, so the nearest
// thing that has one stands in for them.
import type { Metric, Sample } from '#lib/evaluation/metric.ts';

/**
 * Lower is better. Amounts: the absolute error for mae and its like, else the squared one. Answers: 1 for a wrong one.
 * Probabilities and rankings: the squared distance from what happened, which no single row can dominate.
 */
export function lossPerRow(sample: Sample, { name, task }: Pick<Metric, 'name' | 'task'>): Float64Array {
  const { truth, prediction, threshold } = sample;
  const each = (loss: (truth: number, prediction: number) => number): Float64Array =>
    truth.map((value, row) => loss(value, prediction[row] ?? Number.NaN));
  if (task === 'regression') {
    if (squared.has(name)) return each((value, amount) => (amount - value) ** 2);
    return each((value, amount) => Math.abs(amount - value));
  }
  if (task === 'multiclass-classification') return each((value, answer) => Number(value !== answer));
  if (scored.has(name)) return each((value, score) => (score - value) ** 2);
  return each((value, score) => Number(Number(score >= threshold) !== value));
}

const squared = new Set(['rmse', 'r2']);
const scored = new Set(['roc_auc', 'pr_auc', 'ks', 'lift', 'log_loss', 'brier', 'ece']);
