// The champion against the challenger on the same rows, and the rates of two groups.
import { compare } from '#lib/evaluation/comparison.ts';
import { differenceOf, influenceOfMean, uncertaintyOf } from '#lib/evaluation/influence.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { studentTTwoSided } from '#lib/stats/distributions/student-t.ts';
import { clopperPearsonInterval } from '#lib/stats/interval.ts';
import { mcnemarTest } from '#lib/stats/tests/contingency.ts';
import { delongTest } from '#lib/stats/tests/delong.ts';
import { newcombeInterval, pooledProportionTest } from '#lib/stats/tests/proportions.ts';
import { type Measured, type Numbers, textsOf, type Value } from './numbers-task.ts';

type Named = Readonly<Record<string, Value>>;

/** The families paired tests, compare and compare p. */
export function measurePairs(measured: Measured): Numbers {
  return { 'paired tests': pairedTests(measured), ...comparisons(measured) };
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

/** Right answers in the first group by name and in all others: Newcombe's interval, z and p of equality, Clopper and Pearson's interval. */
function betweenGroups(right: readonly boolean[], groups: readonly string[]): readonly number[] {
  const first = [...groups].sort()[0];
  const part = (isIn: boolean) => {
    const rows = right.filter((_, row) => (groups[row] === first) === isIn);
    return { successes: rows.filter(Boolean).length, n: rows.length };
  };
  const { z, p } = pooledProportionTest(part(true), part(false));
  const { successes, n } = part(true);
  return [...newcombeInterval(part(true), part(false)), z, p, ...clopperPearsonInterval(successes, n)];
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
