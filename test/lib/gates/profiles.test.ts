import { expect, it } from 'vitest';
import { gateSchema } from '#lib/gates/declared.ts';
import { conditionOf } from '#lib/gates/gates.ts';
import { gatesOf } from '#lib/gates/profiles.ts';

const spec = {
  task: 'binary-classification',
  evaluation: { primary: 'roc_auc' },
  gates: [gateSchema.parse({ metric: 'roc_auc', atLeast: 0.7 })],
};

function ids(changes: Partial<Parameters<typeof gatesOf>[0]>): readonly string[] {
  return gatesOf({ ...spec, ...changes }).map(gate => conditionOf(gate).id);
}

it('without a profile a model has the gates it declares', () => {
  expect(ids({})).toEqual(['roc_auc atLeast 0.7']);
});

it('the default profile asks for speed, size, the champion, fairness and stability besides', () => {
  expect(ids({ profile: 'default' })).toEqual(
    expect.arrayContaining([
      'latency_p95_ms atMost 500',
      'model_size_mb atMost 50',
      'roc_auc notWorseThan champion within 2 %',
      'demographic_parity_ratio atLeast 0.8',
      'prediction_stability atLeast 0.9',
      'roc_auc atLeast 0.7',
    ]),
  );
});

it('a profile for quick answers says which quantile its bound is for', () => {
  const quick = ids({ profile: 'low-latency' });
  expect(quick).toEqual(
    expect.arrayContaining(['latency_p95_ms atMost 50', 'latency_p99_ms atMost 100', 'recall atLeast 0.98']),
  );
  expect(quick).not.toContain('latency_p95_ms atMost 500');
});

it("a model's own bound takes the place of the profile's", () => {
  const gates = [...spec.gates, gateSchema.parse({ metric: 'latency_p95_ms', atMost: 20 })];
  const own = ids({ profile: 'default', gates });
  expect(own.filter(id => id.startsWith('latency_p95_ms'))).toEqual(['latency_p95_ms atMost 20']);
});

it('a model that predicts amounts is asked for even errors', () => {
  const amounts = {
    task: 'regression',
    evaluation: { primary: 'rmse' },
    gates: [gateSchema.parse({ metric: 'rmse', atMost: 3 })],
  };
  expect(ids({ ...amounts, profile: 'default' })).toContain('error_ratio atMost 1.25');
});
