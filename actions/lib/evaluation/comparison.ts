// Two models on the same rows: the difference with a paired interval, and what it says.
import { z } from 'zod';
import {
  differenceOf,
  intervalAround,
  pValueOf,
  type Uncertainty,
  uncertaintyOf,
} from '#lib/evaluation/influence.ts';
import { influenceOn, type Measure, type Metric, type Sample } from '#lib/evaluation/metric.ts';
import { redraw } from '#lib/evaluation/redraw.ts';
import { holm } from '#lib/stats/corrections.ts';
import type { Interval } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';

export const comparisonVerdictSchema = z.enum(['better', 'not worse', 'worse', "can't tell"]);

export const comparisonSchema = z.strictObject({
  metric: z.string(),
  /** The other model's value on these rows. */
  reference: z.number(),
  /** This model's value minus the other's, in the unit of the metric. */
  difference: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
  /** Of no difference, two-sided. */
  p: z.number(),
  /** How much worse still counts as not worse, in the unit of the metric. */
  margin: z.number(),
  verdict: comparisonVerdictSchema,
  n: z.number(),
  /** About how many rows would tell, if the difference stays as it is; null where it is told, or no number would. */
  rowsToTell: z.number().nullable(),
});

export type Comparison = Readonly<z.output<typeof comparisonSchema>>;

/** Relative to the other model's value, or in the unit of the metric. */
export interface Margin {
  readonly relative?: number | undefined;
  readonly absolute?: number | undefined;
}

interface Pair {
  readonly sample: Sample;
  readonly reference: Sample;
}

/**
 * Compares on one metric, paired by rows: by how much each row moves the difference where the metric has a formula for
 * that (the paired t test of means, DeLong's test of areas), else by rows drawn again.
 * better: the whole interval is on the good side of no difference; not worse: nowhere worse than the margin;
 * worse: everywhere worse than the margin; else can't tell.
 * @returns undefined when the metric is undefined on these rows, or so few decide it that nobody can know how it varies.
 */
export function compare(
  metric: Metric,
  pair: Pair,
  { margin = {}, resamples = 2000 }: { readonly margin?: Margin; readonly resamples?: number } = {},
): Comparison | undefined {
  const n = pair.sample.truth.length;
  if (decidingRows(metric, pair) < FEWEST_DECIDING) return undefined;
  const measures = [metric.prepare(pair.sample), metric.prepare(pair.reference)] as const;
  const all = new Float64Array(n).fill(1);
  const [value, other] = [measures[0](all), measures[1](all)];
  const difference = value - other;
  if (!Number.isFinite(difference)) return undefined;
  const uncertainty = byInfluence(metric, pair) ?? byResampling(measures, { pair, resamples });
  if (!uncertainty) return undefined;
  const interval = clipped(intervalAround(difference, uncertainty), metric);
  const absolute = margin.absolute ?? Math.abs(other) * (margin.relative ?? 0);
  const gain = metric.better === 'higher' ? difference : -difference;
  const gains: Interval = metric.better === 'higher' ? interval : [-interval[1], -interval[0]];
  const verdict = judge(gains, absolute);
  return {
    metric: metric.name,
    reference: roundSignificant(other),
    difference: roundSignificant(difference),
    ci95: [roundSignificant(interval[0]), roundSignificant(interval[1])],
    p: roundSignificant(pValueOf(difference, uncertainty), 4),
    margin: roundSignificant(absolute),
    verdict,
    n,
    rowsToTell:
      verdict === "can't tell" ? rowsToTell(n, { gain, margin: absolute, half: gain - gains[0] }) : null,
  };
}

/** With fewer, two equal models differ by more than any formula says: in a quarter of the cases with one, a twentieth with two. */
const FEWEST_DECIDING = 5;

/** For two classes the rows of the class, or of the answers, that has fewest. */
function decidingRows({ scarcest, task }: Metric, { sample, reference }: Pair): number {
  const n = sample.truth.length;
  if (!scarcest || task !== 'binary-classification') return n;
  return Math.min(n, scarcest(sample), scarcest(reference));
}

