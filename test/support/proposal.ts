// A small proposal made by hand, for tests of reports and cards.

import { metricsOf } from '#lib/evaluation/metrics.ts';
import type { GateContext } from '#lib/gates/gate.ts';
import { unitOf } from '#lib/gates/gates.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import { modelSchema } from '#lib/registry/model.ts';
import type { Proposal } from '#lib/registry/proposal.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const model = modelSchema.parse({
  apiVersion: 'mainline.dev/v1alpha1',
  kind: 'Model',
  metadata: { name: 'parcels', owners: ['@acme/post'], description: 'Minutes until a parcel is there' },
  spec: {
    task: 'regression',
    pipeline: 'pipelines/parcels',
    artifact: { path: 'model.onnx', format: 'onnx' },
    evaluation: {
      rows: { path: 'test.csv', key: 'row_id' },
      trainingRows: 'train.csv',
      target: 'minutes',
      unit: 'min',
      primary: 'rmse',
    },
    algorithms: { among: ['linear', 'random-forest'] },
    gates: [{ metric: 'rmse', atMost: 3 }],
  },
});

const score = { metric: 'rmse', unit: 'min', better: 'lower' as const };

export const evidence: Evidence = {
  apiVersion: 'mainline.dev/v1alpha1',
  kind: 'Evidence',
  model: 'parcels',
  inputs: {
    evaluator: 3,
    model: digest('1'),
    artifact: digest('2'),
    testRows: digest('3'),
    trainingRows: digest('4'),
    contracts: [{ path: 'data/parcels/contract.odcs.yaml', sha256: digest('5') }],
    data: [{ path: 'data/parcels/parcels.csv', sha256: digest('6') }],
    champion: null,
    others: [],
  },
  selection: {
    primary: 'rmse',
    selected: 'linear',
    backup: 'random-forest',
    why: 'best cross-validated rmse: 2.1 against 2.4 of random-forest',
    standings: [
      { algorithm: 'linear', role: 'selected', reason: 'keeps the gates in cross-validation' },
      { algorithm: 'random-forest', role: 'backup', reason: 'keeps the gates in cross-validation' },
    ],
  },
  evaluation: {
    n: 163,
    positives: null,
    metrics: [{ ...score, value: 2.05, ci95: [1.9, 2.2], trivial: 6.48 }],
    slices: [
      { column: 'day', value: 'Sun', n: 60, metric: 'rmse', measured: 2.4, ci95: [2, 2.8], change: null },
    ],
    reliability: [{ n: 163, predicted: 17, observed: 17.2, ci95: [16.5, 17.9] }],
    confusion: null,
  },
  comparisons: [],
  sides: null,
  worstSlices: { metric: 'rmse', overall: 2.05, looked: 12, smallest: 50, slices: [] },
  fairness: null,
  behaviour: null,
  robustness: {
    stability: {
      ...{ share: 0.97, ci95: [0.93, 0.99] as [number, number], n: 163, repeats: 5, jitter: 0.01 },
      columns: [{ column: 'distance', step: 0.1, share: 0.96, ci95: [0.92, 0.98] }],
      ...{ unmoved: [], reference: 0.94, limit: 0.9, status: 'passed' },
    },
    adversarial: null,
    confidence: { n: 163, histogram: [], within: null, low: null, high: null, unanswered: 0 },
  },
  seasons: null,
  explanation: null,
  threshold: null,
  leakage: {
    duplicates: { rows: 0, share: 0, limit: 0.01 },
    strongest: [{ feature: 'distance', strength: 0.85 }],
    limit: 0.98,
    passed: true,
    reasons: [],
  },
  verdict: {
    slo_compliant: true,
    gates: [
      {
        id: 'rmse atMost 3',
        severity: 'block',
        outcome: 'passed',
        condition: 'rmse atMost 3',
        reason: '2.050 min (95 %: 1.900 to 2.200)',
        remedy: null,
      },
    ],
    reasons: [],
  },
};

const candidate = (algorithm: string, value: number, bytes: number) => ({
  algorithm,
  version: 1,
  parameters: { lambda: 5 },
  artifact: { path: `algorithms/${algorithm}.onnx`, sha256: digest('2'), bytes },
  scores: [{ ...score, value, ci95: [value - 0.1, value + 0.1] as [number, number] }],
  importance: [{ feature: 'distance', share: 0.9 }],
});

const cost = {
  latency_p50_ms: 0.05,
  latency_p95_ms: 0.08,
  latency_p99_ms: 0.2,
  throughput_rows_s: 340_000,
  model_size_mb: 0.004,
  memory_mb: 118,
  training_time_s: 0.4,
  relative: null,
};

/** A proposal that stands; change what a test is about. */
export function proposal(changes: Partial<Proposal> = {}): Proposal {
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Proposal',
    model,
    base: { name: 'main', commit: '1234567890abcdef' },
    champion: { state: 'none', name: 'none', why: 'main (1234567) has no parcels yet', sha256: null },
    changes: null,
    contracts: [
      {
        contract: { path: 'data/parcels/contract.odcs.yaml', id: 'parcels', version: '1.0.0' },
        data: { path: 'data/parcels/parcels.csv', digest: digest('6'), rows: 600 },
        passed: true,
        checks: [],
        ratios: { schemaCompliance: 1, completeness: 1 },
      },
    ],
    uncovered: [],
    stages: [{ name: 'train', status: 'ran', reasons: ['not in dvc.lock yet'], seconds: 1.5 }],
    crossValidation: {
      rows: 437,
      folds: 3,
      seed: 1,
      features: ['distance', 'day'],
      trivial: [{ ...score, value: 6.5, ci95: null }],
      candidates: [candidate('linear', 2.1, 4000), candidate('random-forest', 2.4, 90_000)],
    },
    costs: { linear: cost, 'random-forest': { ...cost, latency_p95_ms: 0.11 } },
    evidence,
    evidenceKey: 'e'.repeat(64),
    testRows: { use: null, overlap: null },
    verdict: evidence.verdict,
    ...changes,
  };
}

/** What gates may look at for that proposal; nothing is compared and no measure was taken. */
export function gateContext(): GateContext {
  const { contracts } = proposal();
  const none = { state: 'none', why: 'main has no parcels yet' } as const;
  return {
    ...{ evaluation: evidence.evaluation, cost, contracts, uncovered: [], leakage: evidence.leakage },
    references: { champion: none, baseline: none },
    measured: () => undefined,
    compareWith: () => undefined,
    unitOf: metric => unitOf(metricsOf('regression'), metric, 'min'),
  };
}
