// Training against test rows and rows with high against rows with low targets: tests, distances, corrections of many p-values.
import { quantileOfSorted } from '#lib/stats/bootstrap.ts';
import { benjaminiHochberg, bonferroni, holm } from '#lib/stats/corrections.ts';
import { jensenShannon, populationStability, wasserstein } from '#lib/stats/divergence.ts';
import { contingencyTest, fisherExactTest, sampleRatioTest } from '#lib/stats/tests/contingency.ts';
import { equivalenceTest } from '#lib/stats/tests/equivalence.ts';
import { ksTest } from '#lib/stats/tests/kolmogorov-smirnov.ts';
import { momentsOf, welchTest } from '#lib/stats/tests/means.ts';
import { mannWhitneyTest } from '#lib/stats/tests/ranks.ts';
import { selectRows } from '#lib/tables/table.ts';
import { type Measured, type Numbers, numbersOf, textsOf, type Value } from './numbers-task.ts';

type Named = Readonly<Record<string, Value>>;

/** The families two samples, distances and corrections. */
export function measureSamples(measured: Measured): Numbers {
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
    'two samples': { ...named('drift'), ...named('split'), ...tables(measured) },
    distances: named('distances'),
    corrections: corrections(columns.map(({ p }) => p)),
  };
}

/** Smirnov's distance and p exactly for the first rows, then for all; Mann-Whitney's u and p; Welch's test; both means alike. */
function twoSamples(a: Float64Array, b: Float64Array): readonly number[] {
  const few = ksTest(a.subarray(0, 300), b.subarray(0, 200), 'exact');
  const all = ksTest(a, b, 'asymptotic');
  const ranks = mannWhitneyTest(a, b);
  const [one, other] = [momentsOf(a), momentsOf(b)];
  const welch = welchTest(one, other);
  const margin = Math.sqrt(one.variance + other.variance) / 10;
  const equal = equivalenceTest(one, other, { low: -margin, high: margin });
  return [
    ...[few.distance, few.p, all.distance, all.p, ranks.u, ranks.p],
    ...[welch.t, welch.df, welch.p, ...welch.interval, equal.p],
  ];
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
      const ratio = sampleRatioTest(counts[1] ?? [], counts[0] ?? []);
      const whole = [all.chiSquare, all.df, all.p, ratio.chiSquare, ratio.p];
      return [name, [...whole, yates.chiSquare, yates.p, fisher.oddsRatio, fisher.p]];
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
