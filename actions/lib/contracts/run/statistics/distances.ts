// How far the distribution of a column lies from that of the reference: psi over bins, ks over all values.
import type { Measured } from '#lib/contracts/run/measured.ts';
import { type Bin, type Compared, countBins } from '#lib/contracts/run/statistics/bins.ts';
import { NoStatistic, readNumbers, requireNumeric } from '#lib/contracts/run/statistics/side.ts';
import { populationStability } from '#lib/stats/divergence.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { ksTest } from '#lib/stats/tests/kolmogorov-smirnov.ts';

const SHOWN = 3;

/**
 * The population stability index. An empty bin counts as half a row, so that it is never infinite and weighs what a bin of
 * its size weighs; a bin that both lack weighs nothing.
 */
export async function measurePsi(compared: Compared, bins: number): Promise<Measured> {
  const all = (await countBins(compared, bins)).map((bin, index) => ({ ...bin, index }));
  const used = all.filter(({ reference, current }) => reference + current > 0);
  const rows = (of: 'reference' | 'current') => used.reduce((total, bin) => total + bin[of], 0);
  const [n, m] = [rows('current'), rows('reference')];
  for (const [count, side] of [
    [n, compared.current],
    [m, compared.reference],
  ] as const)
    if (count === 0) throw new NoStatistic(`${side.name} has no rows`);
  const weight = (count: number) => count || 0.5;
  const value = populationStability(
    used.map(({ reference }) => weight(reference)),
    used.map(({ current }) => weight(current)),
  );
  // What it is about without any change: D. Yurdakul, Statistical Properties of Population Stability Index, 2018.
  const noise = (used.length - 1) * (1 / n + 1 / m);
  const part = (bin: Bin) => {
    const [e, a] = [weight(bin.reference) / m, weight(bin.current) / n];
    return (a - e) * Math.log(a / e);
  };
  const moved = used.toSorted((a, b) => part(b) - part(a)).slice(0, SHOWN);
  return {
    value,
    detail: [
      `${n} rows against ${m}: without any change it is about ${roundSignificant(noise, 2)}`,
      ...moved
        .filter(bin => bin.current / n !== bin.reference / m)
        .map(bin => {
          const isHidden = compared.column.isPrivate && bin.isQuoted;
          const label = isHidden ? `bin ${bin.index + 1} of ${all.length}` : bin.label;
          return `${label}: ${sayShare(bin.reference / m)} before, ${sayShare(bin.current / n)} now`;
        }),
    ],
  };
}

/** The Kolmogorov-Smirnov distance, with the p-value beside it: with many rows a small one says little. */
export async function measureKs({ column, current, reference }: Compared): Promise<Measured> {
  requireNumeric(current, column);
  requireNumeric(reference, column);
  const [now, before] = [await readNumbers(current, column), await readNumbers(reference, column)];
  const { distance, p } = ksTest(now, before);
  const says = p < 1e-4 ? 'below 0.0001' : String(roundSignificant(p, 3));
  return {
    value: distance,
    detail: [`${now.length} values against ${before.length}: two-sided p ${says}`],
  };
}

/** `12.5 %`. */
export function sayShare(share: number): string {
  return `${roundSignificant(100 * share, 3)} %`;
}
