// Counts since the process began, by model: what Prometheus wants, which takes differences itself.
import { createCounts } from '#lib/serving/counts.ts';
import type { StepCounts } from '#lib/serving/table.ts';

export interface Totals {
  of(model: string): StepCounts;
  all(): ReadonlyMap<string, StepCounts>;
}

/** Starts at nothing. */
export function createTotals(): Totals {
  const models = new Map<string, StepCounts>();
  return {
    of: model => {
      const counts = models.get(model) ?? { answers: createCounts(), copies: createCounts() };
      models.set(model, counts);
      return counts;
    },
    all: () => models,
  };
}
