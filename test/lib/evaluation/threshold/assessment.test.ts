import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '#lib/evaluation/metric.ts';
import {
  assessThreshold,
  type ThresholdAssessment,
  thresholdAssessmentSchema,
} from '#lib/evaluation/threshold/assessment.ts';
import type { ThresholdRule } from '#lib/evaluation/threshold/objective.ts';

const fixture = JSON.parse(
  readFileSync(new URL('../../../fixtures/evaluation/threshold.json', import.meta.url), 'utf8'),
);

function sampleOf(truth: readonly number[], prediction: readonly number[], threshold = 0.5): Sample {
  return {
    truth: Float64Array.from(truth),
    prediction: Float64Array.from(prediction),
    threshold,
    tolerance: undefined,
  };
}

const sample: Sample = {
  ...sampleOf(fixture.truth, fixture.score, fixture.declared),
  beta: fixture.beta,
  costs: fixture.costs,
};

function assess(rule: ThresholdRule, rows = sample): ThresholdAssessment {
  const found = assessThreshold(rows, rule);
  if (!found) throw new Error('the rule declares something');
  return found;
}

function ruleOf(name: string): ThresholdRule {
  return name === 'cost' ? { minimise: 'cost' } : ({ maximise: name } as ThresholdRule);
}

describe('the choice on 600 rows with equal scores agrees with scikit-learn', () => {
  it.each(Object.keys(fixture.optimised))('by the best %s', name => {
    const { threshold, flagged, chosen, declared } = fixture.optimised[name];
    const found = assess(ruleOf(name));
    expect(found.chosen?.flagged).toBeCloseTo(flagged / 600, 5);
    expect(found.chosen?.threshold).toBeLessThanOrEqual(threshold);
    expect(fixture.score.filter((one: number) => one >= (found.chosen?.threshold ?? 2))).toHaveLength(
      flagged,
    );
    expect(found.chosen?.objective).toBeCloseTo(chosen, 5);
    expect(found.declared.objective).toBeCloseTo(declared, 5);
  });

  it.each(Object.keys(fixture.kept))('by %s', name => {
    const { limit, wilson, threshold, ...shares } = fixture.kept[name];
    const found = assess({ [name]: limit });
    expect(found.chosen).toMatchObject(
      Object.fromEntries(
        Object.entries<number>(shares).map(([key, value]) => [key, expect.closeTo(value, 5)]),
      ),
    );
    expect(found.chosen?.threshold).toBeLessThanOrEqual(threshold);
    const [lower, upper] = wilson;
    const ends =
      name === 'falsePositiveRateAtMost' ? [lower - limit, upper - limit] : [limit - upper, limit - lower];
    expect(found.behind?.ci95[0]).toBeCloseTo(ends[0] ?? Number.NaN, 5);
    expect(found.behind?.ci95[1]).toBeCloseTo(ends[1] ?? Number.NaN, 5);
    expect(found.isWorse).toBe((ends[0] ?? 0) > 0);
  });

  it('in what the declared threshold means', () => {
    expect(assess({ maximise: 'f1' }).declared).toMatchObject(
      Object.fromEntries(
        Object.entries<number>(fixture.declaredShares).map(([key, value]) => [key, expect.closeTo(value, 5)]),
      ),
    );
  });
});

// Two thousand draws by NumPy, a thousand here: what chance leaves between them is far less than this.
it.each(['f1', 'cost'])('drawing rows again gives about the intervals of NumPy for %s', name => {
  const found = assess(ruleOf(name));
  const facts = fixture.again[name];
  const unit = facts.gains[1] - facts.gains[0];
  expect(Math.abs((found.behind?.value ?? 9) - facts.gain)).toBeLessThan(0.05 * unit);
  for (const end of [0, 1] as const) {
    expect(Math.abs((found.behind?.ci95[end] ?? 9) - facts.gains[end])).toBeLessThan(0.15 * unit);
    expect(Math.abs((found.ci95?.[end] ?? 9) - facts.thresholds[end])).toBeLessThan(0.04);
  }
});

it('a threshold far from the best is behind by more than chance, one that is best is not', () => {
  const far = assess({ maximise: 'accuracy' }, { ...sample, threshold: 0.05 });
  expect(far.isWorse).toBe(true);
  const best = fixture.optimised.accuracy.threshold;
  const same = assess({ maximise: 'accuracy' }, { ...sample, threshold: best });
  expect(same.chosen).toEqual(same.declared);
  expect(same.isWorse).toBe(false);
});

