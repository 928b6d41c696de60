// Tests that look at the order of values only.
import { type Interval, twoSidedZ } from '#lib/stats/interval.ts';
import { requireFinite } from '#lib/stats/special/require.ts';
import { type Alternative, normalP } from '#lib/stats/tests/alternative.ts';

/** Ranks from 1, ties sharing their mean, in the order of the values; and the sizes of groups of equal values. */
export interface Ranks {
  readonly ranks: Float64Array;
  readonly ties: readonly number[];
}

/** Midranks in O(n log n). @throws RangeError for numbers that are not finite */
export function midranks(values: ArrayLike<number>): Ranks {
  requireFinite(values);
  const order = Uint32Array.from({ length: values.length }, (_, row) => row);
  order.sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
  const ranks = new Float64Array(values.length);
  const ties: number[] = [];
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let at = start; at < end; at++) ranks[order[at] ?? 0] = (start + end + 1) / 2;
    if (end - start > 1) ties.push(end - start);
    start = end;
  }
  return { ranks, ties };
}

/** `u` counts pairs in which a is above b, ties half; `superiority` = u / (m n); `p` is asymptotic. */
export interface MannWhitney {
  readonly u: number;
  readonly superiority: number;
  readonly z: number;
  readonly p: number;
  /** Without ties and with m n <= 400 */
  readonly exactP: number | undefined;
}

/**
 * The Mann-Whitney U test (Ann. Math. Stat. 18, 1947) with the corrections for ties and continuity (E. Lehmann,
 * Nonparametrics, 1975, 1.2 and 1.4). `greater` asks whether a tends to be above b. All values equal: p is 1.
 * @throws RangeError for an empty sample or numbers that are not finite
 */
export function mannWhitneyTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  alternative: Alternative = 'two-sided',
): MannWhitney {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) throw new RangeError('Both samples need at least one value');
  const { ranks, ties } = midranks([...Array.from(a), ...Array.from(b)]);
  const rankSum = ranks.subarray(0, m).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (m * (m + 1)) / 2;
  const all = m + n;
  const tied = ties.reduce((sum, t) => sum + t * (t * t - 1), 0) / (all * (all - 1));
  const z = continuityCorrected(u - (m * n) / 2, alternative) / Math.sqrt(((m * n) / 12) * (all + 1 - tied));
  const p = Number.isFinite(z) ? normalP(z, alternative) : 1;
  const isExact = ties.length === 0 && m * n <= 400;
  const exactP = isExact ? exactMannWhitney(u, [m, n], alternative) : undefined;
  return { u, superiority: u / (m * n), z: Number.isFinite(z) ? z : 0, p, exactP };
}

/** Half a step towards the null hypothesis; a statistic at its mean stays on its side, so p is at most 1. */
function continuityCorrected(deviation: number, alternative: Alternative): number {
  if (alternative === 'greater') return deviation - 0.5;
  if (alternative === 'less') return deviation + 0.5;
  return Math.sign(deviation) * Math.max(0, Math.abs(deviation) - 0.5);
}

function exactMannWhitney(u: number, [m, n]: readonly [number, number], alternative: Alternative): number {
  const masses = mannWhitneyMasses(m, n);
  const from = (least: number) => masses.slice(Math.max(0, least)).reduce((sum, mass) => sum + mass, 0);
  if (alternative === 'greater') return Math.min(1, from(u));
  if (alternative === 'less') return Math.min(1, from(m * n - u));
  return Math.min(1, 2 * from(Math.max(u, m * n - u)));
}

/** P(U = u), u = 0 ... mn: the largest value is one of a (and above all of b) with chance m / (m + n), or one of b. */
function mannWhitneyMasses(m: number, n: number): readonly number[] {
  let rows: readonly (readonly number[])[] = Array.from({ length: n + 1 }, () => [1]);
  for (let i = 1; i <= m; i++) {
    const next: (readonly number[])[] = [[1]];
    for (let j = 1; j <= n; j++) {
      const [fewerA, fewerB] = [rows[j] ?? [], next[j - 1] ?? []];
      next.push(
        Array.from(
          { length: i * j + 1 },
          (_, u) => (i * (fewerA[u - j] ?? 0) + j * (fewerB[u] ?? 0)) / (i + j),
        ),
      );
    }
    rows = next;
  }
  return rows[n] ?? [];
}

/** By how much a lies above b, in the unit of the values. */
export interface Shift {
  readonly shift: number;
  readonly interval: Interval;
}

/**
 * The Hodges-Lehmann shift, the median of all differences a - b, with the interval that inverts the Mann-Whitney test
 * (M. Hollander and D. Wolfe, Nonparametric Statistical Methods, 1999, 4.2 and 4.3, normal approximation). Kayenta judges
 * canaries by it, at 98 %. O((m + n) log n) steps.
 * @throws RangeError for an empty sample, numbers that are not finite, or a confidence outside (0, 1)
 */
export function shiftBetween(a: ArrayLike<number>, b: ArrayLike<number>, confidence = 0.95): Shift {
  requireFinite(a);
  requireFinite(b);
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  const [m, n] = [x.length, y.length];
  if (m === 0 || n === 0) throw new RangeError('Both samples need at least one value');
  const pairs = m * n;
  const spread = twoSidedZ(confidence) * Math.sqrt((pairs * (m + n + 1)) / 12);
  const rank = Math.min(Math.max(1, Math.floor(pairs / 2 - spread + 0.5)), Math.ceil(pairs / 2));
  const at = (k: number) => differenceOfRank(x, y, k);
  const shift = (at(Math.floor((pairs + 1) / 2)) + at(Math.ceil((pairs + 1) / 2))) / 2;
  return { shift, interval: [at(rank), at(pairs + 1 - rank)] };
}

/** The k-th smallest difference, k from 1: bisection over values, since there are m n of them. */
function differenceOfRank(x: Float64Array, y: Float64Array, k: number): number {
  let low = (x[0] ?? 0) - (y.at(-1) ?? 0);
  let high = (x.at(-1) ?? 0) - (y[0] ?? 0);
  if (countUpTo(x, y, low) >= k) return low;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (countUpTo(x, y, middle) >= k) high = middle;
    else low = middle;
  }
}

/** How many differences are at most `limit`: one walk along both, as y rises with x. */
function countUpTo(x: Float64Array, y: Float64Array, limit: number): number {
  let [count, below] = [0, 0];
  for (const value of x) {
    while (below < y.length && value - (y[below] ?? 0) > limit) below++;
    count += y.length - below;
  }
  return count;
}
