// Is this table unusual among its own earlier versions? The median and the median deviation are used, since the versions
// before may hold an unusual one themselves.
import { z } from 'zod';

/** Below this many earlier versions nothing is called usual. */
export const FEWEST_REVISIONS = 5;
/** Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), section 3.4. */
const UNUSUAL = 3.5;

export const measuredSchema = z.strictObject({
  /** Null for the number of rows; else the column whose share of missing values it is. */
  column: z.string().nullable(),
  now: z.number(),
  median: z.number(),
  /** How many robust standard deviations the value is off the median; null where all earlier ones are the same. */
  z: z.number().nullable(),
  isUnusual: z.boolean(),
  says: z.string(),
});

export const historySchema = z.strictObject({
  /** Newest first; rows is null where the data of that commit cannot be had. */
  revisions: z
    .array(
      z.strictObject({
        commit: z.string(),
        rows: z.int().nonnegative().nullable(),
        why: z.string().optional(),
      }),
    )
    .readonly(),
  /** Empty where there are too few. */
  measured: z.array(measuredSchema).readonly(),
  /** Why nothing is judged; null where it is. */
  why: z.string().nullable(),
});

export type History = Readonly<z.output<typeof historySchema>>;
type Measured = Readonly<z.output<typeof measuredSchema>>;

/** A number among earlier ones, of which there have to be enough. */
export function judgeAmong(
  before: readonly number[],
  now: number,
  { column, say }: { readonly column: string | null; readonly say: (value: number) => string },
): Measured {
  const median = medianOf(before);
  const score = scoreOf(before, { now, median });
  const isUnusual = score === null ? now !== median : Math.abs(score) > UNUSUAL;
  const what = column === null ? 'rows' : `missing values of ${column}`;
  const compared =
    score === null
      ? `all ${before.length} versions before had ${say(median)}`
      : `the median of ${before.length} versions before is ${say(median)}, robust z ${score.toFixed(1)}`;
  const says = `${say(now)} ${what} ${isUnusual ? 'are unusual' : 'are usual'}: ${compared}`;
  return { column, now, median, z: score, isUnusual, says };
}

/** The modified z score; by the mean deviation where half of the values are the same. Null without any spread. */
function scoreOf(
  before: readonly number[],
  { now, median }: { readonly now: number; readonly median: number },
): number | null {
  const deviations = before.map(value => Math.abs(value - median));
  const mad = medianOf(deviations);
  if (mad > 0) return (0.6745 * (now - median)) / mad;
  const mean = deviations.reduce((sum, one) => sum + one, 0) / deviations.length;
  return mean > 0 ? (now - median) / (1.253314 * mean) : null;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}
