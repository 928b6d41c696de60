// Corrections for looking more than once. Every function keeps the order of the p-values it is given.
import { requireProbability, requireShare } from '#lib/stats/special/require.ts';

/** Adjusted p-values and which of them stay at or below alpha, in the order given. */
export interface Correction {
  readonly adjusted: readonly number[];
  readonly reject: readonly boolean[];
}

/** Bonferroni: min(1, m p). Holds the chance of any false alarm at alpha. @throws RangeError for p outside [0, 1] */
export function bonferroni(pValues: readonly number[], alpha = 0.05): Correction {
  return corrected(pValues, alpha, sorted => sorted.map(p => Math.min(1, p * sorted.length)));
}

/**
 * Holm's step-down: max over j <= i of min(1, (m - j + 1) p_(j)) (S. Holm, Scand. J. Stat. 6, 1979). Holds the same as
 * Bonferroni and is never larger.
 */
export function holm(pValues: readonly number[], alpha = 0.05): Correction {
  return corrected(pValues, alpha, sorted => {
    let largest = 0;
    return sorted.map((p, rank) => {
      largest = Math.max(largest, Math.min(1, (sorted.length - rank) * p));
      return largest;
    });
  });
}

/**
 * Benjamini and Hochberg's step-up: min over j >= i of min(1, m p_(j) / j) (J. Royal Stat. Soc. B 57, 1995). Holds the
 * expected share of false alarms among the alarms, for independent or positively dependent tests.
 */
export function benjaminiHochberg(pValues: readonly number[], alpha = 0.05): Correction {
  return corrected(pValues, alpha, sorted => {
    let smallest = 1;
    return sorted
      .map((p, rank) => p / ((rank + 1) / sorted.length))
      .reduceRight<number[]>((adjusted, p) => {
        smallest = Math.min(smallest, p);
        adjusted.push(smallest);
        return adjusted;
      }, [])
      .reverse();
  });
}

/** Adjusts the ascending p-values and puts the results back in place. */
function corrected(
  pValues: readonly number[],
  alpha: number,
  adjust: (sorted: readonly number[]) => readonly number[],
): Correction {
  for (const p of pValues) requireProbability(p, 'A p-value');
  requireShare(alpha, 'An error rate');
  const order = pValues.map((_, index) => index).sort((i, j) => (pValues[i] ?? 0) - (pValues[j] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  adjust(order.map(index => pValues[index] ?? 1)).forEach((p, rank) => {
    adjusted[order[rank] ?? 0] = p;
  });
  return { adjusted, reject: adjusted.map(p => p <= alpha) };
}
