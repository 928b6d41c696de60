// Tests and distances: the champion against the challenger, rows of training against test rows, and corrections of many
// p-values.
import { compare } from '#lib/evaluation/comparison.ts';
import { differenceOf, influenceOfMean, uncertaintyOf } from '#lib/evaluation/influence.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { quantileOfSorted } from '#lib/stats/bootstrap.ts';
import { benjaminiHochberg, bonferroni, holm } from '#lib/stats/corrections.ts';
import { studentTTwoSided } from '#lib/stats/distributions/student-t.ts';
import { jensenShannon, populationStability, wasserstein } from '#lib/stats/divergence.ts';
import { contingencyTest, fisherExactTest, mcnemarTest } from '#lib/stats/tests/contingency.ts';
import { delongTest } from '#lib/stats/tests/delong.ts';
import { ksTest } from '#lib/stats/tests/kolmogorov-smirnov.ts';
import { momentsOf, welchTest } from '#lib/stats/tests/means.ts';
import { newcombeInterval, pooledProportionTest } from '#lib/stats/tests/proportions.ts';
import { mannWhitneyTest } from '#lib/stats/tests/ranks.ts';
import { selectRows } from '#lib/tables/table.ts';
import type { Measured, Numbers, Value } from './numbers.ts';
import { numbersOf, textsOf } from './numbers.ts';

type Named = Readonly<Record<string, Value>>;

/** The families paired tests, compare, compare p, two samples, distances and corrections. */
export function measureTests(measured: Measured): Numbers {
  const { task, test, train } = measured;
  const target = numbersOf(test, 'target');
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  const rows = [...target.keys()];
  const above = selectRows(
    test,
    rows.filter(row => (target[row] ?? 0) > mean),
  );
  const below = selectRows(
    test,
    rows.filter(row => (target[row] ?? 0) <= mean),
  );
  const columns = task.features.map(name => {
    const [a, b] = [numbersOf(above, name), numbersOf(below, name)];
    return {
      name,
      drift: twoSamples(numbersOf(train, name), numbersOf(test, name)),
      split: twoSamples(a, b),
      p: mannWhitneyTest(a, b).p,
      distances: distances(numbersOf(train, name), numbersOf(test, name)),
    };
  });
  const named = (of: 'drift' | 'split' | 'distances'): Named =>
    Object.fromEntries(columns.map(column => [`${of} ${column.name}`, column[of]]));
  return {
    'paired tests': pairedTests(measured),
    ...comparisons(measured),
    'two samples': { ...named('drift'), ...named('split'), ...tables(measured) },
    distances: named('distances'),
    corrections: corrections(columns.map(({ p }) => p)),
  };
}

function pairedTests({ task, champion, challenger, test }: Measured): Named {
  const errors = (sample: Sample) =>
    sample.truth.map((truth, row) => (truth - (sample.prediction[row] ?? Number.NaN)) ** 2);
  if (task.kind === 'regression') return { 'squared errors': pairedT(errors(champion), errors(challenger)) };
  const [own, other] = [rightAnswers(champion), rightAnswers(challenger)];
  const only = (a: readonly boolean[], b: readonly boolean[]) =>
    a.filter((isRight, row) => isRight && !b[row]).length;
  const { exactP, chiSquare, chiSquareP, correctedChiSquare, correctedP } = mcnemarTest(
    only(own, other),
    only(other, own),
  );
  const mcnemar = { mcnemar: [exactP, chiSquare, chiSquareP, correctedChiSquare, correctedP] };
  const proportions = { proportions: betweenGroups(own, textsOf(test, task.groups[0] ?? '')) };
  if (task.kind === 'multiclass-classification') return { ...mcnemar, ...proportions };
  const delong = delongTest(champion.truth, [champion.prediction, challenger.prediction]);
  return {
    ...mcnemar,
    ...proportions,
    delong: [...delong.auc, ...delong.standardError, delong.z, delong.p, ...delong.interval],
    'squared errors': pairedT(errors(champion), errors(challenger)),
  };
}

function rightAnswers({ truth, prediction, threshold, classes }: Sample): readonly boolean[] {
  return Array.from(truth, (one, row) => {
    const answer = prediction[row] ?? Number.NaN;
    return one === (classes ? answer : Number(answer >= threshold));
  });
}

