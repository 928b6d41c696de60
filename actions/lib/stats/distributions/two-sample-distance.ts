// The exact distribution of the two-sample Kolmogorov-Smirnov statistic, by counting lattice paths.
import { requireCounts } from '#lib/stats/special/require.ts';

/**
 * P(D >= d) when both samples come from one continuous distribution (J. L. Hodges, Arkiv Mat. 3, 1958): the share of the
 * paths from (0, 0) to (m, n) that somewhere are d or more off the diagonal. All terms are positive, so tiny values are
 * right to about 1e-13 of themselves. Time grows with m n. Ties make it conservative.
 * @param d a possible distance, a multiple of 1/(m n) within rounding
 * @throws RangeError unless m and n are whole numbers >= 1
 */
export function twoSampleDistanceSf(d: number, m: number, n: number): number {
  requireCounts([m - 1, n - 1], 'A sample size less one');
  // Distances as whole numbers: |i n - j m| >= limit.
  const limit = Math.round(d * m * n);
  if (limit <= 0) return 1;
  const share = new Float64Array(n + 1);
  for (let i = 0; i <= m; i++) {
    for (let j = 0; j <= n; j++) {
      const isOutside = Math.abs(i * n - j * m) >= limit;
      share[j] = isOutside ? 1 : fromNeighbours(share, i, j);
    }
  }
  return Math.min(1, share[n] ?? 1);
}

/** A random path to (i, j) came from the left with probability j / (i + j), from below with i / (i + j). */
function fromNeighbours(share: Float64Array, i: number, j: number): number {
  if (i + j === 0) return 0;
  const below = i === 0 ? 0 : (share[j] ?? 0) * i;
  const left = j === 0 ? 0 : (share[j - 1] ?? 0) * j;
  return (below + left) / (i + j);
}
