// Pull requests as they happen, for the golden files of the comment and for `npm run preview`. All numbers are made up by
// hand; those of one case agree with each other.
import type { Comparison } from '#lib/evaluation/comparison.ts';
import type { Evaluation, Slice } from '#lib/evaluation/evaluation.ts';
import type { GateResult, Outcome } from '#lib/gates/gate.ts';
import { reachVerdict } from '#lib/gates/verdict.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import { modelSchema } from '#lib/registry/model.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Verification } from '#lib/registry/verification.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { evidence as small, proposal as smallProposal } from './proposal.ts';

export const HEAD = 'a1b2c3d4'.repeat(5);
export const BASE = '5e6f7a8b'.repeat(5);
const champion = `sha256:${'7'.repeat(64)}`;

const model = modelSchema.parse({
  ...smallProposal().model,
  spec: {
    ...smallProposal().model.spec,
    evaluation: { ...smallProposal().model.spec.evaluation, slices: ['day'], tolerance: 2 },
    gates: [
      { metric: 'rmse', atMost: 3 },
      { metric: 'rmse', notWorseThan: 'champion', margin: { relative: 0.02 } },
      { metric: 'rmse', betterThan: 'trivial' },
      { metric: 'within_tolerance', atLeast: 0.65, severity: 'warn' },
      { metric: 'latency_p95_ms', atMost: 500 },
    ],
  },
});

type Row = readonly [value: number, interval: [number, number], trivial: number];
type Change = readonly [
  reference: number,
  difference: number,
  interval: [number, number],
  verdict: Comparison['verdict'],
];

function evaluationOf(rows: Readonly<Record<'rmse' | 'mae' | 'r2' | 'within_tolerance', Row>>): Evaluation {
  const units = { rmse: 'min', mae: 'min', r2: 'fraction', within_tolerance: 'fraction' } as const;
  const bins = [10.1, 12.4, 14.2, 15.8, 17.1, 18.3, 19.9, 21.6, 24.0, 29.2];
  const misses = [0.1, -0.1, 0.2, 0, 0.1, -0.2, 0.3, 0.1, -0.1, 0.9];
  return {
    n: 1968,
    positives: null,
    metrics: Object.entries(rows).map(([metric, [value, ci95, trivial]]) => {
      const unit = units[metric as keyof typeof units];
      return { metric, unit, better: unit === 'min' ? 'lower' : 'higher', value, ci95, trivial };
    }),
    slices: [],
    reliability: bins.map((predicted, i) => {
      const observed = predicted + (misses[i] ?? 0);
      return { n: 197, predicted, observed, ci95: [observed - 0.4, observed + 0.4] };
    }),
    confusion: null,
  };
}

function comparisonsOf(rows: Readonly<Record<string, Change>>): readonly Comparison[] {
  return Object.entries(rows).map(([metric, [reference, difference, ci95, verdict]]) => ({
    ...{ metric, reference, difference, ci95, verdict, margin: 0, n: 1968 },
    p: verdict === 'better' || verdict === 'worse' ? 0.001 : 0.2,
    rowsToTell: verdict === "can't tell" ? 4200 : null,
  }));
}

/** Beside a champion of 2.25 min on every slice. */
function changeOf(measured: number): Slice['change'] {
  const difference = Number((measured - 2.25).toFixed(3));
  const ci95: [number, number] = [
    Number((difference - 0.2).toFixed(3)),
    Number((difference + 0.2).toFixed(3)),
  ];
  const verdict = ci95[0] > 0 ? 'worse' : ci95[1] < 0 ? 'better' : "can't tell";
  return { reference: 2.25, difference, ci95, p: verdict === "can't tell" ? 0.2 : 0.001, verdict };
}

function slice(value: string, measured: number, ci95: [number, number]): Slice {
  return { column: 'day', value, n: 280, metric: 'rmse', measured, ci95, change: changeOf(measured) };
}

const gate = (
  id: string,
  condition: string,
  [outcome, reason, remedy]: readonly [Outcome, string, string?],
) => ({ id, condition, severity: 'block', outcome, reason, remedy: remedy ?? null }) satisfies GateResult;