/** A difference of two values cannot be wider than their range. */
function clipped([lower, upper]: Interval, { range }: Metric): Interval {
  const [least, most] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const widest = most - least;
  return [Math.max(-widest, lower), Math.min(widest, upper)];
}

/** Of many that were looked at: a difference counts only where it would by chance in none of them (S. Holm, 1979). */
export function correctVerdicts<One extends Pick<Comparison, 'p' | 'difference' | 'verdict'>>(
  all: readonly One[],
): readonly One[] {
  const looked = [...new Set(all.map(keyOf))];
  const first = looked.map(key => all.find(one => keyOf(one) === key)?.p ?? 1);
  const { reject } = holm(first);
  return all.map(one =>
    reject[looked.indexOf(keyOf(one))] || (one.verdict !== 'better' && one.verdict !== 'worse')
      ? one
      : { ...one, verdict: "can't tell" as const },
  );
}

/** Metrics that coincide ask one question: the accuracy and the micro average of F1, say. */
function keyOf({ p, difference }: Pick<Comparison, 'p' | 'difference'>): string {
  return `${p} ${Math.abs(difference)}`;
}

function judge([lower, upper]: Interval, margin: number): Comparison['verdict'] {
  if (lower > 0) return 'better';
  if (lower >= -margin) return 'not worse';
  if (upper < -margin) return 'worse';
  return "can't tell";
}

function byInfluence(metric: Metric, { sample, reference }: Pair): Uncertainty | undefined {
  const [own, other] = [influenceOn(metric, sample), influenceOn(metric, reference)];
  if (!own || !other) return undefined;
  const uncertainty = uncertaintyOf(differenceOf(own, other));
  if (!Number.isFinite(uncertainty.standardError)) return undefined;
  const { scarcest } = metric;
  const rows = scarcest ? Math.min(scarcest(sample), scarcest(reference)) : Number.POSITIVE_INFINITY;
  return { ...uncertainty, df: Math.max(1, Math.min(uncertainty.df, rows - 1)) };
}

/** Undefined when the metric is undefined in more than half of the draws. */
function byResampling(
  measures: readonly [Measure, Measure],
  { pair, resamples }: { readonly pair: Pair; readonly resamples: number },
): Uncertainty | undefined {
  const difference = (counts: Float64Array): number => measures[0](counts) - measures[1](counts);
  const drawn = redraw([pair.sample, pair.reference], [difference], resamples)[0] ?? new Float64Array();
  const defined = drawn.filter(value => Number.isFinite(value));
  if (defined.length * 2 < drawn.length) return undefined;
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { standardError: Math.sqrt(squares / (defined.length - 1)), df: rowsThatDecide(pair.sample) - 1 };
}

/** The smallest class that occurs decides how well anything is known. */
function rowsThatDecide({ truth, classes }: Sample): number {
  if (classes) {
    const times = classes.names.map((_, k) => truth.reduce((sum, one) => sum + (one === k ? 1 : 0), 0));
    return Math.max(2, Math.min(...times.filter(count => count > 0)));
  }
  const positives = truth.reduce((sum, value) => sum + (value === 1 ? 1 : 0), 0);
  const isBinary = truth.every(value => value === 0 || value === 1);
  return Math.max(2, isBinary ? Math.min(positives, truth.length - positives) : truth.length);
}

const MOST_ROWS = 1e9;

/** The interval shrinks with the root of the rows; it must come to lie on one side of the nearer border. */
function rowsToTell(
  n: number,
  { gain, margin, half }: { readonly gain: number; readonly margin: number; readonly half: number },
): number | null {
  const rows = n * (half / (gain + margin)) ** 2;
  if (!(rows < MOST_ROWS)) return null;
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return Math.ceil(rows / digits) * digits;
}
