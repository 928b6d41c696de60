import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import type { Table } from '#lib/tables/table.ts';
import { checkParameters } from '#lib/training/trainer.ts';
import versions from '#lib/training/trainers.json' with { type: 'json' };
import { findTrainer, trainers } from '#lib/training/trainers.ts';
import { checkTrainingSet, type TrainingSet } from '#lib/training/training-set.ts';
import { mixedSet, numberSet } from './sets.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown;
  }
}

describe('the registry of trainers', () => {
  it('trainers.json, which pipelines depend on, holds the versions of the code', () => {
    expect(versions).toEqual(
      Object.fromEntries([...trainers.values()].map(({ name, version }) => [name, version])),
    );
  });

  it('offers at least two algorithms for each task', () => {
    const count = (task: TrainingSet['task']): number =>
      [...trainers.values()].filter(trainer => trainer.tasks.includes(task)).length;
    expect([count('regression'), count('binary-classification')]).toEqual([3, 3]);
  });

  it('names the nearest algorithm when one does not exist', () => {
    const thrown = thrownBy(() => findTrainer('gradient-bosting'));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ remedy: 'Did you mean "gradient-boosting"?' });
    expect(thrownBy(() => findTrainer('neural'))).toMatchObject({
      remedy: 'Write one of: linear, logistic, random-forest, gradient-boosting.',
    });
  });

  it.each([...trainers.values()])('every parameter of $name has a default and a description', trainer => {
    expect(trainer.parameters.safeParse({}).success).toBe(true);
    const { properties } = z.toJSONSchema(trainer.parameters, { io: 'input' });
    for (const property of Object.values(properties ?? {})) {
      expect(property).toMatchObject({
        description: expect.stringMatching(/\.$/),
        default: expect.anything(),
      });
    }
  });
});

describe('parameters', () => {
  const boosting = findTrainer('gradient-boosting');

  it('are filled up with defaults, and may be left out altogether', () => {
    const filled = {
      trees: 5,
      leaves: 31,
      learningRate: 0.1,
      minLeafRows: 20,
      lambda: 1,
      bins: 255,
      featureShare: 1,
      rowShare: 1,
    };
    expect(checkParameters(boosting, { trees: 5 })).toEqual(filled);
    expect(checkParameters(boosting, undefined)).toEqual({ ...filled, trees: 100 });
  });

  it('that are wrong are all named, with what was expected', () => {
    const thrown = thrownBy(() => boosting.fit(mixedSet('regression'), { tres: 5, leaves: 1 }, { seed: 1 }));
    expect(thrown).toBeInstanceOf(ConfigurationErrors);
    const problems = (thrown as ConfigurationErrors).problems.map(({ message, remedy, at }) => ({
      message,
      remedy,
      at,
    }));
    expect(problems).toEqual([
      {
        message: 'Parameters of gradient-boosting: Unknown key "tres"',
        remedy: 'Did you mean "trees"?',
        at: undefined,
      },
      {
        message: 'Parameters of gradient-boosting: leaves must be at least 2, found 1',
        remedy: 'Correct the value.',
        at: undefined,
      },
    ]);
  });

  it('a task that a trainer cannot learn is refused before anything else', () => {
    expect(() => findTrainer('linear').fit(mixedSet('binary-classification'), {}, { seed: 1 })).toThrow(
      'linear cannot be used for binary-classification',
    );
  });
});

describe('training sets that nobody could learn from', () => {
  const named = (name: string): TrainingSet => ({
    ...numberSet('regression', [1, 2], [1, 2]),
    features: { rows: 2, columns: [{ name, kind: 'number', values: Float64Array.of(1, 2) }] },
  });
  const empty: Table = { rows: 2, columns: [] };
  const twice: Table = { rows: 2, columns: [...named('x').features.columns, ...named('x').features.columns] };

  it.each([
    ['no rows', numberSet('regression', [], []), 'There are no training rows'],
    ['no columns', { ...named('x'), features: empty }, 'There are no feature columns'],
    ['a missing target', numberSet('regression', [1, 2], [1, Number.NaN]), /training row 2 is NaN/],
    ['a target beyond float32', numberSet('regression', [1, 2], [1, 1e39]), /training row 2 is 1e\+39/],
    [
      'one class only',
      numberSet('binary-classification', [1, 2], [1, 1]),
      'All 2 training rows are positive',
    ],
    [
      'an infinite number',
      numberSet('regression', [1, Number.POSITIVE_INFINITY], [1, 2]),
      /"x" of training row 2/,
    ],
    ['a name twice', { ...named('x'), features: twice }, 'The feature "x" is named twice'],
    ['the name of an output', named('label'), 'A feature may not be called "label"'],
    ['the name of an inner value', named('mainline/0'), 'A feature may not be called "mainline/0"'],
  ])('%s', (_, set, message) => {
    const thrown = thrownBy(() => checkTrainingSet(set));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect((thrown as ConfigurationError).message).toMatch(message);
    expect((thrown as ConfigurationError).remedy).toMatch(/\.$/);
  });
});