/** The gates of the model, as they end for good numbers; the one against the champion as told. */
function gatesOf(rmse: string, against: readonly [Outcome, string, string?]): readonly GateResult[] {
  return [
    gate('contract', 'the data keeps its contract', ['passed', '2 checks hold']),
    gate('leakage', 'the test rows and the target stay hidden in training', [
      'passed',
      '0 duplicate rows across the split; the strongest single feature, distance, reaches 0.85 of 1',
    ]),
    gate('rmse atMost 3', 'rmse at most 3 min', ['passed', rmse]),
    gate(
      'rmse notWorseThan champion within 2 %',
      'rmse not worse than the champion by more than 2\u00a0%',
      against,
    ),
    gate('rmse betterThan trivial', 'rmse better than the trivial model', [
      'passed',
      'better: −4.430\u00a0min (95\u00a0%: −4.620 to −4.240) against 6.480\u00a0min on the same 1\u202f968\u00a0rows',
    ]),
    {
      ...gate('within_tolerance atLeast 0.65', 'within_tolerance at least 0.65', [
        'passed',
        '0.712 (95\u00a0%: 0.692 to 0.731)',
      ]),
      severity: 'warn',
    },
    gate('latency_p95_ms atMost 500', 'latency_p95_ms at most 500 ms', [
      'passed',
      'within the bound on this machine',
    ]),
  ];
}

interface Told {
  readonly evaluation: Evaluation;
  readonly comparisons?: readonly Comparison[];
  readonly gates: readonly GateResult[];
}

function evidenceOf({ evaluation, comparisons = [], gates }: Told): Evidence {
  const inputs = { ...small.inputs, champion: comparisons.length > 0 ? champion : null };
  return { ...small, inputs, evaluation, comparisons, verdict: reachVerdict(gates) };
}

const asked = [
  ['distance is at least 0', 12, 3, ['-3', '-1.5']],
  ['day is one of Mon, Tue, Sun', 15, 41, ['Sunday', 'sun', '']],
] as const;

/** The contract as good data keeps it. */
const kept: Proposal['contracts'][number] = {
  contract: { path: 'data/parcels/contract.odcs.yaml', id: 'parcels', version: '1.1.0' },
  data: { path: 'data/parcels/parcels.csv', digest: `sha256:${'6'.repeat(64)}`, rows: 10_012 },
  passed: true,
  checks: asked.map(([says, line], i) => ({
    ...{ id: `check${i}`, column: null, rule: 'minimum', says, severity: 'error', outcome: 'passed' },
    ...{ value: 0, threshold: '= 0', failingRows: 0, failingShare: 0, samples: [] },
    at: { line, column: 9 },
  })),
  ratios: { schemaCompliance: 1, completeness: 1 },
};

function proposed(evidence: Evidence, change: Partial<Proposal> = {}): Proposal {
  const small = smallProposal();
  return {
    ...small,
    model,
    contracts: [kept],
    crossValidation: small.crossValidation && { ...small.crossValidation, rows: 8044 },
    champion: { state: 'known', name: 'main (5e6f7a8)', why: 'compared on the same rows', sha256: champion },
    base: { name: 'main', commit: BASE },
    changes: ['pipelines/parcels/params.yaml train.algorithms.gradient-boosting.trees: 100 to 300'],
    stages: [
      { name: 'prepare', status: 'unchanged', reasons: [], seconds: null },
      { name: 'train', status: 'ran', reasons: ['params.yaml changed'], seconds: 21.4 },
      { name: 'select', status: 'ran', reasons: ['algorithms changed'], seconds: 0.4 },
    ],
    evidence,
    verdict: evidence.verdict,
    ...change,
  };
}

/** Verified by main with what the proposal says, unless told otherwise. */
export function verified(proposal: Proposal, change: Partial<Verification> = {}): Verification {
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Verification',
    ...{ model: proposal.model.metadata.name, base: BASE, head: HEAD, state: 'rederived', why: '' },
    ...{ isNew: false, md5: null },
    ...{ evidence: proposal.evidence, verdict: proposal.verdict, differences: [], ownJudging: [] },
    ...change,
  };
}

/** All that a comment is written from. */
export function inputOf(
  proposal: Proposal,
  change: Partial<Verification> = {},
  rest: Partial<CommentInput> = {},
): CommentInput {
  const page = 'https://github.com/acme/shop';
  return {
    ...{ proposal, verification: verified(proposal, change), head: HEAD, history: [] },
    links: { run: `${page}/actions/runs/7` },
    link: (path, line) => `${page}/blob/${HEAD}/${path}${line === undefined ? '' : `#L${line}`}`,
    ...rest,
  };
}

const good = evaluationOf({
  rmse: [2.05, [1.94, 2.16], 6.48],
  mae: [1.51, [1.45, 1.57], 5.12],
  r2: [0.9, [0.89, 0.911], 0],
  within_tolerance: [0.712, [0.692, 0.731], 0.21],
});
const goodText = '2.050\u00a0min (95\u00a0%: 1.940 to 2.160)';
const sameRows = 'on the same 1\u202f968\u00a0rows';

