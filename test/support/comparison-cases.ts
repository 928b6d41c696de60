// Four proposals as a reviewer meets them, with numbers that a simulation made and our own evaluation found: clearly better,
// worse on one part of the rows, can't tell, worse. For `npm run preview` and for the tests of what is said of them.
import { compare, correctVerdicts } from '#lib/evaluation/comparison.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import { assessFairness } from '#lib/evaluation/fairness/assessment.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { findSides } from '#lib/evaluation/sides.ts';
import { judgeGates, unitOf } from '#lib/gates/gates.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { reachVerdict } from '#lib/gates/verdict.ts';
import { modelSchema } from '#lib/registry/model.ts';
import type { CommentInput } from '#lib/reports/comment/input.ts';
import { createRandom } from '#lib/stats/random.ts';
import { gateContext, proposal, evidence as small } from './proposal.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const model = modelSchema.parse({
  ...proposal().model,
  spec: {
    ...proposal().model.spec,
    evaluation: {
      ...proposal().model.spec.evaluation,
      slices: ['day'],
      tolerance: 2,
      fairness: { groups: ['day'] },
    },
    gates: [
      { metric: 'rmse', atMost: 3 },
      { metric: 'rmse', notWorseThan: 'champion', margin: { relative: 0.02 } },
      { metric: 'rmse', notWorseThan: 'champion', slices: ['day'], margin: { relative: 0.05 } },
      { metric: 'rmse', betterThan: 'trivial' },
      { metric: 'within_tolerance', atLeast: 0.5 },
    ],
  },
});

interface Simulated {
  readonly rows: number;
  /** Standard deviation of the errors, by day. */
  readonly champion: (day: string) => number;
  readonly model: (day: string) => number;
}

/** By name of the case. */
export const comparisonCases: Readonly<Record<string, CommentInput>> = {
  'clearly-better': caseOf({ rows: 2000, champion: () => 2.4, model: () => 2.1 }),
  'worse-in-one-slice': caseOf({
    ...{ rows: 2800, champion: () => 2.3 },
    model: day => (day === 'Sun' ? 3.1 : 2.05),
  }),
  'cannot-tell': caseOf({ rows: 160, champion: () => 2.2, model: () => 2.25 }),
  worse: caseOf({ rows: 2000, champion: () => 2.1, model: () => 2.4 }),
};

/** Errors of both models share half of their variance, as those of two models on the same rows do. */
function simulate({ rows, champion, model: own }: Simulated) {
  const random = createRandom(11);
  const normal = (): number => Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, -6);
  const days = Array.from({ length: rows }, (_, row) => DAYS[row % DAYS.length] ?? '');
  const truth = Float64Array.from(days, () => 12 + 20 * random.next());
  const common = truth.map(() => normal());
  const answers = (spread: (day: string) => number) =>
    truth.map(
      (value, row) => value + spread(days[row] ?? '') * ((common[row] ?? 0) + normal()) * Math.SQRT1_2,
    );
  const sample = (prediction: Float64Array): Sample => ({ truth, prediction, threshold: 0.5, tolerance: 2 });
  const mean = truth.reduce((a, b) => a + b, 0) / rows;
  return {
    days,
    reference: sample(answers(champion)),
    sample: sample(answers(own)),
    trivial: sample(new Float64Array(rows).fill(mean)),
  };
}

function caseOf(simulated: Simulated): CommentInput {
  const { days, sample, reference, trivial } = simulate(simulated);
  const options = { task: 'regression', unit: 'min', primary: 'rmse' } as const;
  const groups = new Map([['day', days]]);
  const evaluation = evaluate(sample, trivial, { ...options, slices: groups, reference });
  const all = metricsOf('regression').flatMap(metric =>
    evaluation.metrics.some(one => one.metric === metric.name)
      ? (compare(metric, { sample, reference }) ?? [])
      : [],
  );
  const others = correctVerdicts(all.filter(({ metric }) => metric !== 'rmse'));
  const comparisons = all.map(one => others.find(({ metric }) => metric === one.metric) ?? one);
  const champion = {
    state: 'known',
    name: 'main (1234567)',
    why: '',
    sha256: small.inputs.testRows,
  } as const;
  const samples = { champion: reference, baseline: reference, trivial };
  const gates = judgeGates(gatesOf(model.spec), {
    ...gateContext(),
    evaluation,
    references: { champion, baseline: champion },
    compareWith: (name, metric, margin) => {
      const found = metricsOf('regression').find(one => one.name === metric);
      return found && compare(found, { sample, reference: samples[name] }, margin ? { margin } : {});
    },
    unitOf: metric => unitOf(metricsOf('regression'), metric, 'min'),
  });
  const verdict = reachVerdict(gates);
  const evidence = {
    ...small,
    inputs: { ...small.inputs, champion: champion.sha256 },
    ...{ evaluation, comparisons, verdict },
    sides: findSides(
      { sample, reference },
      { task: 'regression', keys: days.map((day, row) => `${day}-${row}`) },
    ),
    fairness: assessFairness(sample, groups, { task: 'regression' }),
  };
  const changes = ['pipelines/parcels/params.yaml train.features: ["distance"] to ["distance","day"]'];
  return {
    proposal: proposal({ model, champion, changes, evidence, verdict }),
    verification: null,
    ...{ head: 'a1b2c3d4'.repeat(5), history: [], links: {} },
  };
}
