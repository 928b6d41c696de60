// Canary tests on counts of bad events, valid at every look and whatever the rate does over the day: given that an event
// happened, it fell on the canary with the canary's share of the traffic, unless the canary makes more of them.
import { exp, log, log1p } from '#lib/stats/elementary.ts';
import { deviance, logGammaRatio, stirlingError } from '#lib/stats/special/gamma.ts';
import { requireCounts, requirePositive, requireShare } from '#lib/stats/special/require.ts';

/** Events while the canary had this share of the traffic; a new stage is a new share. */
export interface CountStage {
  readonly canary: number;
  readonly stable: number;
  /** The canary's share of the traffic, strictly between 0 and 1, assigned at random */
  readonly share: number;
}

/** Evidence against the null: under it the e-value reaches 1/alpha at any look with probability at most alpha. */
export interface Evidence {
  readonly e: number;
  readonly logE: number;
  /** min(1, 1/e) at this look */
  readonly p: number;
}

/** Which rates are looked for. All `ratios` lie on the same side of `nullRatio`. */
export interface CountOptions {
  /** Rates of the canary over the stable's that are looked for, with equal weight */
  readonly ratios?: readonly number[];
  /** The null: at most this ratio when `ratios` lie above it, at least this one when they lie below */
  readonly nullRatio?: number;
}

const HARMFUL_RATIOS = [1.2, 1.5, 2, 3, 5, 10];

/**
 * The mixture of likelihood ratios over rate ratios q, in which an event falls on the canary with probability
 * w q / (w q + 1 - w) (M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022,
 * section 3, one-sided). Stages multiply, each with its own share w. Defaults ask whether the canary makes more; ratios
 * below `nullRatio` 1 + margin prove it harmless. Slow requests are counts, too: those above the stable's 99th percentile.
 * @throws RangeError for counts that are not whole, shares outside (0, 1) or ratios on both sides of the null
 */
export function countEvidence(
  stages: readonly CountStage[],
  { ratios = HARMFUL_RATIOS, nullRatio = 1 }: CountOptions = {},
): Evidence {
  for (const ratio of [...ratios, nullRatio]) requirePositive(ratio, 'A ratio of rates');
  const isOneSide = ratios.every(q => q > nullRatio) || ratios.every(q => q < nullRatio);
  if (ratios.length === 0 || !isOneSide) {
    throw new RangeError(`Ratios lie all above or all below the null ratio ${nullRatio}`);
  }
  for (const { canary, stable, share } of stages) {
    requireCounts([canary, stable]);
    requireShare(share, 'A share of the traffic');
  }
  const logs = ratios.map(q => stages.reduce((sum, stage) => sum + logRatioOf(stage, q, nullRatio), 0));
  return evidenceOf(logMeanExp(logs));
}

/** canary log(p_q / p_0) + stable log((1 - p_q) / (1 - p_0)), where both share the factor (w q0 + 1 - w)/(w q + 1 - w). */
function logRatioOf({ canary, stable, share }: CountStage, ratio: number, nullRatio: number): number {
  const common = log1p(share * (nullRatio - 1)) - log1p(share * (ratio - 1));
  return canary * log(ratio / nullRatio) + (canary + stable) * common;
}

/**
 * The Bayes factor of any shares against the promised ones, with a Dirichlet prior (Lindon and Malek, formula 5): a test of
 * sample ratio that may be looked at after every row. With [b, c] against [1/2, 1/2] it is the sequential form of the
 * sign and McNemar tests, for a shadow that answers the same requests.
 * @param shares promised, all > 0, in any unit
 * @param concentration prior counts per arm, 1 is uniform; larger numbers look nearer to the promise
 * @throws RangeError for fewer than two arms or counts that are not whole
 */
export function multinomialEvidence(
  counts: readonly number[],
  shares: readonly number[],
  concentration: readonly number[] = shares.map(() => 1),
): Evidence {
  requireCounts(counts);
  if (counts.length < 2 || shares.length !== counts.length || concentration.length !== counts.length) {
    throw new RangeError('Every one of two or more arms needs a count, a share and a prior');
  }
  for (const value of [...shares, ...concentration]) requirePositive(value, 'A share or prior');
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const [n, whole, prior] = [sum(counts), sum(shares), sum(concentration)];
  if (n === 0) return evidenceOf(0);
  const underPrior = counts.reduce((total, count, arm) => {
    const alpha = concentration[arm] ?? 1;
    return total + logRising(count, alpha);
  }, -logRising(n, prior));
  const underNull = counts.reduce(
    (total, count, arm) => total - logPoissonShape(count, (n * (shares[arm] ?? 0)) / whole),
    logPoissonShape(n, n),
  );
  return evidenceOf(underPrior - underNull);
}

/** log of Gamma(n + alpha) / (Gamma(alpha) n!), without the large parts of either. */
function logRising(n: number, alpha: number): number {
  return logGammaRatio(n + 1, alpha - 1) - logGammaRatio(1, alpha - 1);
}

/** -log of the Poisson mass of n at this mean: small where n is near it. */
function logPoissonShape(n: number, mean: number): number {
  if (n === 0) return mean;
  return stirlingError(n) + deviance(n, mean) + 0.5 * log(2 * Math.PI * n);
}

function evidenceOf(logE: number): Evidence {
  return { e: exp(logE), logE, p: exp(Math.min(0, -logE)) };
}

function logMeanExp(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest + log(logs.reduce((sum, value) => sum + exp(value - largest), 0) / logs.length);
}

/** The mean of e-values is one, however they depend on each other (V. Vovk and R. Wang, Ann. Stat. 49, 2021). */
export function averageEvidence(evidence: readonly Evidence[]): Evidence {
  if (evidence.length === 0) return evidenceOf(0);
  return evidenceOf(logMeanExp(evidence.map(({ logE }) => logE)));
}

/** The product of e-values is one when each is valid given those before it: stages, or independent streams. */
export function productEvidence(evidence: readonly Evidence[]): Evidence {
  return evidenceOf(evidence.reduce((sum, { logE }) => sum + logE, 0));
}