const betterEvidence = evidenceOf({
  evaluation: {
    ...good,
    slices: [slice('Mon', 2.11, [1.9, 2.4]), slice('Sun', 2.0, [1.8, 2.3]), slice('Tue', 2.04, [1.8, 2.3])],
  },
  comparisons: comparisonsOf({
    rmse: [2.25, -0.2, [-0.281, -0.118], 'better'],
    mae: [1.66, -0.15, [-0.2, -0.1], 'better'],
    r2: [0.88, 0.02, [0.011, 0.029], 'better'],
    within_tolerance: [0.701, 0.011, [-0.002, 0.024], "can't tell"],
  }),
  gates: gatesOf(goodText, [
    'passed',
    `better: −0.200\u00a0min (95\u00a0%: −0.281 to −0.118) against 2.250\u00a0min ${sameRows}`,
  ]),
});

const betterChanges = [
  'data/parcels/parcels.csv changed (1200345 to 1310022 bytes)',
  'pipelines/parcels/params.yaml train.features: ["distance", "day"] to ["distance", "day", "hour"]',
  'pipelines/parcels/params.yaml train.algorithms.gradient-boosting.trees: 100 to 300',
  'pipelines/parcels/prepare.ts changed (912 to 1004 bytes)',
];
export const better = proposed(betterEvidence, { changes: betterChanges });

const weakEvidence = evidenceOf({
  evaluation: {
    ...good,
    slices: [slice('Mon', 1.94, [1.8, 2.1]), slice('Sun', 2.96, [2.61, 3.34]), slice('Tue', 1.9, [1.7, 2.1])],
  },
  comparisons: betterEvidence.comparisons,
  gates: betterEvidence.verdict.gates,
});

const unclearEvidence = evidenceOf({
  evaluation: good,
  comparisons: comparisonsOf({
    rmse: [2.04, 0.01, [-0.07, 0.09], "can't tell"],
    mae: [1.5, 0.01, [-0.04, 0.06], "can't tell"],
    r2: [0.901, -0.001, [-0.009, 0.007], "can't tell"],
    within_tolerance: [0.71, 0.002, [-0.012, 0.016], "can't tell"],
  }),
  gates: gatesOf(goodText, [
    "can't tell",
    `+0.010\u00a0min (95\u00a0%: −0.070 to +0.090) against 2.040\u00a0min ${sameRows}`,
    'Evaluate on more rows, or improve the model.',
  ]),
});

const bad = evaluationOf({
  rmse: [2.61, [2.47, 2.76], 6.48],
  mae: [1.98, [1.9, 2.06], 5.12],
  r2: [0.838, [0.82, 0.855], 0],
  within_tolerance: [0.588, [0.566, 0.61], 0.21],
});
const worseEvidence = evidenceOf({
  evaluation: bad,
  comparisons: comparisonsOf({
    rmse: [2.25, 0.36, [0.27, 0.45], 'worse'],
    mae: [1.66, 0.32, [0.26, 0.38], 'worse'],
    r2: [0.88, -0.042, [-0.053, -0.031], 'worse'],
    within_tolerance: [0.701, -0.113, [-0.131, -0.095], 'worse'],
  }),
  gates: gatesOf('2.610\u00a0min (95\u00a0%: 2.470 to 2.760)', [
    'failed',
    `worse: +0.360\u00a0min (95\u00a0%: +0.270 to +0.450) against 2.250\u00a0min ${sameRows}`,
    'Improve the model, or keep the one that runs.',
  ]).map(result =>
    result.id.startsWith('within_tolerance')
      ? {
          ...result,
          outcome: 'failed' as const,
          reason: '0.588 (95\u00a0%: 0.566 to 0.610)',
          remedy: 'Improve the features, data or parameters; or move the bound in review, with a reason.',
        }
      : result,
  ),
});
export const worse = proposed(worseEvidence);

const firstEvidence = evidenceOf({
  evaluation: good,
  gates: gatesOf(goodText, ['not applicable', 'main (5e6f7a8) has no parcels yet']),
});
const firstProposal = proposed(firstEvidence, {
  champion: { state: 'none', name: 'none', why: 'main (5e6f7a8) has no parcels yet', sha256: null },
  changes: null,
});

