// Our answer to each kind of case, under the names that the cases use.
import {
  bcaInterval,
  bootstrap,
  exhaustiveBootstrap,
  jackknife,
  percentileInterval,
  standardErrorOf,
  type WeightedStatistic,
} from '#lib/stats/bootstrap.ts';
import { benjaminiHochberg, bonferroni, type Correction, holm } from '#lib/stats/corrections.ts';
import { cuped } from '#lib/stats/cuped.ts';
import { betaCdf } from '#lib/stats/distributions/beta.ts';
import { chiSquareSf } from '#lib/stats/distributions/chi-square.ts';
import { kolmogorovSf } from '#lib/stats/distributions/kolmogorov.ts';
import { normalCdf, normalQuantile, normalSf } from '#lib/stats/distributions/normal.ts';
import { studentTCdf, studentTQuantile, studentTTwoSided } from '#lib/stats/distributions/student-t.ts';
import { jensenShannon, populationStability, wasserstein } from '#lib/stats/divergence.ts';
import { clopperPearsonInterval, wilsonInterval } from '#lib/stats/interval.ts';
import { detectableDifference, meanSampleSize, proportionSampleSize } from '#lib/stats/power.ts';
import { countEvidence, multinomialEvidence } from '#lib/stats/sequential/counts.ts';
import { groupSequentialBounds, spentError } from '#lib/stats/sequential/group-sequential.ts';
import {
  bernoulliMixtureRatio,
  confidenceSequence,
  type MixtureRatio,
  normalMixtureRatio,
} from '#lib/stats/sequential/mixture-ratio.ts';
import {
  contingencyTest,
  fisherExactTest,
  mcnemarTest,
  sampleRatioTest,
} from '#lib/stats/tests/contingency.ts';
import { delongTest } from '#lib/stats/tests/delong.ts';
import { equivalenceTest, nonInferiorityTest } from '#lib/stats/tests/equivalence.ts';
import { ksTest } from '#lib/stats/tests/kolmogorov-smirnov.ts';
import { momentsOf, momentsOfSums, relativeLift, type Sums, welchTest } from '#lib/stats/tests/means.ts';
import {
  newcombeInterval,
  pooledProportionTest,
  unpooledProportionTest,
} from '#lib/stats/tests/proportions.ts';
import { mannWhitneyTest, shiftBetween } from '#lib/stats/tests/ranks.ts';

/** The inputs of a case as they stand in the file. */
// biome-ignore lint/suspicious/noExplicitAny: every kind of case has its own fields
export type Inputs = Readonly<Record<string, any>>;
type Answer = (inputs: Inputs) => Readonly<Record<string, unknown>>;

const sides: Readonly<Record<string, 'two-sided' | 'less' | 'greater'>> = {
  smaller: 'less',
  larger: 'greater',
  less: 'less',
  greater: 'greater',
};
const sideOf = ({ alternative }: Inputs) => sides[alternative] ?? 'two-sided';
const pairOf = ({ x1, n1, x2, n2 }: Inputs) =>
  [
    { successes: x1, n: n1 },
    { successes: x2, n: n2 },
  ] as const;
const designOf = ({ alpha, power, two_sided = true, ratio = 1 }: Inputs) => ({
  alpha,
  power,
  isTwoSided: two_sided,
  ratio,
});
const sumsOf = ({ sum, sum_squares, n }: Inputs): Sums => ({ sum, sumSquares: sum_squares, n });
const corrected =
  (correct: (p: readonly number[], alpha: number) => Correction): Answer =>
  ({ p, alpha }) => ({ ...correct(p, alpha) });
const sequential = ({ likelihoodRatio, p }: MixtureRatio) => ({
  likelihood_ratio: likelihoodRatio,
  p_always_valid_step: p,
});
const meanOf =
  (data: readonly number[]): WeightedStatistic =>
  counts => {
    const n = counts.reduce((sum, count) => sum + count, 0);
    return counts.reduce((sum, count, row) => sum + count * (data[row] ?? 0), 0) / n;
  };

