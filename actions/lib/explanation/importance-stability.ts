// Whether a model relies on the same columns as its champion: a model that is as good for other reasons deserves a look.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import { sharesOf } from '#lib/explanation/permutation.ts';
import { meanOf } from '#lib/explanation/sums.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { midranks } from '#lib/stats/tests/ranks.ts';

/** A higher mean change of shares than this is worth a warning. */
export const CHANGE_LIMIT = 0.15;

export const importanceStabilitySchema = z.strictObject({
  /** Spearman's correlation of both orders, -1 to 1; null where either puts all columns level. */
  rankCorrelation: z.number().nullable(),
  /** Mean over the columns of how much each share changed, 0 to 1. */
  meanChange: z.number(),
  limit: z.number(),
  /** False = worth a warning. */
  passed: z.boolean(),
  /** The largest change first; a column one of the two does not read has share 0 there. */
  columns: z
    .array(
      z.strictObject({ column: z.string(), share: z.number(), reference: z.number(), change: z.number() }),
    )
    .readonly(),
});

export type ImportanceStability = Readonly<z.output<typeof importanceStabilitySchema>>;

/** Importances by column, of any unit and sum; as permutation importances have them. */
export type ImportanceVector = readonly { readonly column: string; readonly importance: number }[];

/**
 * Compares shares of importance over the columns of both (C. Spearman, American Journal of Psychology 15, 1904; ties share
 * their mean rank). Columns of little importance are ranked by chance, so a low correlation alone says little.
 * @throws RangeError when neither has a column
 */
export function compareImportances(
  model: ImportanceVector,
  reference: ImportanceVector,
): ImportanceStability {
  const names = [...new Set([...model, ...reference].map(({ column }) => column))].toSorted(compareText);
  if (names.length === 0) throw new RangeError('There are no columns to compare');
  const [own, other] = [model, reference].map(vector =>
    sharesOf(names.map(name => importanceOf(vector, name))),
  );
  const changes = names.map((_, at) => Math.abs(own![at]! - other![at]!));
  const correlation = correlate(midranks(own!).ranks, midranks(other!).ranks);
  const meanChange = roundSignificant(meanOf(changes));
  return {
    rankCorrelation: correlation === null ? null : roundSignificant(correlation),
    meanChange,
    limit: CHANGE_LIMIT,
    passed: meanChange <= CHANGE_LIMIT,
    columns: names
      .map((column, at) => ({
        column,
        share: roundSignificant(own![at]!),
        reference: roundSignificant(other![at]!),
        change: roundSignificant(changes[at]!),
      }))
      .toSorted((a, b) => b.change - a.change || compareText(a.column, b.column)),
  };
}

function importanceOf(vector: ImportanceVector, name: string): number {
  return vector.find(({ column }) => column === name)?.importance ?? 0;
}

/** Pearson's correlation; null where one side does not vary. */
function correlate(a: Float64Array, b: Float64Array): number | null {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [products, squaresA, squaresB] = [0, 0, 0];
  a.forEach((value, at) => {
    const [x, y] = [value - meanA, b[at]! - meanB];
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  });
  return squaresA === 0 || squaresB === 0 ? null : products / Math.sqrt(squaresA * squaresB);
}
