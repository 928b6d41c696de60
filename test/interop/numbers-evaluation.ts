// Metrics, intervals, standard errors, calibration and fairness of the champion and the challenger.
import { assessFairness } from '#lib/evaluation/fairness/assessment.ts';
import { uncertaintyOf } from '#lib/evaluation/influence.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { reliabilityBins } from '#lib/evaluation/reliability.ts';
import { type Measured, type Numbers, type Task, textsOf, type Value } from './numbers-task.ts';

/** The families metrics, wilson, standard errors, calibration and fairness. */
export function measureEvaluation({ task, test, champion, challenger }: Measured): Numbers {
  const groups = new Map(task.groups.map(name => [name, textsOf(test, name)]));
  return {
    metrics: { ...metricValues(champion, task, 'champion'), ...metricValues(challenger, task, 'challenger') },
    wilson: wilsonIntervals(champion, task),
    'standard errors': standardErrors(champion, task),
    calibration: calibration(champion, task),
    fairness: fairness(champion, groups, task),
  };
}

function metricsFor(sample: Sample, task: Task) {
  return metricsOf(task.kind).filter(metric => metric.applies?.(sample) ?? true);
}

/** Not rounded, unlike what reports hold. */
function metricValues(sample: Sample, task: Task, who: string): Readonly<Record<string, Value>> {
  const all = new Float64Array(sample.truth.length).fill(1);
  return Object.fromEntries(
    metricsFor(sample, task).map(metric => [`${who} ${metric.name}`, metric.prepare(sample)(all)]),
  );
}

function wilsonIntervals(sample: Sample, task: Task): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    metricsFor(sample, task).flatMap(({ name, interval }) => {
      const found = interval?.(sample);
      return found ? [[name, found]] : [];
    }),
  );
}

/** Of the metrics that have a formula for few rows. */
function standardErrors(sample: Sample, task: Task): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    metricsFor(sample, task).flatMap(({ name, influence }) =>
      influence ? [[name, uncertaintyOf(influence(sample)).standardError]] : [],
    ),
  );
}

function calibration(sample: Sample, task: Task): Readonly<Record<string, Value>> {
  const bins = reliabilityBins(sample, task.kind);
  return {
    n: bins.map(({ n }) => n),
    predicted: bins.map(({ predicted }) => predicted),
    observed: bins.map(({ observed }) => observed),
    lower: bins.map(({ ci95 }) => ci95[0]),
    upper: bins.map(({ ci95 }) => ci95[1]),
  };
}

function fairness(
  sample: Sample,
  groups: ReadonlyMap<string, readonly string[]>,
  { kind }: Task,
): Readonly<Record<string, Value>> {
  const columns = assessFairness(sample, groups, { task: kind });
  return Object.fromEntries(
    columns.flatMap(({ column, groups: found, differences }) => [
      ...found.flatMap(({ group, values }) =>
        values.map(({ name, value }) => [`${column}=${group} ${name}`, value] as const),
      ),
      ...differences.map(({ measure, value }) => [`${column} ${measure}`, value] as const),
    ]),
  );
}