/** By the name of the test in the cases. */
export const answers: Readonly<Record<string, Answer>> = {
  normal_cdf: ({ x }) => ({ cdf: normalCdf(x), sf: normalSf(x) }),
  normal_ppf: ({ p }) => ({ x: normalQuantile(p) }),
  student_t_cdf: ({ t, df }) => ({ cdf: studentTCdf(t, df), two_sided_p: studentTTwoSided(t, df) }),
  student_t_ppf: ({ p, df }) => ({ t: studentTQuantile(p, df) }),
  chi2_sf: ({ x, df }) => ({ sf: chiSquareSf(x, df) }),
  beta_cdf: ({ a, b, x }) => ({ cdf: betaCdf(x, { a, b }) }),
  kolmogorov_sf: ({ x }) => ({ sf: kolmogorovSf(x) }),
  two_proportion_z_pooled: inputs => ({ ...pooledProportionTest(...pairOf(inputs), sideOf(inputs)) }),
  two_proportion_z_unpooled: inputs => {
    const { z, p, interval } = unpooledProportionTest(...pairOf(inputs), { confidence: inputs.confidence });
    return { z, p, ci_diff_p2_minus_p1: interval };
  },
  two_proportion_ci_newcombe: inputs => ({
    ci_diff_p2_minus_p1: newcombeInterval(...pairOf(inputs), inputs.confidence),
  }),
  wilson_interval: ({ x, n, confidence }) => ({ ci: wilsonInterval(x, n, confidence) }),
  clopper_pearson_interval: ({ x, n, confidence }) => ({ ci: clopperPearsonInterval(x, n, confidence) }),
  sample_size_two_proportions: inputs => {
    const { pooled, unpooled, arcsine, effect } = proportionSampleSize(
      inputs.p1,
      inputs.p2,
      designOf(inputs),
    );
    return {
      n_per_group_pooled: pooled,
      n_per_group_pooled_ceil: Math.ceil(pooled),
      n_per_group_unpooled: unpooled,
      n_per_group_arcsine: arcsine,
      cohen_h: Math.abs(effect),
    };
  },
  sample_size_two_means: inputs => {
    const { t, normal } = meanSampleSize(inputs.cohen_d, designOf(inputs));
    return { n_per_group_t: t, n_per_group_normal: normal };
  },
  mde_two_proportions: inputs => ({
    mde_abs: detectableDifference(inputs.p1, inputs.n_per_group, designOf(inputs)),
  }),
  welch_t: inputs => {
    const { a, b, confidence } = inputs;
    const { t, df, p, interval } = welchTest(momentsOf(a), momentsOf(b), {
      confidence,
      alternative: sideOf(inputs),
    });
    return { t, df, p, ci_diff_a_minus_b: interval };
  },
  welch_t_from_sums: ({ a, b }) => {
    const { difference, p, interval, df } = welchTest(momentsOfSums(sumsOf(b)), momentsOfSums(sumsOf(a)));
    return { diff_b_minus_a: difference, p, ci: interval, df };
  },
  relative_lift_delta_method: ({ a, b }) => {
    const { difference, standardError, p, interval } = relativeLift(
      momentsOfSums(sumsOf(a)),
      momentsOfSums(sumsOf(b)),
    );
    return { lift: difference, se: standardError, p, ci: interval };
  },
  bonferroni: corrected(bonferroni),
  holm: corrected(holm),
  benjamini_hochberg: corrected(benjaminiHochberg),
  ks_two_sample: ({ a, b }) => ({
    D: ksTest(a, b).distance,
    p_exact: ksTest(a, b, 'exact').p,
    p_asymp: ksTest(a, b, 'asymptotic').p,
    p_kolmogorov_limit: ksTest(a, b, 'limit').p,
  }),
  psi: ({ expected_counts, actual_counts, epsilon }) => ({
    psi: populationStability(expected_counts, actual_counts, epsilon),
  }),
  jensen_shannon: ({ p, q }) => {
    const [two, e] = [jensenShannon(p, q), jensenShannon(p, q, Math.E)];
    return {
      distance_base2: two.distance,
      divergence_base2: two.divergence,
      distance_nat: e.distance,
      divergence_nat: e.divergence,
    };
  },
  wasserstein_1d: ({ a, b }) => ({ distance: wasserstein({ values: a }, { values: b }) }),
  wasserstein_1d_weighted: ({ a, b, wa, wb }) => ({
    distance: wasserstein({ values: a, weights: wa }, { values: b, weights: wb }),
  }),
  chi2_contingency: ({ table, yates }) => {
    const { chiSquare, df, p, expected } = contingencyTest(table, { yates });
    return { chi2: chiSquare, df, p, expected };
  },
  srm_chi2_gof: ({ observed, weights }) => {
    const { chiSquare, df, p, isMismatch } = sampleRatioTest(observed, weights);
    return { chi2: chiSquare, df, p, srm_at_0_001: isMismatch };
  },
  mcnemar: ({ table: [[, b], [c]] }) => {
    const found = mcnemarTest(b, c);
    return {
      b,
      c,
      p_exact: found.exactP,
      chi2_cc: found.correctedChiSquare,
      p_cc: found.correctedP,
      chi2: found.chiSquare,
      p: found.chiSquareP,
    };
  },
  fisher_exact: inputs => {
    const { oddsRatio, p } = fisherExactTest(inputs.table, sideOf(inputs));
    return { odds_ratio: oddsRatio, p };
  },
  mann_whitney_u: inputs => {
    const { u, p, exactP } = mannWhitneyTest(inputs.a, inputs.b, sideOf(inputs));
    return { U: u, p_asymptotic: p, p_exact: exactP };
  },
  shift: ({ a, b }) => ({ shift: shiftBetween(a, b).shift }),
  delong: ({ y, score1, score2 }) => {
    const { auc, standardError, variance, z, p } = delongTest(y, [score1, score2]);
    return {
      auc1: auc[0],
      auc2: auc[1],
      se1: standardError[0],
      se2: standardError[1],
      var_diff: variance,
      z,
      p,
    };
  },
  bootstrap_exhaustive_mean: ({ data, confidence }) => {
    const all = exhaustiveBootstrap(data.length, meanOf(data));
    return {
      n_resamples: all.length,
      se: standardErrorOf(all),
      percentile_ci_linear: percentileInterval(all, confidence),
    };
  },
  bootstrap_random_mean: ({ data, confidence, n_resamples }) => {
    const statistic = meanOf(data);
    const replicates =
      bootstrap(data.length, [statistic], { resamples: n_resamples })[0] ?? new Float64Array();
    const observed = statistic(new Float64Array(data.length).fill(1));
    const bca = bcaInterval(replicates, {
      observed,
      jackknife: jackknife(data.length, statistic),
      confidence,
    });
    return {
      percentile_ci: percentileInterval(replicates, confidence),
      bca_ci: bca,
      se: standardErrorOf(replicates),
    };
  },
  msprt_normal: ({ n_per_arm: n, mean_diff: difference, sigma2, tau2, theta0 }) =>
    sequential(normalMixtureRatio({ n, difference, sigma2, tau2, theta0 })),
  msprt_bernoulli: ({ n_per_arm: n, pa, pb, tau2, theta0 }) =>
    sequential(bernoulliMixtureRatio({ n, pa, pb, tau2, theta0 })),
  asymptotic_confidence_sequence: ({ delta, se, n_total, alpha, tuning_N }) => {
    const look = { estimate: delta, standardError: se, n: n_total, alpha, tunedFor: tuning_N };
    const { rho, halfWidth, interval, p } = confidenceSequence(look);
    return { rho, halfwidth: halfWidth, ci: interval, p };
  },
  cuped: ({ pre_a, post_a, pre_b, post_b }) => {
    const { theta, means, varianceReduction, test } = cuped(
      { pre: pre_a, post: post_a },
      { pre: pre_b, post: post_b },
    );
    return {
      theta,
      mean_a: means[0],
      mean_b: means[1],
      var_reduction: varianceReduction,
      corr_squared: varianceReduction,
      welch_t: test.t,
      p: test.p,
    };
  },
  non_inferiority_proportions: ({
    x_control,
    n_control,
    x_treat,
    n_treat,
    margin_abs,
    alpha,
    higher_is_better,
  }) => {
    const [control, treatment] = [
      { successes: x_control, n: n_control },
      { successes: x_treat, n: n_treat },
    ];
    const options = { margin: margin_abs, alpha, isHigherBetter: higher_is_better };
    const { z, p, lowerBound, isNonInferior } = nonInferiorityTest(control, treatment, options);
    return { z, p, lower_bound_one_sided: lowerBound, non_inferior: isNonInferior };
  },
  tost_welch: ({ a, b, low, upp }) => {
    const { p, aboveLow, belowHigh } = equivalenceTest(momentsOf(a), momentsOf(b), { low, high: upp });
    return { p, t_low: aboveLow.t, p_low: aboveLow.p, t_upp: belowHigh.t, p_upp: belowHigh.p };
  },
  multinomial_evidence: ({ counts, shares, prior }) => ({
    log_e: multinomialEvidence(counts, shares, prior).logE,
  }),
  count_evidence: ({ stages, null_ratio, ratios }) => {
    const named = stages.map(([canary, stable, share]: [number, number, number]) => ({
      canary,
      stable,
      share,
    }));
    return { e: countEvidence(named, { ratios, nullRatio: null_ratio }).e };
  },
  group_sequential: ({ kind, fractions, alpha, two_sided }) => ({
    bounds: groupSequentialBounds({ fractions, spending: kind, alpha, isTwoSided: two_sided }),
  }),
  spent_error: ({ kind, t, alpha }) => ({ spent: spentError(kind, t, alpha) }),
};
