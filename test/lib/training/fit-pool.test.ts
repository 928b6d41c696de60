import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { crossValidate } from '#lib/training/cross-validation.ts';
import type { FitJob } from '#lib/training/fit.ts';
import { type FinishedFit, type FitPool, openFitPool } from '#lib/training/fit-pool.ts';
import { mixedSet } from './sets.ts';

const set = mixedSet('binary-classification');
const folds = Uint8Array.from(set.target, (_, row) => row % 4);
const algorithms = ['logistic', 'random-forest', 'gradient-boosting'];

const pools: FitPool[] = [];

function openPool(threads: number, onFit?: (finished: FinishedFit) => void): FitPool {
  let ticks = 0;
  const now = (): number => {
    ticks += 1500;
    return ticks;
  };
  const pool = openFitPool({ threads, now, ...(onFit && { onFit }) });
  pools.push(pool);
  return pool;
}

function job(algorithm: string, parameters: unknown = {}): FitJob {
  return { algorithm, parameters, seed: 5, set, label: 'all rows', predict: set.features, exportAs: 'model' };
}

async function runAll(pool: FitPool): Promise<readonly unknown[]> {
  const validated = algorithms.map(algorithm =>
    crossValidate({ set, algorithm, parameters: {}, folds, foldCount: 4, seed: 5, fit: pool.fit }),
  );
  const final = algorithms.map(async algorithm => {
    const { model, importance, predictions } = await pool.fit(job(algorithm));
    return { bytes: model && Buffer.from(encodeModel(model)), importance, predictions };
  });
  return Promise.all([...validated, ...final]);
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map(pool => pool.close()));
});

describe('the pool of fitting threads', () => {
  it('one, two and three threads give the same predictions, importance and model bytes', async () => {
    const alone = await runAll(openPool(1));
    expect(await runAll(openPool(2))).toEqual(alone);
    expect(await runAll(openPool(3))).toEqual(alone);
  });

  it.each([1, 2])(
    'reports each finished fit once, with its seconds by the given clock (%d threads)',
    async threads => {
      const finished: FinishedFit[] = [];
      const pool = openPool(threads, fit => finished.push(fit));
      await crossValidate({
        set,
        algorithm: 'logistic',
        parameters: {},
        folds,
        foldCount: 4,
        seed: 5,
        fit: pool.fit,
      });
      expect(finished.map(({ label }) => label).toSorted()).toEqual([1, 2, 3, 4].map(n => `fold ${n} of 4`));
      expect(
        finished.every(
          ({ algorithm, seconds }) => algorithm === 'logistic' && seconds >= 1.5 && seconds < 50,
        ),
      ).toBe(true);
    },
  );

  it.each([1, 2])(
    'a mistake in the parameters reads the same and leaves the pool usable (%d threads)',
    async threads => {
      const finished: FinishedFit[] = [];
      const pool = openPool(threads, fit => finished.push(fit));
      const wrong = pool.fit(job('logistic', { lambada: 1 }));
      await expect(wrong).rejects.toThrow(ConfigurationError);
      await expect(wrong).rejects.toThrow('Parameters of logistic: Unknown key "lambada"');
      expect(finished).toEqual([]);
      expect((await pool.fit(job('logistic'))).predictions).toHaveLength(400);
    },
  );

  it('several mistakes arrive as several problems', async () => {
    const wrong = openPool(2).fit(job('gradient-boosting', { trees: 0, leaves: 0 }));
    const thrown: unknown = await wrong.catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(ConfigurationErrors);
    expect((thrown as ConfigurationErrors).problems).toMatchObject([
      {
        message: 'Parameters of gradient-boosting: trees must be at least 1, found 0',
        remedy: 'Correct the value.',
      },
      {
        message: 'Parameters of gradient-boosting: leaves must be at least 2, found 0',
        remedy: 'Correct the value.',
      },
    ]);
  });

  it('our own bugs keep their message and do not look like the user’s mistakes', async () => {
    const broken = { ...job('logistic'), set: { ...set, target: new Float64Array(3) } };
    const failed = openPool(2).fit(broken);
    await expect(failed).rejects.toThrow('3 targets for 400 rows');
    await expect(failed).rejects.not.toThrow(ConfigurationError);
  });

  it('closing rejects what still waits', async () => {
    const pool = openPool(2);
    const fits = Array.from({ length: 6 }, () => pool.fit(job('gradient-boosting')));
    const settled = Promise.allSettled(fits);
    await pool.close();
    expect((await settled).map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
  });
});
