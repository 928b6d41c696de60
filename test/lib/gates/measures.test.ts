import { expect, it } from 'vitest';
import type { Slice } from '#lib/evaluation/evaluation.ts';
import { sameCosts } from '#lib/evaluation/relative-cost.ts';
import { gateSchema } from '#lib/gates/declared.ts';
import { judgeGates } from '#lib/gates/gates.ts';
import type { Measured } from '#lib/gates/measure.ts';
import { evidence, gateContext } from '../../support/proposal.ts';

function judge(gate: Record<string, unknown>, found?: Measured) {
  const context = { ...gateContext(), measured: () => found };
  return judgeGates([gateSchema.parse(gate)], context).at(-1);
}

it('a measure is held against its bound, and what makes its value is told', () => {
  const found = { value: 0.75, detail: 'not written: Limits' };
  const result = judge({ metric: 'card_completeness', atLeast: 1 }, found);
  expect(result).toMatchObject({
    id: 'card_completeness atLeast 1',
    outcome: 'failed',
    reason: '0.750: not written: Limits',
    remedy: 'Write the missing parts of the model card.',
  });
  expect(judge({ metric: 'card_completeness', atLeast: 0.75 }, found)?.outcome).toBe('passed');
});

it('what nobody measured is no pass', () => {
  expect(judge({ metric: 'prediction_stability', atLeast: 0.9 })?.outcome).toBe("can't tell");
});

it('what does not apply says why', () => {
  const missing = { outcome: 'not applicable', why: 'main has no parcels yet' } as const;
  expect(judge({ metric: 'interface_changes', atMost: 0 }, { value: null, missing })).toMatchObject({
    outcome: 'not applicable',
    reason: 'main has no parcels yet',
    remedy: null,
  });
});

it('the age of the data is judged and never written down: evidence must not depend on the day', () => {
  const found = { value: 45.5, detail: 'the newest row is of 2026-10-06', isOfTheMoment: true };
  const [old, young] = [30, 60].map(atMost => judge({ metric: 'data_age_days', atMost }, found));
  expect([old?.outcome, young?.outcome]).toEqual(['failed', 'passed']);
  expect(JSON.stringify([old, young])).not.toContain('45');
});

it('what noise moves fails only when its whole interval is beyond the bound', () => {
  const found = (ci95: [number, number]): Measured => ({ value: 2.3, ci95, judged: 'interval' });
  const outcome = (ci95: [number, number]) =>
    judge({ metric: 'importance_drift', atMost: 2 }, found(ci95))?.outcome;
  expect(outcome([1.9, 2.7])).toBe('passed');
  expect(outcome([2.1, 2.5])).toBe('failed');
});

it('a value beyond the bound is no failure while its interval reaches back: nobody can tell', () => {
  const found = (ci95: [number, number]): Measured => ({ value: 0.7, ci95, judged: 'both' });
  const outcome = (ci95: [number, number]) =>
    judge({ metric: 'demographic_parity_ratio', atLeast: 0.8 }, found(ci95))?.outcome;
  expect(outcome([0.5, 0.78])).toBe('failed');
  expect(outcome([0.5, 0.95])).toBe("can't tell");
});

function slice(value: string, changes: Partial<Slice>): Slice {
  const common = {
    column: 'day',
    n: 100,
    metric: 'rmse',
    measured: 2.4,
    ci95: [2.2, 2.6] as [number, number],
  };
  return { ...common, value, change: null, ...changes };
}

function judgeSlices(gate: Record<string, unknown>, slices: readonly Slice[]) {
  const context = gateContext();
  const known = { state: 'known', name: 'main' } as const;
  return judgeGates([gateSchema.parse({ metric: 'rmse', slices: ['day'], ...gate })], {
    ...context,
    evaluation: { ...evidence.evaluation, slices: [...slices] },
    references: { ...context.references, champion: known },
  }).at(-1);
}

it('a bound on every slice fails where the whole interval of one is beyond it', () => {
  const slices = [slice('Sat', { ci95: [2.5, 3.1] }), slice('Sun', { measured: 3.2, ci95: [3.05, 3.4] })];
  expect(judgeSlices({ atMost: 3 }, slices)).toMatchObject({
    id: 'rmse atMost 3 on every day',
    outcome: 'failed',
    reason: expect.stringMatching(/^day = Sun .100.row/u),
  });
  expect(judgeSlices({ atMost: 3 }, slices.slice(0, 1))?.outcome).toBe('passed');
});

it('a slice fails against the champion when it is worse beyond the margin, after correction', () => {
  const worse = {
    reference: 2,
    difference: 0.4,
    ci95: [0.1, 0.7] as [number, number],
    p: 0.001,
    verdict: 'worse' as const,
  };
  const unclear = { ...worse, verdict: "can't tell" as const };
  const gate = { notWorseThan: 'champion' };
  expect(judgeSlices(gate, [slice('Sun', { change: worse })])?.outcome).toBe('failed');
  expect(judgeSlices(gate, [slice('Sun', { change: unclear })])?.outcome).toBe('passed');
  expect(
    judgeSlices({ ...gate, margin: { relative: 0.1 } }, [slice('Sun', { change: worse })])?.outcome,
  ).toBe('passed');
});

it('without a slice that has enough rows nobody can tell', () => {
  expect(judgeSlices({ atMost: 3 }, [])?.outcome).toBe("can't tell");
});

function judgeRelative(ci95: [number, number], atMost = 2) {
  const ratio = { value: (ci95[0] + ci95[1]) / 2, ci95 };
  const context = gateContext();
  const relative = { ...sameCosts, latency_regression: ratio, to: 'main (1234567)' };
  return judgeGates([gateSchema.parse({ metric: 'latency_regression', atMost })], {
    ...context,
    cost: { ...context.cost, relative },
  }).at(-1);
}

it('a model is slower than the champion only where the whole interval says so, and no number is kept', () => {
  expect(judgeRelative([1.9, 2.6])?.outcome).toBe('passed');
  const slow = judgeRelative([2.1, 2.6]);
  expect(slow).toMatchObject({ outcome: 'failed', reason: 'outside the bound on this machine' });
  expect(slow?.isBeyondOverride).toBeUndefined();
  expect(judgeRelative([10.5, 14])?.isBeyondOverride).toBe(true);
});

it('without a champion there is nothing to be slower than; one that was not measured is no pass', () => {
  const gates = [gateSchema.parse({ metric: 'latency_regression', atMost: 2 })];
  const context = gateContext();
  expect(judgeGates(gates, context).at(-1)?.outcome).toBe('not applicable');
  const champion = { state: 'known', name: 'main' } as const;
  const known = { ...context, references: { ...context.references, champion } };
  expect(judgeGates(gates, known).at(-1)?.outcome).toBe("can't tell");
});
