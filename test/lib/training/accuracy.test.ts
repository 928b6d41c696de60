// Reference figures: scikit-learn and XGBoost with the same folds and parameters, see the benchmark's tables.
import { describe, expect, it } from 'vitest';
import { benchAccuracy, fixtureTables } from '../../../.github/scripts/bench-accuracy.ts';

describe('gradient boosting on real data', () => {
  it.each(fixtureTables)(
    'on $name is at most 0.005 AUC behind the weaker of two well-known libraries',
    async table => {
      const [result] = await benchAccuracy([table], ['gradient-boosting']);
      expect(result?.ours.get('gradient-boosting')).toBeGreaterThanOrEqual(result?.limit ?? 1);
      expect(result?.passed).toBe(true);
    },
  );
});
