// Shapley values of any model, from its answers alone: random orders of the columns, in which one value after the other
// is put in the place of a background row's. Costs 2 (columns - 1) answers a pair, and says how exact it is.
import { type Score, scoreAll } from '#lib/explanation/score.ts';
import { type Attributions, meanOf } from '#lib/explanation/sums.ts';
import { createRandom, type Random, sampleRows, shuffledRows } from '#lib/stats/random.ts';
import { momentsOf } from '#lib/stats/tests/means.ts';
import { type Column, selectRows, type Table } from '#lib/tables/table.ts';

/** Attributions with the standard error of each, in the same layout. */
export interface SampledAttributions extends Attributions {
  readonly standardErrors: readonly Float64Array[];
}

interface SamplingOptions {
  /** Orders drawn per row, each used forwards and backwards; at least 2, and a multiple of the background rows used. */
  readonly pairs?: number;
  readonly seed?: number;
}

/** Cells of one table of questions: bounds memory. */
const MOST_CELLS = 1_000_000;

/** An order of the columns, and the background row it starts from. */
interface Walk {
  readonly order: Uint32Array;
  readonly start: number;
}

/**
 * Interventional Shapley values by sampled permutations (E. Strumbelj and I. Kononenko, Knowledge and Information Systems
 * 41, 2014), in antithetic pairs (R. Mitchell and others, JMLR 23, 2022). Every row sees the same orders. Adds up to
 * answer - base exactly, where base is the mean answer of the background rows used.
 * @throws ConfigurationError when the model answers no number to a row, or to a mixture of two
 */
export async function sampledShap(
  score: Score,
  { rows, background }: { readonly rows: Table; readonly background: Table },
  { pairs = 128, seed = 1 }: SamplingOptions = {},
): Promise<SampledAttributions> {
  const random = createRandom(seed);
  const starts = selectRows(background, sampleRows(background.rows, pairs, random));
  const walks = drawWalks(pairs, { starts: starts.rows, columns: rows.columns.length }, random);
  const [from, to] = [
    await scoreAll(score, starts, 'the background'),
    await scoreAll(score, rows, 'the rows to explain'),
  ];
  const columns = rows.columns.map(({ name }) => name);
  const values = columns.map(() => new Float64Array(rows.rows));
  const standardErrors = columns.map(() => new Float64Array(rows.rows));
  for (let row = 0; row < rows.rows; row++) {
    const combined = joinRows(starts, rows, row);
    const moves = await walkAll(score, { combined, walks }, { from, to: to[row]! });
    moves.forEach((perPair, column) => {
      const { mean, variance } = momentsOf(perPair);
      values[column]![row] = mean;
      standardErrors[column]![row] = Math.sqrt(variance / perPair.length);
    });
  }
  return { base: meanOf(from), columns, values, standardErrors };
}

/** Each background row starts equally many walks, so that their starting answers average to the base. */
function drawWalks(
  pairs: number,
  { starts, columns }: { readonly starts: number; readonly columns: number },
  random: Random,
): readonly Walk[] {
  const count = Math.ceil(Math.max(2, pairs) / starts) * starts;
  return Array.from({ length: count }, (_, pair) => ({
    order: shuffledRows(columns, random),
    start: pair % starts,
  }));
}

/** The background rows, and behind them the explained one. */
function joinRows(starts: Table, rows: Table, row: number): Table {
  const columns = rows.columns.map(({ name }): Column => {
    const before = starts.columns.find(column => column.name === name);
    const own = rows.columns.find(column => column.name === name);
    if (before?.kind === 'number' && own?.kind === 'number') {
      return { ...own, values: Float64Array.from([...before.values, own.values[row]!]) };
    }
    if (before?.kind === 'string' && own?.kind === 'string') {
      return { ...own, values: [...before.values, own.values[row]!] };
    }
    throw new RangeError(`The background has no column "${name}" of the same kind`);
  });
  return { rows: starts.rows + 1, columns };
}

/** Per column how much each pair of walks moves the answer, the mean of both directions. */
async function walkAll(
  score: Score,
  { combined, walks }: { readonly combined: Table; readonly walks: readonly Walk[] },
  { from, to }: { readonly from: Float64Array; readonly to: number },
): Promise<readonly Float64Array[]> {
  const width = combined.columns.length;
  const moves = combined.columns.map(() => new Float64Array(walks.length));
  const perBatch = Math.max(1, Math.floor(MOST_CELLS / (2 * width * width)));
  for (let first = 0; first < walks.length; first += perBatch) {
    const batch = walks.slice(first, first + perBatch);
    const answers =
      width > 1
        ? await scoreAll(score, askSteps(combined, batch), 'mixtures of two rows')
        : new Float64Array();
    batch.forEach(({ order, start }, place) => {
      const steps = width - 1;
      const part = answers.subarray(2 * steps * place, 2 * steps * (place + 1));
      const ends = [from[start]!, to] as const;
      addMoves(moves, { pair: first + place, order }, [ends[0], ...part.subarray(0, steps), ends[1]]);
      addMoves(moves, { pair: first + place, order: order.toReversed() }, [
        ends[0],
        ...part.subarray(steps),
        ends[1],
      ]);
    });
  }
  return moves;
}

function addMoves(
  moves: readonly Float64Array[],
  { pair, order }: { readonly pair: number; readonly order: Uint32Array },
  answers: readonly number[],
): void {
  order.forEach((column, step) => {
    moves[column]![pair]! += (answers[step + 1]! - answers[step]!) / 2;
  });
}

/** Per walk the rows between its start and the explained row: forwards, then backwards, 1 ... width - 1 columns taken over. */
function askSteps(combined: Table, walks: readonly Walk[]): Table {
  const width = combined.columns.length;
  const own = combined.rows - 1;
  const rows = 2 * (width - 1) * walks.length;
  const columns = combined.columns.map((column, at): Column => {
    const sources = walks.flatMap(({ order, start }) => {
      const place = order.indexOf(at);
      const steps = Array.from({ length: width - 1 }, (_, step) => step + 1);
      return [
        ...steps.map(taken => (place < taken ? own : start)),
        ...steps.map(taken => (place >= width - taken ? own : start)),
      ];
    });
    return selectRows({ rows: combined.rows, columns: [column] }, sources).columns[0]!;
  });
  return { rows, columns };
}
