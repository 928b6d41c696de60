import { expect, it } from 'vitest';
import type { Comparison } from '#lib/evaluation/comparison.ts';
import { type Gate, gateSchema } from '#lib/gates/declared.ts';
import type { GateContext, GateResult, Reference } from '#lib/gates/gate.ts';
import { judgeGates } from '#lib/gates/gates.ts';
import { reachVerdict } from '#lib/gates/verdict.ts';
import { proposal } from '../../support/proposal.ts';

function comparison(verdict: Comparison['verdict']): Comparison {
  return {
    metric: 'rmse',
    reference: 2,
    difference: 0.1,
    ci95: [0.05, 0.15],
    p: 0.001,
    margin: 0.04,
    verdict,
    n: 400,
    rowsToTell: null,
  };
}

function context(changes: Partial<GateContext> = {}): GateContext {
  const known: Reference = { state: 'known', name: 'main (1234567)' };
  return {
    evaluation: {
      n: 400,
      positives: null,
      slices: [],
      reliability: [],
      confusion: null,
      metrics: [
        { metric: 'rmse', unit: 'min', better: 'lower', value: 2.1, ci95: [2, 2.2], trivial: 6 },
        { metric: 'mape', unit: 'fraction', better: 'lower', value: null, ci95: null, trivial: null },
      ],
    },
    cost: {
      latency_p50_ms: 0.1,
      latency_p95_ms: 0.2,
      latency_p99_ms: 0.3,
      throughput_rows_s: 300_000,
      model_size_mb: 0.4,
      memory_mb: null,
      training_time_s: 1,
      relative: null,
    },
    contracts: proposal().contracts,
    uncovered: [],
    leakage: {
      passed: true,
      reasons: [],
      duplicates: { rows: 0, share: 0, limit: 0.01 },
      strongest: [],
      limit: 0.98,
    },
    references: { champion: known, baseline: { state: 'none', why: 'no baseline is pinned' } },
    compareWith: () => comparison('not worse'),
    measured: () => undefined,
    unitOf: metric => (metric === 'rmse' ? 'min' : ''),
    ...changes,
  };
}

function judge(gate: Record<string, unknown>, changes: Partial<GateContext> = {}): GateResult | undefined {
  return judgeGates([gateSchema.parse(gate) as Gate], context(changes)).at(-1);
}

it.each([
  [{ metric: 'rmse', atMost: 2.4 }, 'passed'],
  [{ metric: 'rmse', atMost: 2.1 }, 'passed'],
  [{ metric: 'rmse', atMost: 2.09 }, 'failed'],
  [{ metric: 'rmse', atLeast: 2.2 }, 'failed'],
  [{ metric: 'latency_p95_ms', atMost: 500 }, 'passed'],
  [{ metric: 'model_size_mb', atMost: 0.1 }, 'failed'],
  [{ metric: 'mape', atMost: 1 }, "can't tell"],
  [{ metric: 'memory_mb', atMost: 1000 }, "can't tell"],
] as const)('the bound %j is judged %s', (gate, outcome) => {
  expect(judge(gate)?.outcome).toBe(outcome);
});

it('a gate on time says how it ended, never the value, since evidence must not depend on the machine', () => {
  expect(judge({ metric: 'latency_p95_ms', atMost: 500 })?.reason).toBe('within the bound on this machine');
  expect(judge({ metric: 'training_time_s', atMost: 0.5 })?.reason).toBe('outside the bound on this machine');
});

it.each([
  ['better', 'passed'],
  ['not worse', 'passed'],
  ['worse', 'failed'],
  ["can't tell", "can't tell"],
] as const)('a model %s than the champion: notWorseThan has %s', (verdict, outcome) => {
  const gate = { metric: 'rmse', notWorseThan: 'champion', margin: { relative: 0.02 } };
  expect(judge(gate, { compareWith: () => comparison(verdict) })?.outcome).toBe(outcome);
});

it.each([
  ['better', 'passed'],
  ['not worse', 'failed'],
  ["can't tell", "can't tell"],
] as const)('a model %s than the trivial one: betterThan has %s', (verdict, outcome) => {
  expect(
    judge({ metric: 'rmse', betterThan: 'trivial' }, { compareWith: () => comparison(verdict) })?.outcome,
  ).toBe(outcome);
});