it('of thresholds that flag the same rows, the declared one is chosen', () => {
  const rows = sampleOf([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], 0.41);
  expect(assess({ maximise: 'f1' }, rows).chosen?.threshold).toBe(0.41);
  expect(assess({ recallAtLeast: 1 }, rows).chosen?.threshold).toBe(0.41);
});

it('of thresholds equally good, the one nearest to the declared is chosen', () => {
  // Right answers: 4 of 5 from 0.9, and 4 of 5 from 0.3.
  const rows = (threshold: number) => sampleOf([0, 1, 0, 0, 1], [0.1, 0.3, 0.5, 0.6, 0.9], threshold);
  expect(assess({ maximise: 'accuracy' }, rows(0.95)).chosen?.flagged).toBe(0.2);
  const balanced = (threshold: number) => sampleOf([0, 1, 0, 1], [0.1, 0.3, 0.5, 0.9], threshold);
  expect(assess({ maximise: 'accuracy' }, balanced(0.95)).chosen?.flagged).toBe(0.25);
  expect(assess({ maximise: 'accuracy' }, balanced(0.05)).chosen?.flagged).toBe(0.75);
});

it('a threshold is written as the shortest number that flags the same rows', () => {
  const rows = sampleOf([0, 0, 1, 1], [0.1, 0.35011, 0.35271, 0.9], 0.95);
  expect(assess({ maximise: 'f1' }, rows).chosen?.threshold).toBe(0.352);
});

it('a limit that no threshold keeps has no choice, but the best there is', () => {
  const rows = sampleOf([1, 0, 1, 0], [0.9, 0.9, 0.4, 0.1]);
  const found = assess({ precisionAtLeast: 0.9 }, rows);
  expect(found).toMatchObject({ chosen: null, ci95: null, isWorse: false });
  expect(found.reason).toBe('no threshold keeps precision at 0.9: the best is 0.6667');
});

it('no false alarm at all may mean to flag nobody, unless somebody negative has the score 1', () => {
  const flagged = (score: number) =>
    assess({ falsePositiveRateAtMost: 0 }, sampleOf([1, 0], [0.4, score])).chosen?.flagged;
  expect(flagged(0.9)).toBe(0);
  expect(flagged(1)).toBeUndefined();
});

it('without both answers, or what the metric needs, there is a reason instead of a choice', () => {
  expect(assess({ maximise: 'f1' }, sampleOf([1, 1], [0.2, 0.8])).reason).toBe(
    'all rows have the same answer',
  );
  expect(assess({ minimise: 'cost' }, sampleOf([1, 0], [0.2, 0.8])).reason).toBe(
    'what cost needs is not declared',
  );
  expect(assessThreshold(sample, {})).toBeUndefined();
});

it('the table rises in thresholds, names the declared and the chosen one and steps through the recall', () => {
  const { points, declared, chosen } = assess({ maximise: 'mcc' });
  const thresholds = points.map(({ threshold }) => threshold);
  expect(thresholds).toEqual([...thresholds].sort((a, b) => a - b));
  expect(points).toContainEqual(declared);
  expect(points).toContainEqual(chosen);
  expect(points.length).toBeGreaterThanOrEqual(10);
  expect(points.length).toBeLessThanOrEqual(12);
  // 143 positive rows: the highest threshold that finds 115 of them.
  expect(points.some(({ recall }) => recall === 0.811189)).toBe(true);
});

it('a result has the shape that is stored', () => {
  const found = assess({ maximise: 'f1' });
  expect(thresholdAssessmentSchema.parse(found)).toEqual(found);
});

it('choice and table do not depend on the order of the rows', () => {
  const row = fc.record({ truth: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 10 }) });
  const view = (rows: readonly { readonly truth: number; readonly score: number }[]) => {
    const truths = rows.map(({ truth }) => truth);
    const scores = rows.map(({ score }) => score / 10);
    const { chosen, points, declared } = assess({ maximise: 'f1' }, sampleOf(truths, scores, 0.55));
    return { chosen, points, declared };
  };
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), rows => {
      expect(view([...rows].reverse())).toEqual(view(rows));
    }),
    { numRuns: 30 },
  );
});
