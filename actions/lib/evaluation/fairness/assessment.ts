// Fairness: the same values in every group of a column, and how far the groups lie apart by the definitions of fairlearn.
// Small groups are shown but compared with nobody: their shares are mostly chance.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import type { Estimate } from '#lib/evaluation/fairness/estimate.ts';
import type { ByGroup } from '#lib/evaluation/fairness/extremes.ts';
import {
  type FairnessMeasure,
  fairnessMeasures,
  findFairnessMeasure,
} from '#lib/evaluation/fairness/measures.ts';
import { type GroupValues, valuesOf } from '#lib/evaluation/fairness/values.ts';
import type { MetricTask, Sample } from '#lib/evaluation/metric.ts';
import { selectSample } from '#lib/evaluation/select.ts';
import type { Interval } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';

const intervalSchema = z.tuple([z.number(), z.number()]).nullable();

const groupValueSchema = z.strictObject({
  /** Such as selection_rate or mean_error; the same in all groups of a task. */
  name: z.string(),
  /** Null where the group has no rows for it, as a precision without positive answers. */
  value: z.number().nullable(),
  ci95: intervalSchema,
  /** Rows behind it. */
  n: z.number(),
});

const groupSchema = z.strictObject({
  /** Empty where the column has no value. */
  group: z.string(),
  n: z.number(),
  /** False for groups with too few rows. */
  compared: z.boolean(),
  values: z.array(groupValueSchema).readonly(),
});

const differenceSchema = z.strictObject({
  measure: z.string(),
  value: z.number().nullable(),
  /** Holds for the search over all pairs of groups; the upper end of a ratio may be unknown. */
  ci95: z.tuple([z.number(), z.number().nullable()]).nullable(),
  /** Lowest and highest; one for group_calibration_difference. */
  groups: z.array(z.string()).readonly(),
  /** Rows behind the values of these groups. */
  n: z.number(),
  /** Why there is no value; null where there is one. */
  reason: z.string().nullable(),
});

export const columnFairnessSchema = z.strictObject({
  column: z.string(),
  /** Groups with fewer rows are not compared. */
  smallest: z.number(),
  groups: z.array(groupSchema).readonly(),
  differences: z.array(differenceSchema).readonly(),
});

export const fairnessSchema = z.array(columnFairnessSchema).readonly();

export type ColumnFairness = Readonly<z.output<typeof columnFairnessSchema>>;
export type FairnessDifference = Readonly<z.output<typeof differenceSchema>>;
/** One entry a column, in the order given. */
export type Fairness = Readonly<z.output<typeof fairnessSchema>>;

export interface FairnessOptions {
  readonly task: MetricTask;
  /** Rows a group needs to be compared. */
  readonly smallest?: number;
}

/** @param groups per column the group of each row; an empty text is a group too: those of whom it is not known */
export function assessFairness(
  sample: Sample,
  groups: ReadonlyMap<string, readonly string[]>,
  { task, smallest = 30 }: FairnessOptions,
): Fairness {
  return [...groups].map(([column, texts]) => {
    const measured = [...rowsByGroup(texts)].map(([group, rows]): Measured => {
      return { group, n: rows.length, values: valuesOf(selectSample(sample, rows), task) };
    });
    const compared = measured.filter(({ n }) => n >= smallest);
    return {
      column,
      smallest,
      groups: measured.map(one => ({
        group: one.group,
        n: one.n,
        compared: one.n >= smallest,
        values: Object.entries(one.values).map(([name, estimate]) => ({ name, ...written(estimate) })),
      })),
      differences: fairnessMeasures
        .filter(({ tasks }) => tasks.includes(task))
        .map(measure => differenceOf(measure, compared, smallest)),
    };
  });
}

/** The column in which the measure is worst; one without a value comes before all, since nobody knows how bad it is. */
export function worstDifference(
  fairness: Fairness,
  name: string,
): (FairnessDifference & { readonly column: string }) | undefined {
  const sign = findFairnessMeasure(name)?.better === 'higher' ? -1 : 1;
  const badness = ({ value }: FairnessDifference): number =>
    value === null ? Number.POSITIVE_INFINITY : sign * value;
  return fairness
    .flatMap(({ column, differences }) =>
      differences.filter(({ measure }) => measure === name).map(one => ({ ...one, column })),
    )
    .reduce<(FairnessDifference & { readonly column: string }) | undefined>(
      (worst, one) => (worst && badness(worst) >= badness(one) ? worst : one),
      undefined,
    );
}

interface Measured {
  readonly group: string;
  readonly n: number;
  readonly values: GroupValues;
}

function differenceOf(
  { name: measure, compare }: FairnessMeasure,
  groups: readonly Measured[],
  smallest: number,
): FairnessDifference {
  const by = (name: string): ByGroup =>
    new Map(groups.flatMap(({ group, values: { [name]: found } }) => (found ? [[group, found]] : [])));
  const extreme = groups.length < 2 ? undefined : compare(by);
  if (extreme) {
    const { value, interval, groups: between, n } = extreme;
    return {
      measure,
      value: roundSignificant(value),
      ci95: rounded(interval),
      groups: between,
      n,
      reason: null,
    };
  }
  const reason =
    groups.length < 2
      ? `fewer than two groups have ${smallest} rows or more`
      : 'fewer than two groups have rows of the kind it compares, or it would divide by 0';
  return { measure, value: null, ci95: null, groups: [], n: 0, reason };
}

function rounded([lower, upper]: Interval): FairnessDifference['ci95'] {
  return [roundSignificant(lower), Number.isFinite(upper) ? roundSignificant(upper) : null];
}

function written(estimate: Estimate | undefined): Omit<z.output<typeof groupValueSchema>, 'name'> {
  if (!estimate) return { value: null, ci95: null, n: 0 };
  const [lower, upper] = estimate.limits(0.95);
  return {
    value: roundSignificant(estimate.value),
    ci95: [roundSignificant(lower), roundSignificant(upper)],
    n: estimate.n,
  };
}

/** Groups by code point. */
function rowsByGroup(texts: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  texts.forEach((text, row) => {
    const rows = found.get(text);
    if (rows) rows.push(row);
    else found.set(text, [row]);
  });
  return new Map([...found].sort(([a], [b]) => compareText(a, b)));
}