it('no champion is "not applicable", a champion that cannot be had is "can\'t tell", the same one passes', () => {
  const gate = { metric: 'rmse', notWorseThan: 'champion' };
  const against = (champion: Reference): string | undefined =>
    judge(gate, { references: { champion, baseline: { state: 'none', why: '' } } })?.outcome;
  expect(against({ state: 'none', why: 'none yet' })).toBe('not applicable');
  expect(against({ state: 'unknown', why: 'bytes not found' })).toBe("can't tell");
  expect(against({ state: 'same', name: 'main' })).toBe('passed');
});

it('data without a contract fails, whatever model.yaml says', () => {
  const [contract] = judgeGates([], context({ uncovered: ['data/orders/orders.csv'] }));
  expect(contract).toMatchObject({
    id: 'contract',
    outcome: 'failed',
    severity: 'block',
    remedy: 'Write data/orders/contract.odcs.yaml.',
  });
});

it('leakage fails with its reasons', () => {
  const leakage = {
    ...context().leakage,
    passed: false,
    reasons: ['"arrived_at" alone predicts the target'],
  };
  expect(judgeGates([], context({ leakage }))[1]).toMatchObject({ id: 'leakage', outcome: 'failed' });
});

it('"can\'t tell" does not pass a blocking gate, and a warning does not block', () => {
  const blocking = { metric: 'mape', atMost: 1 };
  const gates = (gate: object) => judgeGates([gateSchema.parse(gate) as Gate], context());
  expect(reachVerdict(gates(blocking)).slo_compliant).toBe(false);
  expect(reachVerdict(gates({ ...blocking, severity: 'warn' }))).toMatchObject({
    slo_compliant: true,
    reasons: [],
  });
});

it('a gate asks exactly one thing, and a margin only goes with notWorseThan', () => {
  expect(gateSchema.safeParse({ metric: 'rmse', atMost: 1, atLeast: 0 }).success).toBe(false);
  expect(gateSchema.safeParse({ metric: 'rmse' }).success).toBe(false);
  expect(gateSchema.safeParse({ metric: 'rmse', atMost: 1, margin: { relative: 0.1 } }).success).toBe(false);
  expect(gateSchema.safeParse({ metric: 'rmse', notWorseThan: 'champion', margin: {} }).success).toBe(false);
});

it('a pipeline that reads no dataset has nothing to keep a contract with, which does not pass', () => {
  expect(judgeGates([], context({ contracts: [] }))[0]).toMatchObject({
    id: 'contract',
    outcome: "can't tell",
  });
});

it('a condition on slices holds only where it could be looked at', () => {
  const slice = (column: string, value: string, ci95: [number, number] | null) => ({
    ...{ column, value, n: 100, metric: 'rmse', change: null },
    ...{ measured: ci95 ? 2 : null, ci95 },
  });
  const on = (...slices: readonly ReturnType<typeof slice>[]) =>
    judge(
      { metric: 'rmse', atMost: 2.4, slices: ['day', 'town'] },
      { evaluation: { ...context().evaluation, slices } },
    );
  const [sunday, north] = [slice('day', 'Sun', [1.9, 2.1]), slice('town', 'north', [1.9, 2.1])];
  const [monday, south] = [slice('day', 'Mon', null), slice('town', 'south', null)];
  expect(on(monday, south)).toMatchObject({
    outcome: "can't tell",
    reason: 'rmse is known on no value of day, town',
  });
  expect(on(sunday, south)).toMatchObject({
    outcome: "can't tell",
    reason: 'rmse is known on no value of town',
  });
  expect(on(sunday, north, south)).toMatchObject({
    outcome: 'passed',
    reason: expect.stringMatching(
      /^every slice keeps it, of 2.slices; rmse is undefined on 1.other; not looked at: 300.rows in smaller slices of day/u,
    ),
  });
  expect(on(slice('day', 'Sun', [2.5, 2.7]), south)).toMatchObject({ outcome: 'failed' });
});
