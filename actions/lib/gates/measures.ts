// The registry of measures: one line each, grouped by what they look at.
import { fairnessMeasures } from '#lib/evaluation/fairness/measures.ts';
import type { Measure } from '#lib/gates/measure.ts';

const robustness: readonly Measure[] = [
  {
    name: 'prediction_stability',
    unit: 'fraction',
    better: 'higher',
    meaning:
      'Share of rows whose answer stays the same when each number moves by a hundredth of its range, as noise would move it.',
    remedy: 'Train a smoother model: fewer leaves, more rows per leaf, or monotone features.',
    mayBeOverridden: true,
  },
  {
    name: 'low_confidence_share',
    unit: 'fraction',
    better: 'lower',
    meaning:
      'Share of answers whose probability is so near to the threshold that little would turn them over.',
    remedy: 'Improve the features, or give such rows to a person.',
    mayBeOverridden: true,
  },
  {
    name: 'adversarial_drop',
    unit: '',
    better: 'lower',
    meaning:
      'How much worse the primary metric gets, in its own unit, when somebody moves each number by up to a twentieth of its range to fool the model.',
    remedy: 'Train a smoother model, or leave out numbers that people can choose freely.',
    mayBeOverridden: true,
  },
  {
    name: 'importance_correlation',
    unit: 'fraction',
    better: 'higher',
    meaning:
      'Rank correlation of what the features count in this model and in the champion: 1 is the same order.',
    remedy: 'Look at which features changed places; correlated features trade places easily.',
    mayBeOverridden: true,
  },
  {
    name: 'importance_drift',
    unit: 'fraction',
    better: 'lower',
    meaning:
      'How far the shares of the features in the whole importance moved against the champion, on average.',
    remedy: 'Look at which features changed places; correlated features trade places easily.',
    mayBeOverridden: true,
  },
  {
    name: 'behaviour_failures',
    unit: 'count',
    better: 'lower',
    meaning: 'Blocking tests of behaviour.yaml that did not hold.',
    remedy: 'Mend the model, or change the test in review with the owners of the model.',
    mayBeOverridden: true,
  },
];

const readiness: readonly Measure[] = [
  {
    name: 'card_completeness',
    unit: 'fraction',
    better: 'higher',
    meaning: 'Share of the parts of the model card that only people can write and that are written.',
    remedy: 'Write the missing parts of the model card.',
    mayBeOverridden: true,
  },
  {
    name: 'interface_changes',
    unit: 'count',
    better: 'lower',
    meaning:
      'Inputs that the champion does not take, inputs or outputs of it that are gone or of another type: whoever calls the model would have to change.',
    remedy: 'Keep the columns and types of the champion, or tell whoever calls the model.',
    mayBeOverridden: true,
  },
  {
    name: 'data_age_days',
    unit: 'days',
    better: 'lower',
    meaning: 'Age of the newest row that the model was trained or tested on.',
    remedy: 'Bring newer rows.',
    mayBeOverridden: true,
  },
  {
    name: 'unseen_contexts',
    unit: 'count',
    better: 'lower',
    meaning: 'Contexts of data/contexts.yaml, such as seasons, of which no training row is.',
    remedy: 'Train on rows of that season, or wait with the release until it is over.',
    mayBeOverridden: true,
  },
];

/** Whom a model treats worse is for nobody to wave through. */
const fairness: readonly Measure[] = fairnessMeasures.map(({ name, unit, better, meaning }) => ({
  ...{ name, unit, better, meaning },
  remedy:
    'Look at the groups named: bring data or features that help on the worse one, or change the threshold.',
  mayBeOverridden: false,
}));

const all: readonly Measure[] = [...fairness, ...robustness, ...readiness];

/** Names of the measures of a task, in report order. */
export function measureNames(task: string): readonly string[] {
  const isOf = (name: string): boolean =>
    fairnessMeasures.find(measure => measure.name === name)?.tasks.some(one => one === task) ?? true;
  return all.map(({ name }) => name).filter(isOf);
}

/** The measure of that name, or undefined. */
export function findMeasure(name: string): Measure | undefined {
  return all.find(measure => measure.name === name);
}
