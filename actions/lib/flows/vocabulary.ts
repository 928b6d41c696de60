// The words a model.yaml may use, gathered from the registries.
import { costMetrics, relativeCostMetrics } from '#lib/evaluation/cost.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { measureNames } from '#lib/gates/measures.ts';
import type { Vocabulary } from '#lib/registry/read.ts';
import { trainers } from '#lib/training/trainers.ts';

/** All metrics, costs and algorithms there are. */
export const vocabulary: Vocabulary = {
  metrics: task => metricsOf(task).map(metric => metric.name),
  costs: [...costMetrics, ...relativeCostMetrics].map(metric => metric.name),
  measures: measureNames,
  algorithms: task =>
    [...trainers.values()]
      .filter(trainer => trainer.tasks.some(one => one === task))
      .map(trainer => trainer.name),
};
