// Evaluation: the metrics of predictions on the test rows, each with n and a 95 % interval, beside the trivial model's.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import type { BusinessDeclaration } from '#lib/evaluation/business.ts';
import { compare, comparisonSchema, correctVerdicts } from '#lib/evaluation/comparison.ts';
import { confusionSchema, confusionTable } from '#lib/evaluation/confusion.ts';
import { intervalAround, uncertaintyOf } from '#lib/evaluation/influence.ts';
import { influenceOn, MANY_ROWS, type Metric, type Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { redraw } from '#lib/evaluation/redraw.ts';
import { reliabilityBinSchema, reliabilityBins } from '#lib/evaluation/reliability.ts';
import { selectSample } from '#lib/evaluation/select.ts';
import { percentileInterval } from '#lib/stats/bootstrap.ts';
import type { Interval } from '#lib/stats/interval.ts';
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
  const all = new Float64Array(sample.truth.length).fill(1);
  return {
    n: sample.truth.length,
    positives:
      options.task === 'binary-classification' ? sample.truth.reduce((sum, truth) => sum + truth, 0) : null,
    metrics: measureAll(metrics, sample, options).map((measured, index) => ({
      ...measured,
      trivial: finite(metrics[index]?.prepare(trivial)(all) ?? Number.NaN),
    })),
    slices: primary ? evaluateSlices(primary, sample, options) : [],
    reliability: reliabilityBins(sample, options.task),
    confusion: confusionTable(sample, options.task, options.positive),
  };
}

/**
 * Each metric's value and 95 % interval: analytic where there is a good one, by the influence of rows where these are many,
 * else from resamples that all metrics share.
 */
export function measureAll(
  metrics: readonly Metric[],
  sample: Sample,
  { unit, resamples = 2000 }: Pick<EvaluateOptions, 'unit' | 'resamples'>,
): readonly Omit<MetricValue, 'trivial'>[] {
  const n = sample.truth.length;
  const all = new Float64Array(n).fill(1);
  const found = metrics.map(metric => {
    const value = metric.prepare(sample)(all);
    return { metric, value, interval: intervalOf(metric, sample, value) };
  });
  const undrawn = found.flatMap(({ metric, value, interval }) =>
    interval || !Number.isFinite(value) ? [] : [metric],
  );
  const drawn = drawIntervals(undrawn, sample, resamples);
  return found.map(({ metric, value, interval = drawn.get(metric) }) => ({
    metric: metric.name,
    unit: unitText(metric, unit),
    better: metric.better,
    value: finite(value),
    ci95:
      Number.isFinite(value) && interval
        ? [roundSignificant(interval[0]), roundSignificant(interval[1])]
        : null,
  }));
}

/** Undefined where rows have to be drawn. */
function intervalOf(metric: Metric, sample: Sample, value: number): Interval | undefined {
  const analytic = metric.interval?.(sample);
  if (analytic || sample.truth.length < MANY_ROWS || !Number.isFinite(value)) return analytic;
  const influence = influenceOn(metric, sample);
  if (!influence) return undefined;
  const uncertainty = uncertaintyOf(influence);
  if (!Number.isFinite(uncertainty.standardError)) return undefined;
  const [lower, upper] = intervalAround(value, uncertainty);
  const { range: [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] } = metric;
  return [Math.max(least, lower), Math.min(most, upper)];
}

function drawIntervals(
  metrics: readonly Metric[],
  sample: Sample,
  resamples: number,
): ReadonlyMap<Metric, Interval | undefined> {
  if (metrics.length === 0) return new Map();
  const measures = metrics.map(metric => metric.prepare(sample));
  const replicates = redraw([sample], measures, resamples);
  return new Map(
    metrics.map((metric, i) => [metric, percentileInterval(replicates[i] ?? new Float64Array())]),
  );
}

/** Slices with fewer rows than this say too little to be shown. */
const SMALLEST_SLICE = 30;

function evaluateSlices(primary: Metric, sample: Sample, options: EvaluateOptions): readonly Slice[] {
  const slices = [...(options.slices ?? new Map<string, readonly string[]>())].flatMap(([column, texts]) =>
    rowsByText(texts).flatMap(([text, rows]): readonly Slice[] => {
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

/** The rows of each text, texts in order. */
function rowsByText(texts: readonly string[]): readonly (readonly [string, readonly number[]])[] {
  const found = new Map<string, number[]>();
  for (const [row, text] of texts.entries()) {
    const rows = found.get(text);
    if (rows) rows.push(row);
    else found.set(text, [row]);
  }
  return [...found].sort(([a], [b]) => compareText(a, b));
}

function changeOn(primary: Metric, sample: Sample, champion: Sample): Slice['change'] {
  const found = compare(primary, { sample, reference: champion });
  if (!found) return null;
  const { reference, difference, ci95, p, verdict } = found;
  return { reference, difference, ci95, p, verdict };
}

/** How a metric's unit is written: as declared, or the target's own unit where the metric shares it. */
export function unitText(metric: Metric, targetUnit: string | undefined): string {
  if (typeof metric.unit === 'object') return metric.unit.written;
  if (metric.unit === 'target') return targetUnit ?? '';
  return metric.unit;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? roundSignificant(value) : null;
}