const brokenContract: Proposal['contracts'][number] = {
  ...kept,
  passed: false,
  checks: asked.map(([says, line, failingRows, values], i) => ({
    ...{ id: `check${i}`, column: null, rule: 'minimum', says, severity: 'error', outcome: 'failed' },
    ...{ value: failingRows, threshold: '= 0', failingRows, failingShare: failingRows / 10_012 },
    samples: values.map((value, at) => ({ line: 7 + at, value })),
    at: { line, column: 9 },
  })),
  ratios: { schemaCompliance: 0.9956, completeness: 1 },
};
const stopped = reachVerdict([
  gate('contract', 'the data keeps its contract', [
    'failed',
    'distance is at least 0; day is one of Mon, Tue, Sun',
    'Mend the data, or change the contract in review with its owners.',
  ]),
  gate('rmse atMost 3', 'rmse at most 3 min', [
    "can't tell",
    'nothing was trained, since the contract is broken',
  ]),
]);
export const broken = proposed(betterEvidence, {
  ...{ contracts: [brokenContract], verdict: stopped, evidence: null, evidenceKey: null },
  ...{ crossValidation: null, costs: {}, stages: [], changes: null, base: null },
  champion: { state: 'none', name: 'none', why: 'the contract stopped the run', sha256: null },
});

/** As many failed checks and names as a broken pipeline may bring. */
export const huge = proposed(betterEvidence, {
  contracts: [
    {
      ...brokenContract,
      checks: Array.from({ length: 10_000 }, (_, i) => ({
        ...(brokenContract.checks[0] as (typeof brokenContract.checks)[number]),
        ...{ id: `c${i}`, says: `column_${i} is at least 0`, at: { line: i + 1, column: 1 } },
      })),
    },
  ],
  uncovered: Array.from({ length: 500 }, (_, i) => `data/team-${i}/measurements-of-the-year.csv`),
  changes: Array.from(
    { length: 500 },
    (_, i) => `pipelines/m${i}/params.yaml train.trees: ${i} to ${'9'.repeat(200)}`,
  ),
  verdict: reachVerdict(
    Array.from({ length: 500 }, (_, i) =>
      gate(`rmse atMost ${i}`, `rmse of a model with a rather long name, number ${i}, at most ${i} min`, [
        'failed',
        'far too much. '.repeat(20),
        'Improve it.',
      ]),
    ),
  ),
});

/** By the name of the golden file. */
export const commentCases: Readonly<Record<string, CommentInput>> = {
  better: inputOf(better),
  'worse-in-one-slice': inputOf(proposed(weakEvidence)),
  'cannot-tell': inputOf(proposed(unclearEvidence)),
  worse: inputOf(worse),
  'first-proposal': inputOf(firstProposal, {
    ...{ state: 'claimed', isNew: true, evidence: null, verdict: null },
    why: 'main has no parcels yet: its gates and test rows come with this proposal',
  }),
  'contract-broken': inputOf(broken, {
    ...{ state: 'claimed', evidence: null, verdict: null },
    why: 'nothing was trained, so there is no model to judge',
  }),
  'gates-relaxed': inputOf(
    proposed(evidenceOf({ evaluation: bad, gates: worseEvidence.verdict.gates.slice(0, 2) }), {
      changes: [
        'models/parcels/model.yaml spec.gates[1].margin.relative: 0.02 to 0.5',
        'pipelines/parcels/params.yaml train.algorithms.gradient-boosting.trees: 100 to 3',
      ],
    }),
    {
      ...{ evidence: worseEvidence, verdict: worseEvidence.verdict },
      ownJudging: [
        'the gate "rmse notWorseThan champion within 2 %" is taken away',
        'the gate "rmse notWorseThan champion within 50 %" is new',
        'the test rows changed',
      ],
      differences: [{ what: 'verdict', claimed: 'stands', found: 'does not stand' }],
    },
  ),
  'claims-not-found': inputOf(better, {
    ...{ evidence: worseEvidence, verdict: worseEvidence.verdict },
    differences: [
      { what: 'rmse', claimed: '2.050\u00a0min', found: '2.610\u00a0min' },
      { what: 'mae', claimed: '1.510\u00a0min', found: '1.980\u00a0min' },
      { what: 'verdict', claimed: 'stands', found: 'does not stand' },
    ],
  }),
  'third-commit': inputOf(
    better,
    {},
    {
      history: [
        { head: 'c'.repeat(40), standing: 'does not stand', primary: 'rmse 3.400\u00a0min' },
        { head: 'd'.repeat(40), standing: 'cannot be judged', primary: '' },
      ],
    },
  ),
  rehearsal: { ...inputOf(better), verification: null, links: {}, link: undefined },
  'too-long': inputOf(huge, {
    state: 'claimed',
    evidence: null,
    verdict: null,
    why: 'the model could not be judged here',
  }),
};
