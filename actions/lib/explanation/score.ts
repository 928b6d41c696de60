// A model seen from outside: rows in, one number each out. The port through which all that is not read from the file's
// structure is asked.
import { ConfigurationError } from '#lib/errors.ts';
import type { Table } from '#lib/tables/table.ts';

/** The predicted amount, or the probability of the positive class, of every row; as `Scorer.score`. */
export type Score = (table: Table) => Promise<Float64Array>;

/**
 * Asks for answers that have to be numbers.
 * @param what the rows, as the message calls them
 * @throws ConfigurationError with the first row that is answered otherwise
 */
export async function scoreAll(score: Score, table: Table, what: string): Promise<Float64Array> {
  const answers = await score(table);
  const row = answers.findIndex(answer => !Number.isFinite(answer));
  if (row < 0) return answers;
  throw new ConfigurationError(`The model answers ${answers[row]} to row ${row + 1} of ${what}`, {
    remedy: 'Put a value in the place of missing ones inside the model, so that it always answers a number.',
  });
}
