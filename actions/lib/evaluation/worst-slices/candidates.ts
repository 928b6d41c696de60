// Every slice by one condition or two, with how much worse it is than the rest. Counts and sums of a pair of columns are
// filled in one pass over the rows, so that thousands of slices cost hundreds of passes.

import type { Conditions } from '#lib/evaluation/worst-slices/conditions.ts';
import { holm } from '#lib/stats/corrections.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { type Moments, momentsOfSums, type Sums, welchTest } from '#lib/stats/tests/means.ts';

/** One condition: an index into the columns and a code of that column. */
export interface Part {
  readonly column: number;
  readonly code: number;
}

export interface Candidate {
  readonly parts: readonly Part[];
  /** Of the loss, less the mean loss of all rows. */
  readonly sums: Sums;
  /** How much larger the mean loss is than in the rest, in standard deviations of the loss of all rows; 6 digits. */
  readonly effect: number;
  /** One-sided, of Welch's test against the rest; corrected where it says so. */
  readonly p: number;
}

/** Losses of all rows, less their mean. */
export interface Losses {
  readonly centred: Float64Array;
  readonly sums: Sums;
  readonly deviation: number;
}

/** @param values one per row, lower is better */
export function lossesOf(values: Float64Array): Losses {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map(value => value - mean);
  const sumSquares = centred.reduce((sum, value) => sum + value * value, 0);
  return { centred, sums: { n, sum: 0, sumSquares }, deviation: Math.sqrt(sumSquares / n) };
}

/** Smaller effects are not worth a person's time, however sure they are. */
const SMALLEST_EFFECT = 0.1;

/** Welch's test of a part against the rest of a whole; undefined where either has too few rows. */
export function contrast(
  part: Sums,
  whole: Sums,
  { deviation, smallest }: { readonly deviation: number; readonly smallest: number },
): { readonly effect: number; readonly p: number } | undefined {
  const rest = {
    n: whole.n - part.n,
    sum: whole.sum - part.sum,
    sumSquares: Math.max(0, whole.sumSquares - part.sumSquares),
  };
  if (part.n < Math.max(2, smallest) || rest.n < Math.max(2, smallest) || deviation === 0) return undefined;
  const [a, b]: readonly Moments[] = [momentsOfSums(part), momentsOfSums(rest)];
  if (!a || !b) return undefined;
  const effect = roundSignificant((a.mean - b.mean) / deviation);
  return { effect, p: effect < SMALLEST_EFFECT ? 1 : welchTest(a, b, { alternative: 'greater' }).p };
}

/** Columns that are paired: those with the largest effects by themselves. */
const MOST_PAIRED = 30;

/** What was looked at, and what of it is worse than the rest by more than chance and by enough to matter. */
export interface Found {
  readonly looked: number;
  readonly candidates: readonly Candidate[];
}

/** Corrected by Holm for all slices looked at, counting pairs of columns that were left out as if they had been. */
export function findCandidates(all: readonly Conditions[], losses: Losses, smallest: number): Found {
  const singles = all.map((_, column) => tested(cellsOf(all, [column], losses), { losses, smallest }));
  const strength = singles.map(found => Math.max(0, ...found.map(({ effect }) => effect)));
  const paired = [...all.keys()]
    .sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0) || a - b)
    .slice(0, MOST_PAIRED)
    .sort((a, b) => a - b);
  const pairs = paired.flatMap((first, index) =>
    paired
      .slice(index + 1)
      .flatMap(second => tested(cellsOf(all, [first, second], losses), { losses, smallest })),
  );
  const looked = [...singles.flat(), ...pairs];
  const skipped = pairsOf(all) - pairsOf(paired.map(column => all[column]));
  const { adjusted, reject } = holm([...looked.map(({ p }) => p), ...new Array<number>(skipped).fill(1)]);
  return {
    looked: looked.length,
    candidates: looked
      .map((candidate, index) => ({ ...candidate, p: adjusted[index] ?? 1 }))
      .filter((_, index) => reject[index]),
  };
}

/** How many pairs of conditions there are in different columns. */
function pairsOf(all: readonly (Conditions | undefined)[]): number {
  const sizes = all.map(one => one?.words.length ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return (total * total - sizes.reduce((sum, size) => sum + size * size, 0)) / 2;
}

type Cell = Pick<Candidate, 'parts' | 'sums'>;

function tested(
  cells: readonly Cell[],
  { losses, smallest }: { readonly losses: Losses; readonly smallest: number },
): readonly Candidate[] {
  return cells.flatMap(cell => {
    const found = contrast(cell.sums, losses.sums, { deviation: losses.deviation, smallest });
    return found ? [{ ...cell, ...found }] : [];
  });
}

/** The slices by one column, or by two. */
function cellsOf(all: readonly Conditions[], columns: readonly number[], losses: Losses): readonly Cell[] {
  const [first, second] = columns.map(column => all[column]);
  if (!first) return [];
  const width = second ? second.words.length + 1 : 1;
  const size = (first.words.length + 1) * width;
  const [counts, sums, squares] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let row = 0; row < losses.centred.length; row++) {
    const cell = (first.codes[row] ?? 0) * width + (second ? (second.codes[row] ?? 0) : 0);
    const loss = losses.centred[row] ?? 0;
    counts[cell] = (counts[cell] ?? 0) + 1;
    sums[cell] = (sums[cell] ?? 0) + loss;
    squares[cell] = (squares[cell] ?? 0) + loss * loss;
  }
  return [...counts.keys()].flatMap(cell => {
    const codes = second ? [Math.floor(cell / width), cell % width] : [cell];
    if (codes.includes(0) || counts[cell] === 0) return [];
    const parts = codes.map((code, index) => ({ column: columns[index] ?? 0, code }));
    return [{ parts, sums: { n: counts[cell] ?? 0, sum: sums[cell] ?? 0, sumSquares: squares[cell] ?? 0 } }];
  });
}
