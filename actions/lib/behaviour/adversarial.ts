// Adversarial robustness: how far the quality falls when somebody moves each row's numbers to its worst, within a share
// of each column's range. The search is greedy, so the true worst case may be worse: a lower bound of the danger.
import { z } from 'zod';
import { type Attack, startAttack, widen } from '#lib/behaviour/attack.ts';
import type { Range } from '#lib/behaviour/jitter.ts';
import { ask, type Outputs, type Subject, withTolerance } from '#lib/behaviour/subject.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { createRandom, sampleRows } from '#lib/stats/random.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';

export const adversarialSchema = z.strictObject({
  n: z.number(),
  metric: z.string(),
  /** On these rows as they are; null where the metric is undefined. */
  before: z.number().nullable(),
  budgets: z
    .array(
      z.strictObject({
        /** Largest move as a share of a column's range. */
        budget: z.number(),
        after: z.number().nullable(),
        /** How much worse, 0 and more unless the metric gains what the rows lose. */
        drop: z.number().nullable(),
        /** Rows whose answer changed, for amounts by more than the tolerance. */
        flipped: z.number(),
      }),
    )
    .readonly(),
  /** By how many rows their answer changed when it was moved, at the largest budget; most first. */
  flippedBy: z.array(z.strictObject({ column: z.string(), rows: z.number() })).readonly(),
});

export type Adversarial = Readonly<z.output<typeof adversarialSchema>>;

export interface AdversarialInput {
  /** The test rows: the columns that the model reads. */
  readonly rows: Table;
  readonly subject: Subject;
  /** How wrong an output is for a row of `rows`; larger is worse, such as from `lossOf`. */
  readonly loss: (row: number, output: ArrayLike<number>) => number;
  readonly metric: {
    readonly name: string;
    readonly better: 'lower' | 'higher';
    /** Of some rows of `rows`, with their numbers in that order. */
    readonly measure: (rows: ArrayLike<number>, outputs: Float64Array) => number;
  };
  /** Of the training rows, from `rangesOf`. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** Values that a column may take, such as a contract's; the range of the training rows when left out. */
  readonly bounds?: ReadonlyMap<string, Pick<Range, 'low' | 'high'>>;
  /** Of the training target, see `withTolerance`; says which changes of an amount count as flips. */
  readonly targetRange?: number;
  /** Each is searched from the worst rows of the one before. */
  readonly budgets?: readonly number[];
  readonly mostRows?: number;
  readonly seed?: number;
}

/** The worst of each row under each budget. */
export async function attackModel({
  rows: all,
  subject,
  loss,
  metric,
  ranges,
  bounds = ranges,
  targetRange = 0,
  budgets = [0.01, 0.02, 0.05],
  mostRows = 500,
  seed = 1,
}: AdversarialInput): Promise<Adversarial> {
  const drawn = sampleRows(all.rows, mostRows, createRandom(seed));
  const rows = selectRows(all, drawn);
  const measure = ({ values }: Outputs): number | null => {
    const value = metric.measure(drawn, values);
    return rows.rows > 0 && Number.isFinite(value) ? roundSignificant(value) : null;
  };
  const original = await ask(subject, rows);
  const before = measure(original);
  const attacked = withTolerance(subject, targetRange);
  const lossAt = (row: number, output: ArrayLike<number>): number => loss(drawn[row] ?? 0, output);
  let attack: Attack = startAttack({ rows, original, subject: attacked, loss: lossAt });
  const found = [];
  for (const budget of budgets.toSorted((a, b) => a - b)) {
    attack = await widen(attack, { budget, ranges, bounds });
    const after = measure(attack.outputs);
    const flipped = attack.flippedBy.filter(column => column !== undefined).length;
    found.push({ budget, after, drop: dropOf(before, after, metric.better), flipped });
  }
  return {
    n: rows.rows,
    metric: metric.name,
    before,
    budgets: found,
    flippedBy: countFlips(attack.flippedBy),
  };
}

function dropOf(before: number | null, after: number | null, better: 'lower' | 'higher'): number | null {
  if (before === null || after === null) return null;
  return roundSignificant(better === 'higher' ? before - after : after - before);
}

function countFlips(names: readonly (string | undefined)[]): Adversarial['flippedBy'] {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([column, rows]) => ({ column, rows }))
    .sort((a, b) => b.rows - a.rows || compareText(a.column, b.column));
}

/** The distance of the amount, or of the probability, from the truth; of the true class's probability from 1. */
export function lossOf({ task }: Pick<Subject, 'task'>, truth: ArrayLike<number>): AdversarialInput['loss'] {
  return (row, output) => {
    const known = truth[row] ?? Number.NaN;
    return task === 'multiclass-classification'
      ? 1 - (output[known] ?? Number.NaN)
      : Math.abs(known - (output[0] ?? Number.NaN));
  };
}
