// Prediction stability: nearly the same row must get the same answer. Steps are uniform within a share of the range of
// the training rows; whole-number columns step by whole numbers or not at all (see jitter.ts).
import { z } from 'zod';
import { jittered, type Range, stepOf } from '#lib/behaviour/jitter.ts';
import {
  ask,
  isSameAnswer,
  type Outputs,
  outputOf,
  type Subject,
  withTolerance,
} from '#lib/behaviour/subject.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { wilsonInterval } from '#lib/stats/interval.ts';
import { createRandom, type Random, sampleRows } from '#lib/stats/random.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { type Column, selectRows, type Table } from '#lib/tables/table.ts';

const sharesSchema = z.strictObject({
  /** Of nearly equal rows that get the same answer; null without rows. */
  share: z.number().nullable(),
  /** By rows: several steps of one row count as one. At least as wide as it need be. */
  ci95: z.tuple([z.number(), z.number()]).nullable(),
});

type Shares = z.output<typeof sharesSchema>;

export const stabilitySchema = z.strictObject({
  ...sharesSchema.shape,
  n: z.number(),
  /** Steps tried per row. */
  repeats: z.number(),
  /** Largest step as a share of a column's range. */
  jitter: z.number(),
  /** Each column moved alone, least stable first. */
  columns: z
    .array(z.strictObject({ column: z.string(), step: z.number(), ...sharesSchema.shape }))
    .readonly(),
  /** Numeric columns that count in larger steps, or hold one value. */
  unmoved: z.array(z.string()).readonly(),
  /** What a good model reaches. */
  reference: z.number(),
  limit: z.number(),
  /** can't tell: without rows or a column to move. */
  status: z.enum(['passed', 'failed', "can't tell"]),
});

export type Stability = Readonly<z.output<typeof stabilitySchema>>;

export interface StabilityInput {
  /** The test rows: the columns that the model reads. */
  readonly rows: Table;
  readonly subject: Subject;
  /** Of the training rows, from `rangesOf`. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** Of the training target, see `withTolerance`. */
  readonly targetRange?: number;
  readonly jitter?: number;
  readonly repeats?: number;
  /** Steps of each column alone. */
  readonly repeatsAlone?: number;
  /** More rows than this are drawn from, always the same ones. */
  readonly mostRows?: number;
  readonly limit?: number;
  readonly reference?: number;
  readonly seed?: number;
}

/** How often the answer stays when all numbers move a little together, and when each does alone. */
export async function measureStability({
  rows: all,
  subject,
  ranges,
  targetRange = 0,
  jitter = 0.01,
  repeats = 5,
  repeatsAlone = 2,
  mostRows = 500,
  limit = 0.9,
  reference = 0.94,
  seed = 1,
}: StabilityInput): Promise<Stability> {
  const rows = selectRows(all, sampleRows(all.rows, mostRows, createRandom(seed)));
  const judged = withTolerance(subject, targetRange);
  const moves = movesOf(rows, ranges, jitter);
  const compared = { rows, before: await ask(judged, rows), subject: judged };
  const together = await measureMoves(compared, { moves, times: repeats, random: createRandom(seed, 1) });
  const columns = [];
  for (const [index, move] of moves.entries()) {
    const random = createRandom(seed, index + 2);
    const alone = await measureMoves(compared, { moves: [move], times: repeatsAlone, random });
    columns.push({ column: move.column, step: roundSignificant(move.step), ...alone });
  }
  const { share } = together;
  const isMoved = (name: string): boolean => moves.some(({ column }) => column === name);
  return {
    ...together,
    ...{ n: rows.rows, repeats, jitter, reference, limit },
    columns: columns.toSorted((a, b) => (a.share ?? 1) - (b.share ?? 1) || compareText(a.column, b.column)),
    unmoved: rows.columns.flatMap(({ name, kind }) => (kind === 'number' && !isMoved(name) ? [name] : [])),
    status: share === null ? "can't tell" : share >= limit ? 'passed' : 'failed',
  };
}

interface Move {
  readonly column: string;
  readonly range: Range;
  readonly step: number;
}

/** The numeric columns that can move. */
function movesOf({ columns }: Table, ranges: ReadonlyMap<string, Range>, jitter: number): readonly Move[] {
  return columns.flatMap(({ name: column, kind }): readonly Move[] => {
    const range = ranges.get(column);
    const step = range ? stepOf(range, jitter) : 0;
    return kind === 'number' && range && step > 0 ? [{ column, range, step }] : [];
  });
}

interface Compared {
  readonly rows: Table;
  readonly before: Outputs;
  readonly subject: Subject;
}

/** Over all rows, the share of steps under which the answer stays; unknown without rows or moves. */
async function measureMoves(
  { rows, before, subject }: Compared,
  {
    moves,
    times,
    random,
  }: { readonly moves: readonly Move[]; readonly times: number; readonly random: Random },
): Promise<Shares> {
  if (rows.rows === 0 || moves.length === 0) return { share: null, ci95: null };
  let same = 0;
  for (let time = 0; time < times; time++) {
    const after = await ask(subject, moveAll(rows, moves, random));
    for (let row = 0; row < rows.rows; row++) {
      if (isSameAnswer(subject, outputOf(before, row), outputOf(after, row))) same += 1;
    }
  }
  return sharesOf(same / times, rows.rows);
}

function moveAll({ rows, columns }: Table, moves: readonly Move[], random: Random): Table {
  const moved = columns.map((column): Column => {
    const move = moves.find(({ column: name }) => name === column.name);
    if (!move || column.kind === 'string') return column;
    const { range, step } = move;
    return { ...column, values: column.values.map(value => jittered(value, range, { step, random })) };
  });
  return { rows, columns: moved };
}

/** Wilson's interval takes rows for all or nothing: what varies within a row can only make it wider than needed. */
function sharesOf(same: number, n: number): Shares {
  const [lower, upper] = wilsonInterval(same, n);
  return { share: roundSignificant(same / n), ci95: [roundSignificant(lower), roundSignificant(upper)] };
}
