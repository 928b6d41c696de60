// Scores many variants in few calls. A model that refuses a row fails that row, not the run: batches that fail are
// halved until the rows that are to blame stand alone.
import { ask, type Outputs, type Subject, widthOf } from '#lib/behaviour/subject.ts';
import { tableOf, type Variant } from '#lib/behaviour/variants.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Table } from '#lib/tables/table.ts';

export interface ScoredVariants {
  /** NaN for rows that the model refused. */
  readonly outputs: Outputs;
  /** By variant, what the model said instead of an answer. */
  readonly failures: ReadonlyMap<number, string>;
}

/** Rows a call: bounds memory. */
const ROWS_A_CALL = 8192;
/** After so many refusals the rest of a refused batch is not tried one by one. */
const MOST_FAILURES = 500;

/** Asks for all variants; ConfigurationErrors of the model become failures, anything else is thrown. */
export async function scoreVariants(
  subject: Subject,
  table: Table,
  variants: readonly Variant[],
): Promise<ScoredVariants> {
  const width = widthOf(subject);
  const values = new Float64Array(variants.length * width).fill(Number.NaN);
  const failures = new Map<number, string>();
  const score = async (start: number, end: number): Promise<void> => {
    try {
      values.set((await ask(subject, tableOf(table, variants.slice(start, end)))).values, start * width);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      if (end - start === 1 || failures.size >= MOST_FAILURES) {
        for (let row = start; row < end; row++) failures.set(row, error.message);
        return;
      }
      const middle = Math.floor((start + end) / 2);
      await score(start, middle);
      await score(middle, end);
    }
  };
  for (let start = 0; start < variants.length; start += ROWS_A_CALL) {
    await score(start, Math.min(variants.length, start + ROWS_A_CALL));
  }
  return { outputs: { values, width }, failures };
}
