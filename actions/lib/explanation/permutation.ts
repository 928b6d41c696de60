// How much a model relies on each column: how much worse it does when the column's values change hands between rows.
// It sees the model from outside only, so a model of any kind, and a champion of another, are measured alike.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import { type Score, scoreAll } from '#lib/explanation/score.ts';
import { meanOf } from '#lib/explanation/sums.ts';
import { studentTUpperQuantile } from '#lib/stats/distributions/student-t.ts';
import { log } from '#lib/stats/elementary.ts';
import { createRandom, type Random, sampleRows, shuffledRows } from '#lib/stats/random.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { type Column, selectRows, type Table } from '#lib/tables/table.ts';

export const columnImportanceSchema = z.strictObject({
  column: z.string(),
  /** By how much the mean loss rises without the column; may lie a little below 0 for a column without use. */
  importance: z.number(),
  /** null with fewer than two rows. */
  ci95: z.tuple([z.number(), z.number()]).nullable(),
  /** Of all importance; negative ones count as 0. */
  share: z.number(),
});

export const importancesSchema = z.strictObject({
  loss: z.string(),
  /** Mean loss as the rows are. */
  meanLoss: z.number(),
  /** Rows used, which may be a sample. */
  n: z.number(),
  repeats: z.number(),
  /** The most important first. */
  columns: z.array(columnImportanceSchema).readonly(),
});

export type ColumnImportance = Readonly<z.output<typeof columnImportanceSchema>>;
export type Importances = Readonly<z.output<typeof importancesSchema>>;

/** What a wrong answer costs; its mean over rows has to be something to minimise. */
export interface RowLoss {
  readonly name: string;
  readonly of: (truth: number, prediction: number) => number;
}

/** In the unit of the target. */
export const absoluteError: RowLoss = {
  name: 'absolute_error',
  of: (truth, prediction) => Math.abs(truth - prediction),
};

/** In nats; probabilities are kept 1e-6 away from 0 and 1, so that one sure mistake does not outweigh all rows. */
export const logLoss: RowLoss = {
  name: 'log_loss',
  of: (truth, prediction) => {
    const probability = Math.min(1 - 1e-6, Math.max(1e-6, prediction));
    return -log(truth === 1 ? probability : 1 - probability);
  },
};

export interface PermutationInput {
  readonly score: Score;
  /** The model's columns only. */
  readonly rows: Table;
  readonly target: Float64Array;
  readonly loss: RowLoss;
}

interface PermutationOptions {
  readonly repeats?: number;
  /** More rows are sampled down to these. */
  readonly mostRows?: number;
  readonly seed?: number;
}

/**
 * Permutation importance (L. Breiman, Machine Learning 45, 2001), as the estimate of A. Fisher, C. Rudin and F. Dominici's
 * model reliance (JMLR 20, 2019, section 3): every row gets the value of another one. The interval counts each row twice,
 * as the one that receives and the one that gives, and is a little wide for few repeats.
 *
 * Columns that say the same share their importance or hide each other, and a value from another row can make a row that
 * does not exist; so a small number does not prove that a column is of no use.
 * @throws ConfigurationError when the model answers no number to a row
 */
export async function permutationImportance(
  { score, rows, target, loss }: PermutationInput,
  { repeats = 5, mostRows = 2000, seed = 1 }: PermutationOptions = {},
): Promise<Importances> {
  const picked = sampleRows(rows.rows, mostRows, createRandom(seed));
  const table = selectRows(rows, picked);
  const truth = Float64Array.from(picked, row => target[row]!);
  const lossesOf = async (asked: Table): Promise<Float64Array> => {
    const answers = await scoreAll(score, asked, 'the rows with exchanged values');
    return truth.map((value, row) => loss.of(value, answers[row]!));
  };
  const before = await lossesOf(table);
  const found: Omit<ColumnImportance, 'share'>[] = [];
  for (const [at, column] of table.columns.entries()) {
    const rises = { received: new Float64Array(table.rows), given: new Float64Array(table.rows) };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const donors = drawDonors(table.rows, createRandom(seed, at * repeats + repeat + 1));
      const losses = await lossesOf(exchange(table, column, donors));
      donors.forEach((donor, row) => {
        const rise = (losses[row]! - before[row]!) / repeats;
        rises.received[row]! += rise;
        rises.given[donor]! += rise;
      });
    }
    found.push({ column: column.name, ...estimate(rises) });
  }
  return {
    loss: loss.name,
    meanLoss: roundSignificant(meanOf(before)),
    n: table.rows,
    repeats,
    columns: shareAll(found),
  };
}

/** For each row another one, each row once: no row keeps its own value. */
function drawDonors(rows: number, random: Random): Uint32Array {
  const circle = shuffledRows(rows, random);
  const donors = new Uint32Array(rows);
  circle.forEach((row, place) => {
    donors[row] = circle[(place + 1) % rows]!;
  });
  return donors;
}

function exchange(table: Table, column: Column, donors: Uint32Array): Table {
  const [exchanged] = selectRows({ rows: table.rows, columns: [column] }, donors).columns;
  return { ...table, columns: table.columns.map(one => (one === column ? exchanged! : one)) };
}

/** The mean rise, and its variance from what each row adds to it in both its parts (a U-statistic's first-order term). */
function estimate({
  received,
  given,
}: {
  readonly received: Float64Array;
  readonly given: Float64Array;
}): Pick<ColumnImportance, 'importance' | 'ci95'> {
  const n = received.length;
  const importance = meanOf(received);
  let squares = 0;
  received.forEach((rise, row) => {
    const influence = rise + given[row]! - 2 * importance;
    squares += influence * influence;
  });
  if (n < 2) return { importance: roundSignificant(importance), ci95: null };
  const half = studentTUpperQuantile(0.025, n - 1) * Math.sqrt(squares / (n * (n - 1)));
  return {
    importance: roundSignificant(importance),
    ci95: [roundSignificant(importance - half), roundSignificant(importance + half)],
  };
}

function shareAll(found: readonly Omit<ColumnImportance, 'share'>[]): readonly ColumnImportance[] {
  const shares = sharesOf(found.map(({ importance }) => importance));
  return found
    .map((one, at) => ({ ...one, share: roundSignificant(shares[at]!) }))
    .toSorted((a, b) => b.importance - a.importance || compareText(a.column, b.column));
}

/** As parts of their sum, negative ones as 0; all 0 when nothing is positive. */
export function sharesOf(importances: readonly number[]): readonly number[] {
  const positive = importances.map(importance => Math.max(0, importance));
  const total = positive.reduce((sum, importance) => sum + importance, 0);
  return positive.map(importance => (total > 0 ? importance / total : 0));
}
