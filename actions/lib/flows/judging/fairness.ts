// Fairness as gates ask for it: of one column of groups, or of the column in which it is worst.

import {
  type Fairness,
  type FairnessDifference,
  worstDifference,
} from '#lib/evaluation/fairness/assessment.ts';
import { findFairnessMeasure } from '#lib/evaluation/fairness/measures.ts';
import { count } from '#lib/evaluation/format.ts';
import type { Measured } from '#lib/gates/measure.ts';

/** Undefined for what is no measure of fairness. */
export function measureFairness(
  fairness: Fairness | null,
  name: string,
  group: string | undefined,
): Measured | undefined {
  if (!findFairnessMeasure(name)) return undefined;
  if (!fairness) {
    return missing(
      'model.yaml names no groups',
      'Name columns as evaluation.fairness.groups: regions count too.',
    );
  }
  const worst = worstDifference(
    fairness.filter(({ column }) => group === undefined || column === group),
    name,
  );
  if (!worst) return missing(`${name} is not of this task`, 'Write a measure of this task.');
  if (worst.value === null) {
    return missing(`${worst.column}: ${worst.reason}`, 'Evaluate on more rows, or on larger groups.');
  }
  const { value, ci95 } = worst;
  const upper = ci95?.[1] ?? Number.POSITIVE_INFINITY;
  return { value, ci95: ci95 && [ci95[0], upper], detail: sayGroups(worst), judged: 'both' };
}

function sayGroups({ column, groups, n }: FairnessDifference & { readonly column: string }): string {
  return `${column}, ${groups.map(group => group || '(not known)').join(' and ')} (${count(n, 'row')})`;
}

function missing(why: string, remedy: string): Measured {
  return { value: null, missing: { outcome: "can't tell", why, remedy } };
}
