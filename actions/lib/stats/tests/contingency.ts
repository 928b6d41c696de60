// Tests on tables of counts.
import { binomialCdf } from '#lib/stats/distributions/binomial.ts';
import { chiSquareSf } from '#lib/stats/distributions/chi-square.ts';
import {
  hypergeometricPmf,
  hypergeometricRange,
  hypergeometricTail,
  type Urn,
} from '#lib/stats/distributions/hypergeometric.ts';
import { requireCounts } from '#lib/stats/special/require.ts';
import type { Alternative } from '#lib/stats/tests/alternative.ts';

/** Counts row by row. */
export type Table = readonly (readonly number[])[];
/** [[a, b], [c, d]] */
export type FourFold = readonly [readonly [number, number], readonly [number, number]];

/** A chi-square statistic. */
export interface ChiSquareTest {
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Pearson's test of independence (Philosophical Magazine 50, 1900). With one degree of freedom `yates` takes up to 1/2
 * off each deviation.
 * @returns also the expected counts
 * @throws RangeError for a ragged table, counts that are not whole, or a row or column without counts
 */
export function contingencyTest(
  table: Table,
  { yates = true } = {},
): ChiSquareTest & { readonly expected: Table } {
  const width = table[0]?.length ?? 0;
  for (const row of table) requireCounts(row);
  const rowSums = table.map(sum);
  const columnSums = Array.from({ length: width }, (_, column) => sum(table.map(row => row[column] ?? 0)));
  if (width === 0 || table.some(row => row.length !== width) || [...rowSums, ...columnSums].includes(0)) {
    throw new RangeError('A table needs rows of one length, and counts in every row and column');
  }
  const total = sum(rowSums);
  const expected = rowSums.map(row => columnSums.map(column => (row * column) / total));
  const df = (table.length - 1) * (width - 1);
  const correction = yates && df === 1 ? 0.5 : 0;
  const cells = table.flatMap((row, i) =>
    row.map((count, j) => squaredDeviation(count, expected[i]?.[j] ?? 0, correction)),
  );
  const chiSquare = sum(cells);
  return { chiSquare, df, p: df === 0 ? 1 : chiSquareSf(chiSquare, df), expected };
}

function squaredDeviation(count: number, expected: number, correction: number): number {
  const deviation = Math.abs(count - expected);
  const left = deviation - Math.min(correction, deviation);
  return (left * left) / expected;
}

/** A chi-square test of shares with its verdict. */
export interface SampleRatio extends ChiSquareTest {
  readonly isMismatch: boolean;
}

/**
 * Sample ratio mismatch: do the arms have the traffic they were promised? Pearson's goodness of fit, alarm at p < 0.001
 * (A. Fabijan et al., KDD 2019). For one look; with repeated looks use `multinomialEvidence`.
 * @param weights promised shares in any unit, all > 0
 * @throws RangeError for fewer than two arms or no counts at all
 */
export function sampleRatioTest(
  observed: readonly number[],
  weights: readonly number[],
  alpha = 0.001,
): SampleRatio {
  requireCounts(observed);
  const [total, weight] = [sum(observed), sum(weights)];
  if (observed.length < 2 || observed.length !== weights.length || total === 0) {
    throw new RangeError('Traffic needs at least two arms, a weight for each, and some counts');
  }
  if (!weights.every(share => share > 0 && share < Number.POSITIVE_INFINITY)) {
    throw new RangeError('A promised share is > 0');
  }
  const chiSquare = sum(
    observed.map((count, arm) => squaredDeviation(count, (total * (weights[arm] ?? 0)) / weight, 0)),
  );
  const df = observed.length - 1;
  const p = chiSquareSf(chiSquare, df);
  return { chiSquare, df, p, isMismatch: p < alpha };
}

/** The three forms of McNemar's test; `p` is the exact one below 25 discordant pairs, else the plain chi-square's. */
export interface McNemar {
  readonly b: number;
  readonly c: number;
  readonly exactP: number;
  readonly chiSquare: number;
  readonly chiSquareP: number;
  readonly correctedChiSquare: number;
  readonly correctedP: number;
  readonly p: number;
}

/**
 * McNemar's test (Psychometrika 12, 1947): of the pairs on which two models differ, is the share 1/2? `b` counts those
 * only the first gets right, `c` those only the second. Without such pairs every p is 1.
 * @throws RangeError for counts that are not whole numbers >= 0
 */
export function mcnemarTest(b: number, c: number): McNemar {
  requireCounts([b, c]);
  const n = b + c;
  const gap = Math.abs(b - c);
  const chiSquare = n === 0 ? 0 : (gap * gap) / n;
  const correctedChiSquare = n === 0 ? 0 : ((gap - 1) * (gap - 1)) / n;
  const exactP = n === 0 ? 1 : Math.min(1, 2 * binomialCdf(Math.min(b, c), { n, p: 0.5 }));
  const chiSquareP = chiSquareSf(chiSquare, 1);
  const correctedP = n === 0 ? 1 : chiSquareSf(correctedChiSquare, 1);
  const p = n < 25 ? exactP : chiSquareP;
  return { b, c, exactP, chiSquare, chiSquareP, correctedChiSquare, correctedP, p };
}

/** The sample's odds ratio ad/(bc), Infinity or NaN where bc is 0, and an exact p-value. */
export interface FisherTest {
  readonly oddsRatio: number;
  readonly p: number;
}

/** Masses this close to the observed one count as equal to it: they differ only by rounding. */
const EQUAL_MASS = 1 + 1e-11;

/**
 * Fisher's exact test (J. Royal Stat. Soc. 98, 1935). Two-sided: all tables no likelier than this one; `greater` asks
 * for an odds ratio above 1.
 */
export function fisherExactTest(
  [[a, b], [c, d]]: FourFold,
  alternative: Alternative = 'two-sided',
): FisherTest {
  requireCounts([a, b, c, d]);
  const urn = { total: a + b + c + d, marked: a + b, draws: a + c };
  const oddsRatio = (a * d) / (b * c);
  if (alternative !== 'two-sided') {
    return { oddsRatio, p: hypergeometricTail(a, alternative === 'greater' ? 1 : -1, urn) };
  }
  return { oddsRatio, p: twoSidedFisher(a, urn) };
}

function twoSidedFisher(a: number, urn: Urn): number {
  const [least, most] = hypergeometricRange(urn);
  const mode = Math.floor(((urn.draws + 1) * (urn.marked + 1)) / (urn.total + 2));
  const limit = hypergeometricPmf(a, urn) * EQUAL_MASS;
  if (hypergeometricPmf(mode, urn) <= limit) return 1;
  // On the other side of the mode masses fall outwards: look for the first that is no likelier.
  const step = a < mode ? 1 : -1;
  let [inside, outside] = [mode, step === 1 ? most + 1 : least - 1];
  while (Math.abs(outside - inside) > 1) {
    const middle = Math.trunc((inside + outside) / 2);
    if (hypergeometricPmf(middle, urn) <= limit) outside = middle;
    else inside = middle;
  }
  return Math.min(
    1,
    hypergeometricTail(a, step === 1 ? -1 : 1, urn) + hypergeometricTail(outside, step, urn),
  );
}
