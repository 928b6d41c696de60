// Tests that may be looked at after every row: the mixture sequential probability ratio test and its interval.
import { exp, log, log1p } from '#lib/stats/elementary.ts';
import type { Interval } from '#lib/stats/interval.ts';
import {
  requireFinite,
  requirePositive,
  requireProbability,
  requireShare,
} from '#lib/stats/special/require.ts';

/** How much likelier the mixture makes the data than the null; `p` = min(1, 1 / ratio) at this look. */
export interface MixtureRatio {
  readonly likelihoodRatio: number;
  readonly logLikelihoodRatio: number;
  /** Keep the smallest over all looks: `alwaysValid` does. */
  readonly p: number;
}

/** An estimate with its variance, and the variance tau2 > 0 of the effects looked for around `theta0`. */
export interface MixtureLook {
  readonly estimate: number;
  readonly variance: number;
  readonly tau2: number;
  readonly theta0?: number;
}

/**
 * sqrt(V / (V + tau2)) exp(tau2 (x - theta0)^2 / (2 V (V + tau2))) for a normal estimate x with variance V (H. Robbins,
 * Ann. Math. Stat. 41, 1970; R. Johari, L. Pekelis, D. Walsh, "Always valid inference", 2019, formula 11). Reject at
 * ratio >= 1/alpha at any look.
 * @throws RangeError unless both variances are finite and > 0
 */
export function mixtureRatio({ estimate, variance, tau2, theta0 = 0 }: MixtureLook): MixtureRatio {
  requireFinite([estimate, theta0], 'An estimate');
  requirePositive(variance, 'The variance of an estimate');
  requirePositive(tau2, 'The mixing variance');
  const distance = estimate - theta0;
  const total = variance + tau2;
  const exponent = ((tau2 / total) * distance * (distance / variance)) / 2;
  const logLikelihoodRatio = exponent - 0.5 * log1p(tau2 / variance);
  return {
    logLikelihoodRatio,
    likelihoodRatio: exp(logLikelihoodRatio),
    p: exp(Math.min(0, -logLikelihoodRatio)),
  };
}

/** Two means with n rows per arm and the known variance `sigma2` of one row: V = 2 sigma2 / n. */
export function normalMixtureRatio({
  n,
  difference,
  sigma2,
  tau2,
  theta0 = 0,
}: {
  readonly n: number;
  readonly difference: number;
  readonly sigma2: number;
  readonly tau2: number;
  readonly theta0?: number;
}): MixtureRatio {
  requirePositive(n, 'A number of rows');
  return mixtureRatio({ estimate: difference, variance: (2 * sigma2) / n, tau2, theta0 });
}

/**
 * Two shares with n rows per arm: V = (pa(1 - pa) + pb(1 - pb)) / n, asymptotic (Johari et al., section 4.3). The shares
 * must come from one stage of a rollout: after the traffic split changes, rows of two stages must not be pooled.
 * @throws RangeError when both shares are 0 or 1, which leaves no variance
 */
export function bernoulliMixtureRatio({
  n,
  pa,
  pb,
  tau2,
  theta0 = 0,
}: {
  readonly n: number;
  readonly pa: number;
  readonly pb: number;
  readonly tau2: number;
  readonly theta0?: number;
}): MixtureRatio {
  for (const p of [pa, pb]) requireProbability(p, 'A share');
  requirePositive(n, 'A number of rows');
  return mixtureRatio({
    estimate: pb - pa,
    variance: (pa * (1 - pa) + pb * (1 - pb)) / n,
    tau2,
    theta0,
  });
}

/** The running minimum: p-values that hold at whatever look one stops. */
export function alwaysValid(pValues: readonly number[]): readonly number[] {
  let smallest = 1;
  return pValues.map(p => {
    smallest = Math.min(smallest, p);
    return smallest;
  });
}

/** An estimate with its standard error after n rows of all arms, and the number of rows it is tuned for. */
export interface SequenceLook {
  readonly estimate: number;
  readonly standardError: number;
  readonly n: number;
  readonly alpha?: number;
  /** Where the interval is narrowest, in rows */
  readonly tunedFor?: number;
}

/** The interval at this look; all of them together hold with probability 1 - alpha. */
export interface ConfidenceSequence {
  readonly rho: number;
  readonly halfWidth: number;
  readonly interval: Interval;
  readonly p: number;
}

/**
 * The asymptotic confidence sequence (I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, "Time-uniform central
 * limit theory", 2021, formula 9; rho from formula 161): half width s sqrt(2 (n rho^2 + 1) ln(sqrt(n rho^2 + 1) / alpha)) /
 * (n rho), s = SE sqrt(n). With rho^2 = s^2 / r it is also the normal-mixture bound of S. Howard, A. Ramdas, J. McAuliffe,
 * J. Sekhon, Ann. Stat. 49, 2021, formula 14, known to A/B platforms as GAVI.
 * @throws RangeError for a standard error < 0, n or tunedFor <= 0, alpha outside (0, 1)
 */
export function confidenceSequence({
  estimate,
  standardError,
  n,
  alpha = 0.05,
  tunedFor = 5000,
}: SequenceLook): ConfidenceSequence {
  requireFinite([estimate, standardError], 'An estimate and its standard error');
  requirePositive(n, 'A number of rows');
  requirePositive(tunedFor, 'A number of rows');
  requireShare(alpha, 'An error rate');
  if (standardError < 0) throw new RangeError('A standard error is >= 0');
  const twice = -2 * log(alpha);
  const rho = Math.sqrt((twice + log(twice + 1)) / tunedFor);
  const spread = n * rho * rho;
  const bound = 2 * (spread + 1) * (0.5 * log1p(spread) - log(alpha));
  const halfWidth = standardError * Math.sqrt(bound / spread);
  const z = estimate === 0 ? 0 : estimate / standardError;
  const logP = 0.5 * log1p(spread) - (z * z * (spread / (spread + 1))) / 2;
  return {
    rho,
    halfWidth,
    interval: [estimate - halfWidth, estimate + halfWidth],
    p: exp(Math.min(0, logP)),
  };
}
