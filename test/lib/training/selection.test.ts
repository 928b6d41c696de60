import { expect, it } from 'vitest';
import { type Candidate, type CrossValidation, selectAlgorithm } from '#lib/training/selection.ts';

function candidate(algorithm: string, rmse: number, bytes: number): Candidate {
  return {
    algorithm,
    version: 1,
    parameters: {},
    artifact: { path: `algorithms/${algorithm}.onnx`, sha256: 'sha256:0', bytes },
    scores: [{ metric: 'rmse', unit: 'min', better: 'lower', value: rmse, ci95: [rmse - 0.1, rmse + 0.1] }],
    importance: [],
  };
}

function validation(...candidates: Candidate[]): CrossValidation {
  const trivial = [{ metric: 'rmse', unit: 'min', better: 'lower' as const, value: 5, ci95: null }];
  return { rows: 100, folds: 5, seed: 1, features: ['a'], trivial, candidates };
}

const options = { primary: 'rmse', select: 'best', bounds: [{ metric: 'rmse', atMost: 4 }] };

it('the best by cross-validation is selected and the next that keeps the gates is the backup', () => {
  const selection = selectAlgorithm(
    validation(candidate('linear', 4.5, 10), candidate('forest', 3, 10), candidate('boosting', 2, 10)),
    options,
  );
  expect(selection).toMatchObject({ selected: 'boosting', backup: 'forest' });
  expect(selection.standings.map(({ algorithm, role }) => [algorithm, role])).toEqual([
    ['boosting', 'selected'],
    ['forest', 'backup'],
    ['linear', 'rejected'],
  ]);
  expect(selection.standings[2]?.reason).toBe('rmse 4.5 is above 4');
});

it('a tie goes to the smaller model', () => {
  const selection = selectAlgorithm(
    validation(candidate('big', 2, 900), candidate('small', 2, 100)),
    options,
  );
  expect(selection).toMatchObject({ selected: 'small', why: 'small ties with big on rmse and is smaller' });
});

it('a better model that is too big loses to one that fits', () => {
  const bounds = [{ metric: 'model_size_mb', atMost: 1 }];
  const all = validation(candidate('big', 2, 2_000_000), candidate('small', 3, 100));
  expect(selectAlgorithm(all, { ...options, bounds })).toMatchObject({ selected: 'small', backup: null });
});

it('an algorithm whose interval reaches the trivial model does not keep "better than trivial"', () => {
  const bounds = [{ metric: 'rmse', betterThanTrivial: true }];
  const selection = selectAlgorithm(validation(candidate('linear', 4.95, 1), candidate('forest', 3, 1)), {
    ...options,
    bounds,
  });
  expect(selection.standings[1]).toMatchObject({ algorithm: 'linear', role: 'rejected' });
});

it('one is named even when none keeps the gates, without a backup', () => {
  const selection = selectAlgorithm(
    validation(candidate('linear', 4.5, 1), candidate('forest', 4.2, 1)),
    options,
  );
  expect(selection).toMatchObject({ selected: 'forest', backup: null });
  expect(selection.why).toContain('no algorithm keeps all gates');
});

it('an algorithm asked for by name is selected even when another is better', () => {
  const all = validation(candidate('linear', 3.5, 1), candidate('forest', 3, 1));
  expect(selectAlgorithm(all, { ...options, select: 'linear' })).toMatchObject({
    selected: 'linear',
    backup: 'forest',
  });
});
