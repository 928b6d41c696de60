// Evaluation: the metrics of predictions on the test rows, each with n and a 95 % interval, beside the trivial model's.
import { z } from 'zod';
import type { BusinessDeclaration } from '#lib/evaluation/business.ts';
import { compare, comparisonSchema, correctVerdicts } from '#lib/evaluation/comparison.ts';
import { confusionSchema, confusionTable } from '#lib/evaluation/confusion.ts';
import type { BusinessValues, Classes, Metric, Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { reliabilityBinSchema, reliabilityBins } from '#lib/evaluation/reliability.ts';
import { bootstrap, percentileInterval, type WeightedStatistic } from '#lib/stats/bootstrap.ts';
import { roundSignificant } from '#lib/stats/round.ts';

const intervalSchema = z.tuple([z.number(), z.number()]).nullable();

export const metricValueSchema = z.strictObject({
  metric: z.string(),
  unit: z.string(),
  better: z.enum(['lower', 'higher']),
  /** null = undefined on these rows, such as a precision without positive answers. */
  value: z.number().nullable(),
  ci95: intervalSchema,
  trivial: z.number().nullable(),
});

/** Against the champion on the rows of a slice; the verdict is corrected for the number of slices looked at. */
const sliceChangeSchema = comparisonSchema.pick({
  ...{ reference: true, difference: true, ci95: true, p: true, verdict: true },
});

export const sliceSchema = z.strictObject({
  column: z.string(),
  value: z.string(),
  n: z.number(),
  metric: z.string(),
  measured: z.number().nullable(),
  ci95: intervalSchema,
  /** Null without a champion. */
  change: sliceChangeSchema.nullable(),
});

export const evaluationSchema = z.strictObject({
  n: z.number(),
  positives: z.number().nullable(),
  metrics: z.array(metricValueSchema).readonly(),
  slices: z.array(sliceSchema).readonly(),
  reliability: z.array(reliabilityBinSchema).readonly(),
  /** Null for amounts. */
  confusion: confusionSchema.nullable(),
});

export type MetricValue = Readonly<z.output<typeof metricValueSchema>>;
export type Slice = Readonly<z.output<typeof sliceSchema>>;
export type Evaluation = Readonly<z.output<typeof evaluationSchema>>;

export interface EvaluateOptions {
  readonly task: Metric['task'];
  /** The unit of the target, shown with metrics that share it. */
  readonly unit?: string | undefined;
  readonly primary: string;
  /** Of a sample that holds their values. */
  readonly business?: readonly BusinessDeclaration[] | undefined;
  /** The positive word (binary). */
  readonly positive?: string | undefined;
  /** Per slice column the text of each row. */
  readonly slices?: ReadonlyMap<string, readonly string[]>;
  /** The champion on the same rows, for the slices. */
  readonly reference?: Sample | undefined;
  readonly resamples?: number;
}

/** Evaluates predictions and those of the trivial model on the same rows. */
export function evaluate(sample: Sample, trivial: Sample, options: EvaluateOptions): Evaluation {
  const metrics = metricsOf(options.task, options.business).filter(
    metric => metric.applies?.(sample) ?? true,
  );
  const primary = metrics.find(metric => metric.name === options.primary);
  return {
    n: sample.truth.length,
    positives:
      options.task === 'binary-classification' ? sample.truth.reduce((sum, truth) => sum + truth, 0) : null,
    metrics: measureAll(metrics, sample, options).map((measured, index) => ({
      ...measured,
      trivial: finite(once(metrics[index]?.prepare(trivial), sample.truth.length)),
    })),
    slices: primary ? evaluateSlices(primary, sample, options) : [],
    reliability: reliabilityBins(sample, options.task),
    confusion: confusionTable(sample, options.task, options.positive),
  };
}

/** Each metric's value and 95 % interval; all bootstrap intervals come from the same resamples. */
export function measureAll(
  metrics: readonly Metric[],
  sample: Sample,
  { unit, resamples = 2000 }: Pick<EvaluateOptions, 'unit' | 'resamples'>,
): readonly Omit<MetricValue, 'trivial'>[] {
  const measures = metrics.map(metric => metric.prepare(sample));
  const needed = metrics.map(
    (metric, index): WeightedStatistic => (metric.interval ? () => 0 : (measures[index] ?? (() => 0))),
  );
  const replicates = bootstrap(sample.truth.length, needed, { resamples });
  return metrics.map((metric, index) => {
    const value = finite(once(measures[index], sample.truth.length));
    const interval = metric.interval?.(sample) ?? percentileInterval(replicates[index] ?? new Float64Array());
    return {
      metric: metric.name,
      unit: unitText(metric, unit),
      better: metric.better,
      value,
      ci95:
        value === null || !interval ? null : [roundSignificant(interval[0]), roundSignificant(interval[1])],
    };
  });
}

/** Slices with fewer rows than this say too little to be shown. */
const SMALLEST_SLICE = 30;

function evaluateSlices(primary: Metric, sample: Sample, options: EvaluateOptions): readonly Slice[] {
  const slices = [...(options.slices ?? new Map<string, readonly string[]>())].flatMap(([column, texts]) =>
    [...new Set(texts)].sort().flatMap((text): readonly Slice[] => {
      const rows = texts.flatMap((candidate, row) => (candidate === text ? [row] : []));
      if (rows.length < SMALLEST_SLICE) return [];
      const part = selectSample(sample, rows);
      const [measured] = measureAll([primary], part, options);
      if (!measured) return [];
      const { value, ci95 } = measured;
      const change = options.reference
        ? changeOn(primary, part, selectSample(options.reference, rows))
        : null;
      return [{ column, value: text, n: rows.length, metric: primary.name, measured: value, ci95, change }];
    }),
  );
  const changes = correctVerdicts(slices.flatMap(({ change }) => change ?? []));
  let next = 0;
  return slices.map(slice => (slice.change ? { ...slice, change: changes[next++] ?? null } : slice));
}

function changeOn(primary: Metric, sample: Sample, champion: Sample): Slice['change'] {
  const found = compare(primary, { sample, reference: champion });
  if (!found) return null;
  const { reference, difference, ci95, p, verdict } = found;
  return { reference, difference, ci95, p, verdict };
}

/** The sample of some rows. */
export function selectSample(sample: Sample, rows: readonly number[]): Sample {
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(rows, row => values[row] ?? Number.NaN);
  const { classes, business } = sample;
  return {
    ...sample,
    truth: pick(sample.truth),
    prediction: pick(sample.prediction),
    ...(classes ? { classes: { ...classes, probabilities: pickLines(classes, rows) } } : {}),
    ...(business ? { business: pickBusiness(business, pick) } : {}),
  };
}

function pickBusiness(
  business: ReadonlyMap<string, BusinessValues>,
  pick: (values: Float64Array) => Float64Array,
): ReadonlyMap<string, BusinessValues> {
  return new Map(
    [...business].map(([name, { value, per }]) => [name, { value: pick(value), per: per && pick(per) }]),
  );
}

function pickLines({ names, probabilities }: Classes, rows: readonly number[]): Float64Array {
  const width = names.length;
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, place) => {
    picked.set(probabilities.subarray(row * width, (row + 1) * width), place * width);
  });
  return picked;
}

/** How a metric's unit is written: as declared, or the target's own unit where the metric shares it. */
export function unitText(metric: Metric, targetUnit: string | undefined): string {
  if (typeof metric.unit === 'object') return metric.unit.written;
  if (metric.unit === 'target') return targetUnit ?? '';
  return metric.unit;
}

function once(measure: ((counts: Float64Array) => number) | undefined, n: number): number {
  return measure ? measure(new Float64Array(n).fill(1)) : Number.NaN;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? roundSignificant(value) : null;
}