/** t and p, from the influence of rows. */
function pairedT(one: Float64Array, other: Float64Array): readonly number[] {
  const { standardError } = uncertaintyOf(differenceOf(influenceOfMean(one), influenceOfMean(other)));
  const t = one.reduce((sum, value, row) => sum + value - (other[row] ?? 0), 0) / one.length / standardError;
  return [t, studentTTwoSided(t, one.length - 1)];
}

/** Right answers in the first group by name and in all others: Newcombe's interval, then z and p of equality. */
function betweenGroups(right: readonly boolean[], groups: readonly string[]): readonly number[] {
  const first = [...groups].sort()[0];
  const part = (isIn: boolean) => {
    const rows = right.filter((_, row) => (groups[row] === first) === isIn);
    return { successes: rows.filter(Boolean).length, n: rows.length };
  };
  const { z, p } = pooledProportionTest(part(true), part(false));
  return [...newcombeInterval(part(true), part(false)), z, p];
}

/** Primary metrics of each task, as a report holds them. */
function comparisons({ task, champion, challenger }: Measured): Numbers {
  const names = { regression: ['mae', 'rmse'], 'binary-classification': ['brier', 'roc_auc'] };
  const asked = task.kind === 'multiclass-classification' ? ['log_loss', 'brier'] : names[task.kind];
  const found = asked.flatMap(name => {
    const metric = findMetric(task.kind, name);
    const comparison = metric && compare(metric, { sample: challenger, reference: champion });
    return comparison ? [{ name, ...comparison }] : [];
  });
  return {
    compare: Object.fromEntries(found.map(one => [one.name, [one.reference, one.difference, ...one.ci95]])),
    'compare p': Object.fromEntries(found.map(({ name, p }) => [name, p])),
  };
}

/** Smirnov's distance and p exactly for the first rows, then for all; Mann-Whitney's z-based p; Welch's t and p. */
function twoSamples(a: Float64Array, b: Float64Array): readonly number[] {
  const few = ksTest(a.subarray(0, 300), b.subarray(0, 200), 'exact');
  const all = ksTest(a, b, 'asymptotic');
  const ranks = mannWhitneyTest(a, b);
  const welch = welchTest(momentsOf(a), momentsOf(b));
  return [few.distance, few.p, all.distance, all.p, ranks.u, ranks.p, welch.t, welch.df, welch.p];
}

/** Training against test rows: counts of texts, and of the commonest one against all others. */
function tables({ task, train, test }: Measured): Named {
  return Object.fromEntries(
    task.groups.map(name => {
      const both = [textsOf(train, name), textsOf(test, name)];
      const texts = [...new Set(both.flat())].sort();
      const counts = both.map(list => texts.map(text => list.filter(one => one === text).length));
      const [[a = 0, ...others] = [], [b = 0, ...rest] = []] = counts;
      const sum = (list: readonly number[]) => list.reduce((total, count) => total + count, 0);
      const fourFold = [
        [a, sum(others)],
        [b, sum(rest)],
      ] as const;
      const [all, yates] = [contingencyTest(counts), contingencyTest(fourFold)];
      const fisher = fisherExactTest(fourFold);
      return [name, [all.chiSquare, all.df, all.p, yates.chiSquare, yates.p, fisher.oddsRatio, fisher.p]];
    }),
  );
}

/** PSI over the tenths of the first, Jensen and Shannon's distance over the same bins, Wasserstein's distance. */
function distances(a: Float64Array, b: Float64Array): readonly number[] {
  const sorted = a.toSorted();
  const cuts = [...new Set([1, 2, 3, 4, 5, 6, 7, 8, 9].map(tenth => quantileOfSorted(sorted, tenth / 10)))];
  const histogram = (values: Float64Array): readonly number[] => {
    const counts = new Array<number>(cuts.length + 1).fill(0);
    for (const value of values) counts[cuts.filter(cut => cut <= value).length]! += 1;
    return counts;
  };
  const [before, after] = [histogram(a), histogram(b)];
  return [
    populationStability(before, after),
    jensenShannon(before, after).distance,
    wasserstein({ values: a }, { values: b }),
  ];
}

function corrections(pValues: readonly number[]): Named {
  return {
    holm: holm(pValues).adjusted,
    'benjamini-hochberg': benjaminiHochberg(pValues).adjusted,
    bonferroni: bonferroni(pValues).adjusted,
  };
}
