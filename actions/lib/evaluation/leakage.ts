// Leakage: signs that the test rows, or the answer itself, were visible in training.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import type { MetricTask } from '#lib/evaluation/metric.ts';
import { rocAuc } from '#lib/evaluation/metrics/ranking.ts';
import { quantileOfSorted } from '#lib/stats/bootstrap.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import type { Column, Table } from '#lib/tables/table.ts';

export const leakageSchema = z.strictObject({
  /** Test rows equal to a training row in every feature and the target; the share leaves out what chance explains. */
  duplicates: z.strictObject({ rows: z.number(), share: z.number(), limit: z.number() }),
  /** How well each feature alone predicts the target, strongest first: |2 AUC - 1| or R2, 0 to 1. */
  strongest: z.array(z.strictObject({ feature: z.string(), strength: z.number() })).readonly(),
  limit: z.number(),
  passed: z.boolean(),
  reasons: z.array(z.string()).readonly(),
});

export type Leakage = Readonly<z.output<typeof leakageSchema>>;

export interface LeakageInput {
  readonly training: Table;
  readonly trainingTarget: Float64Array;
  readonly test: Table;
  readonly testTarget: Float64Array;
  readonly task: MetricTask;
}

/** A few equal rows happen by chance; more means that the split let rows through. */
const DUPLICATE_SHARE_LIMIT = 0.01;
/** No honest single feature predicts a target this well. */
const STRENGTH_LIMIT = 0.98;
const BINS = 50;

/** Looks for duplicate rows across the split and for features that give the target away. */
export function checkLeakage(input: LeakageInput): Leakage {
  const { rows, share } = findDuplicates(input);
  const strongest = input.training.columns
    .map(column => ({ feature: column.name, strength: roundSignificant(featureStrength(column, input), 4) }))
    .sort((a, b) => b.strength - a.strength || compareText(a.feature, b.feature));
  const giveaways = strongest.filter(({ strength }) => strength > STRENGTH_LIMIT);
  const reasons = [
    ...(share > DUPLICATE_SHARE_LIMIT ? [duplicateReason(rows, share)] : []),
    ...giveaways.map(
      ({ feature, strength }) =>
        `"${feature}" alone predicts the target almost perfectly (${strength} of 1): is it known before the answer is?`,
    ),
  ];
  return {
    duplicates: { rows, share: roundSignificant(share, 4), limit: DUPLICATE_SHARE_LIMIT },
    strongest: strongest.slice(0, 5),
    limit: STRENGTH_LIMIT,
    passed: reasons.length === 0,
    reasons,
  };
}

function duplicateReason(rows: number, share: number): string {
  const copies =
    rows === 1 ? '1 test row is a copy of a training row' : `${rows} test rows are copies of training rows`;
  return `${copies} (${(share * 100).toFixed(1)} % more than chance): split by a key that keeps them together`;
}

/**
 * Test rows with a twin in training. An amount that is equal to the last digit is a copy. A label is equal by chance
 * too, above all where a few categories make equal features common: only agreement beyond the sum of the squared shares of
 * the labels counts.
 */
function findDuplicates(input: LeakageInput): { readonly rows: number; readonly share: number } {
  const { training, trainingTarget, test, testTarget, task } = input;
  const seen = new Map<string, number[]>();
  for (let row = 0; row < training.rows; row++) {
    const text = rowText(training, row);
    const targets = seen.get(text);
    if (targets) targets.push(trainingTarget[row] ?? Number.NaN);
    else seen.set(text, [trainingTarget[row] ?? Number.NaN]);
  }
  let [twins, rows, agreement] = [0, 0, 0];
  for (let row = 0; row < test.rows; row++) {
    const targets = seen.get(rowText(test, row)) ?? [];
    const equal = targets.filter(target => target === testTarget[row]).length;
    if (targets.length > 0) twins += 1;
    if (equal > 0) rows += 1;
    agreement += equal / Math.max(1, targets.length);
  }
  if (task === 'regression') return { rows, share: rows / Math.max(1, test.rows) };
  const chance = sharesOf(trainingTarget).reduce((sum, share) => sum + share * share, 0);
  const copied = chance === 1 ? 0 : Math.max(0, (agreement - chance * twins) / (1 - chance));
  return { rows, share: copied / Math.max(1, test.rows) };
}

function sharesOf(labels: Float64Array): readonly number[] {
  const times = new Map<number, number>();
  for (const label of labels) times.set(label, (times.get(label) ?? 0) + 1);
  return [...times.values()].map(count => count / labels.length);
}

function rowText(table: Table, row: number): string {
  return JSON.stringify(table.columns.map(column => String(column.values[row])));
}

/** Among several classes the mean over those that occur in the test rows, each against all others. */
function featureStrength(column: Column, input: LeakageInput): number {
  if (input.task !== 'multiclass-classification') return strengthOf(column, input);
  const occurring = [...new Set(input.testTarget)];
  const strengths = occurring.map(k => {
    const isIt = (one: number): number => (one === k ? 1 : 0);
    const [trainingTarget, testTarget] = [input.trainingTarget.map(isIt), input.testTarget.map(isIt)];
    return strengthOf(column, { ...input, task: 'binary-classification', trainingTarget, testTarget });
  });
  return strengths.reduce((sum, one) => sum + one, 0) / Math.max(1, strengths.length);
}

/** Fits the mean of the target per bin on training rows and scores it on test rows. */
function strengthOf(column: Column, { trainingTarget, test, testTarget, task }: LeakageInput): number {
  const other = test.columns.find(candidate => candidate.name === column.name);
  if (!other) return 0;
  const bin = binner(column);
  const overall = mean(trainingTarget);
  const sums = new Map<string, { sum: number; n: number }>();
  trainingTarget.forEach((target, row) => {
    const key = bin(column.values[row]);
    const cell = sums.get(key) ?? { sum: 0, n: 0 };
    sums.set(key, { sum: cell.sum + target, n: cell.n + 1 });
  });
  const prediction = testTarget.map((_, row) => {
    const cell = sums.get(bin(other.values[row]));
    return cell ? (cell.sum + overall) / (cell.n + 1) : overall;
  });
  return task === 'regression' ? explained(testTarget, prediction) : separation(testTarget, prediction);
}

function binner(column: Column): (value: string | number | undefined) => string {
  if (column.kind === 'string') return value => String(value);
  const sorted = column.values.filter(value => !Number.isNaN(value)).sort();
  const edges = Array.from({ length: BINS - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) / BINS));
  return value => {
    const number = Number(value);
    return Number.isNaN(number) ? 'missing' : String(edges.findLastIndex(edge => number >= edge));
  };
}

function explained(truth: Float64Array, prediction: Float64Array): number {
  const centre = mean(truth);
  let [errors, variation] = [0, 0];
  truth.forEach((value, row) => {
    errors += (value - (prediction[row] ?? 0)) ** 2;
    variation += (value - centre) ** 2;
  });
  return variation > 0 ? Math.max(0, 1 - errors / variation) : 0;
}

function separation(truth: Float64Array, prediction: Float64Array): number {
  const sample = { truth, prediction, threshold: 0.5, tolerance: undefined };
  const area = rocAuc.prepare(sample)(new Float64Array(truth.length).fill(1));
  return Number.isNaN(area) ? 0 : Math.abs(2 * area - 1);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
