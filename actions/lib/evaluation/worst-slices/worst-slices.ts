// Where the model is worst: a search over parts of the test rows that nobody declared as slices, after Slice Finder
// (Y. Chung and others, ICDE 2019). What it finds is a place to look at, not a fault: cases that are harder for everybody
// are found too, which the comparison with the champion on the same rows tells apart.
import { z } from 'zod';
import { compare, comparisonSchema, correctVerdicts } from '#lib/evaluation/comparison.ts';
import { measureAll } from '#lib/evaluation/evaluation.ts';
import type { Metric, Sample } from '#lib/evaluation/metric.ts';
import { selectSample } from '#lib/evaluation/select.ts';
import { type Candidate, findCandidates, lossesOf } from '#lib/evaluation/worst-slices/candidates.ts';
import { type Conditions, conditionsOf } from '#lib/evaluation/worst-slices/conditions.ts';
import { rowsOf, selectSlices, wordsOf } from '#lib/evaluation/worst-slices/selection.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import type { Table } from '#lib/tables/table.ts';

const changeSchema = comparisonSchema.pick({
  ...{ reference: true, difference: true, ci95: true, p: true, verdict: true },
});

const worstSliceSchema = z.strictObject({
  /** "amount from 5 000 to 12 000 and term = 60"; bands hold their lower end, not their upper one. */
  words: z.string(),
  columns: z.array(z.string()).readonly(),
  n: z.number(),
  value: z.number().nullable(),
  ci95: z.tuple([z.number(), z.number()]).nullable(),
  /** How much larger the loss is than elsewhere, in standard deviations of the loss of all rows. */
  effect: z.number(),
  /** That it is not larger, corrected for every slice looked at. */
  p: z.number(),
  /** Against the champion on these rows, corrected for the slices shown; null without one. */
  change: changeSchema.nullable(),
});

export const worstSlicesSchema = z.strictObject({
  metric: z.string(),
  /** On all rows. */
  overall: z.number().nullable(),
  /** Slices that were looked at. */
  looked: z.number(),
  /** Rows a slice needs to be looked at. */
  smallest: z.number(),
  /** Largest effect first; none where nothing is worse by more than chance. */
  slices: z.array(worstSliceSchema).readonly(),
});

export type WorstSlices = Readonly<z.output<typeof worstSlicesSchema>>;
type WorstSlice = WorstSlices['slices'][number];

export interface WorstSlicesInput {
  readonly sample: Sample;
  /** Of the same rows: what slices are cut by. Keys and the target do not belong in it. */
  readonly table: Table;
  /** Measured in each slice. */
  readonly metric: Metric;
  /** What is searched by, lower is better: see `lossPerRow`, or the model's loss less the champion's. */
  readonly lossPerRow: Float64Array;
  /** The champion on the same rows. */
  readonly reference?: Sample | undefined;
}

export interface WorstSlicesOptions {
  /** At least 1 % of the rows whatever is asked for. */
  readonly smallest?: number;
  readonly most?: number;
  /** Columns that are neither looked at nor named, such as personal ones. */
  readonly hidden?: ReadonlySet<string>;
}

/** Looks at every value of a text, every quarter of a number, and every two of them. */
export function findWorstSlices(
  input: WorstSlicesInput,
  { smallest = 50, most = 5, hidden = new Set() }: WorstSlicesOptions = {},
): WorstSlices {
  const { sample, table, metric, lossPerRow } = input;
  const atLeast = Math.max(smallest, Math.ceil(table.rows / 100));
  const conditions = table.columns
    .filter(({ name }) => !hidden.has(name))
    .map(column => conditionsOf(column, atLeast));
  const losses = lossesOf(lossPerRow);
  const { looked, candidates } = findCandidates(conditions, losses, atLeast);
  const chosen = selectSlices(candidates, { conditions, losses, smallest: atLeast, most });
  const slices = chosen.map(candidate => describe(candidate, conditions, input));
  return {
    metric: metric.name,
    overall: rounded(metric.prepare(sample)(new Float64Array(sample.truth.length).fill(1))),
    looked,
    smallest: atLeast,
    slices: withCorrectedVerdicts(slices),
  };
}

/** Rows times resamples, where the metric has no formula for its interval. */
const MOST_DRAWS = 10_000_000;

function describe(
  { parts, effect, p }: Candidate,
  conditions: readonly Conditions[],
  { sample, metric, reference }: WorstSlicesInput,
): WorstSlice {
  const rows = rowsOf(parts, conditions);
  const part = selectSample(sample, rows);
  const resamples = Math.max(200, Math.min(2000, Math.floor(MOST_DRAWS / rows.length)));
  const [measured] = measureAll([metric], part, { resamples });
  const found =
    reference && compare(metric, { sample: part, reference: selectSample(reference, rows) }, { resamples });
  return {
    words: wordsOf(parts, conditions),
    columns: parts.map(({ column }) => conditions[column]?.column ?? ''),
    n: rows.length,
    value: measured?.value ?? null,
    ci95: measured?.ci95 ?? null,
    effect,
    p: roundSignificant(p, 4),
    change: found ? changeSchema.strip().parse(found) : null,
  };
}

function withCorrectedVerdicts(slices: readonly WorstSlice[]): readonly WorstSlice[] {
  const corrected = correctVerdicts(slices.flatMap(({ change }) => change ?? []));
  let next = 0;
  return slices.map(slice => (slice.change ? { ...slice, change: corrected[next++] ?? null } : slice));
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? roundSignificant(value) : null;
}
