// The measures of fairness, by the definitions of fairlearn: the words that gates and reports use. A new one is a row here.
import {
  type ByGroup,
  type Extreme,
  farthestFromZero,
  smallestRatio,
  widerDifference,
  widestDifference,
} from '#lib/evaluation/fairness/extremes.ts';
import type { MetricTask } from '#lib/evaluation/metric.ts';

/** A number that compares the groups of one column; gates name it like a metric. */
export interface FairnessMeasure {
  /** snake_case, fairlearn's name where it has one. */
  readonly name: string;
  readonly tasks: readonly MetricTask[];
  /** `target` is the unit of the target. */
  readonly unit: 'fraction' | 'times' | 'target';
  readonly better: 'lower' | 'higher';
  /** All groups alike. */
  readonly best: 0 | 1;
  /** Null where it has no end. */
  readonly worst: 0 | 1 | null;
  /** One plain line for a person who does not know it. */
  readonly meaning: string;
  /** @param by a value of values.ts in the groups that have it; undefined where they cannot be compared */
  readonly compare: (by: (name: string) => ByGroup) => Extreme | undefined;
}

const binary = ['binary-classification'] as const;
const difference = { unit: 'fraction', better: 'lower', best: 0, worst: 1 } as const;

/** Every measure of fairness, in report order. */
export const fairnessMeasures: readonly FairnessMeasure[] = [
  {
    ...{ name: 'demographic_parity_difference', tasks: binary, ...difference },
    meaning: 'How far the shares of flagged cases lie apart: the highest of any group minus the lowest.',
    compare: by => widestDifference(by('selection_rate')),
  },
  {
    ...{ name: 'demographic_parity_ratio', tasks: binary, unit: 'fraction', better: 'higher' },
    ...{ best: 1, worst: 0 },
    meaning:
      'The lowest share of flagged cases of any group over the highest; the four-fifths rule asks for at least 0.8.',
    compare: by => smallestRatio(by('selection_rate')),
  },
  {
    ...{ name: 'equal_opportunity_difference', tasks: binary, ...difference },
    meaning: 'Of the truly positive cases, how far the shares that are found lie apart between groups.',
    compare: by => widestDifference(by('true_positive_rate')),
  },
  {
    ...{ name: 'equalized_odds_difference', tasks: binary, ...difference },
    meaning:
      'How far groups lie apart in positive cases found or in negative cases flagged, whichever is more.',
    compare: by => widerDifference(by('true_positive_rate'), by('false_positive_rate')),
  },
  {
    ...{ name: 'group_calibration_difference', tasks: binary, ...difference },
    meaning: 'In the group where it is worst: how far the mean score lies from the share that is positive.',
    compare: by => farthestFromZero(by('calibration_gap')),
  },
  {
    ...{ name: 'accuracy_difference', tasks: ['multiclass-classification'], ...difference },
    meaning: 'How far the shares of right answers lie apart: the highest of any group minus the lowest.',
    compare: by => widestDifference(by('accuracy')),
  },
  {
    ...{ name: 'mean_error_difference', tasks: ['regression'], ...difference, unit: 'target', worst: null },
    meaning:
      'How far the groups lie apart in what predictions are too high or too low by, on average; 0 is alike.',
    compare: by => widestDifference(by('mean_error')),
  },
  {
    ...{ name: 'error_ratio', tasks: ['regression'], unit: 'times', better: 'lower' },
    ...{ best: 1, worst: null },
    meaning: 'Mean absolute error of the group with the largest over that of the group with the smallest.',
    compare: by => inverted(smallestRatio(by('mean_absolute_error'))),
  },
];

/** The measure of that name, or undefined. */
export function findFairnessMeasure(name: string): FairnessMeasure | undefined {
  return fairnessMeasures.find(measure => measure.name === name);
}

/** From lowest over highest to highest over lowest. */
function inverted(extreme: Extreme | undefined): Extreme | undefined {
  if (!extreme || extreme.value === 0) return undefined;
  const [lower, upper] = extreme.interval;
  return { ...extreme, value: 1 / extreme.value, interval: [1 / upper, 1 / lower] };
}
