// How the model answers rows that are not quite those it was tested on: the team's behaviour tests, noise, somebody who wants
// to fool it, and how near its answers are to the threshold.
import { type AdversarialInput, attackModel, lossOf } from '#lib/behaviour/adversarial.ts';
import { analyseConfidence } from '#lib/behaviour/confidence.ts';
import type { BehaviourTests } from '#lib/behaviour/declared.ts';
import { type Range, rangesOf } from '#lib/behaviour/jitter.ts';
import type { BehaviourResults } from '#lib/behaviour/result.ts';
import { runBehaviourTests } from '#lib/behaviour/run.ts';
import { measureStability } from '#lib/behaviour/stability.ts';
import type { Answering, Subject } from '#lib/behaviour/subject.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { mostProbable } from '#lib/evaluation/classes.ts';
import { count } from '#lib/evaluation/format.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { contractBounds, shownKeys } from '#lib/flows/judging/contract-columns.ts';
import { withOtherColumns } from '#lib/flows/judging/other-columns.ts';
import type { JudgedRows } from '#lib/flows/judging/rows.ts';
import type { Measured } from '#lib/gates/measure.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface Tried {
  readonly model: Model;
  readonly scorer: Scorer;
  readonly rows: JudgedRows;
  readonly sample: Sample;
  /** Undefined where the team wrote none. */
  readonly tests: CheckedDocument<BehaviourTests> | undefined;
  readonly engine: SqlEngine;
  /** Where contracts and rows lie. */
  readonly root: string;
  /** Where each of the test rows stands in its file. */
  readonly order: readonly number[];
  /** Columns whose values nobody may see. */
  readonly hidden: ReadonlySet<string>;
}

/** Tries the model; the same rows are drawn every time. */
export async function tryModel(tried: Tried): Promise<Pick<Evidence, 'behaviour' | 'robustness'>> {
  const { model, rows, sample } = tried;
  const subject = subjectOf(tried);
  const ranges = rangesOf(rows.training);
  const outputs = {
    values: sample.classes?.probabilities ?? sample.prediction,
    width: model.spec.classes?.length ?? 1,
  };
  return {
    behaviour: await testBehaviour(tried, subject, ranges),
    robustness: {
      stability: await measureStability({ rows: rows.test, subject, ranges, targetRange: targetRange(rows) }),
      adversarial: await attack(tried, subject, ranges),
      confidence: analyseConfidence({ answering: subject, outputs, truth: sample.truth }),
    },
  };
}

async function testBehaviour(
  { model, rows, tests, hidden, engine, root, order }: Tried,
  subject: Subject,
  ranges: ReadonlyMap<string, Range>,
): Promise<BehaviourResults | null> {
  if (!tests) return null;
  const { keys } = rows;
  const spoken = { engine, root, model, rows, order, tests: tests.value };
  const { test, typical } = await withOtherColumns(spoken);
  const found = await runBehaviourTests(tests, {
    ...{ rows: test, keys, typical, subject },
    ranges: new Map([...rangesOf(test), ...ranges]),
  });
  const shown = shownKeys(keys, model.spec.evaluation.rows.key, hidden);
  return withoutPrivate(found, { hidden, shown: new Map(shown.map((name, i) => [keys[i], name])) });
}

/** Examples say what a column held: of personal data they say that it was changed. */
function withoutPrivate(
  found: BehaviourResults,
  {
    hidden,
    shown,
  }: {
    readonly hidden: ReadonlySet<string>;
    /** How a row may be named, by its key. */
    readonly shown: ReadonlyMap<string | undefined, string>;
  },
): BehaviourResults {
  const isPrivate = (changed: string): boolean =>
    [...hidden].some(column => changed.split(/[^\p{L}\p{N}_]+/u).includes(column));
  const results = found.results.map(result => ({
    ...result,
    examples: result.examples.map(example => ({
      ...example,
      row: shown.get(example.row) ?? example.row,
      changed: isPrivate(example.changed) ? 'a column with personal data' : example.changed,
    })),
  }));
  return { ...found, results };
}

function subjectOf({ model, scorer }: Pick<Tried, 'model' | 'scorer'>): Subject {
  const { classes } = model.spec;
  if (classes) {
    return { ...answeringOf(model), score: table => scorer.scoreClasses(table, classes.length) };
  }
  return { ...answeringOf(model), score: table => scorer.score(table) };
}

function answeringOf({ spec }: Model): Answering {
  const { task, threshold, classes, evaluation } = spec;
  if (task === 'regression') return { task, unit: evaluation.unit, tolerance: evaluation.tolerance };
  return task === 'binary-classification' ? { task, threshold } : { task, classes: classes ?? [] };
}

function targetRange({ trainingTarget }: JudgedRows): number {
  return (
    trainingTarget.reduce((a, b) => Math.max(a, b), -Infinity) -
    trainingTarget.reduce((a, b) => Math.min(a, b), Infinity)
  );
}

async function attack(
  { model, rows, sample, root }: Tried,
  subject: Subject,
  ranges: ReadonlyMap<string, Range>,
): Promise<Evidence['robustness']['adversarial']> {
  const { task, evaluation } = model.spec;
  const metric = findMetric(task, evaluation.primary);
  if (!metric) return null;
  const measure: AdversarialInput['metric']['measure'] = (chosen, outputs) =>
    metric.prepare(answered(sample, chosen, outputs))(new Float64Array(chosen.length).fill(1));
  const { name, better } = metric;
  return attackModel({
    bounds: await contractBounds(root, ranges),
    ...{ rows: rows.test, subject, ranges, loss: lossOf(subject, sample.truth) },
    metric: { name, better, measure },
    mostRows: rowsFor(ranges.size),
  });
}

/** Each number of each row is tried by itself: wide models get fewer rows. */
function rowsFor(numbers: number): number {
  return Math.max(50, Math.min(500, Math.floor(10_000 / Math.max(1, numbers))));
}

/** The sample of some rows, had they been answered so. */
function answered(sample: Sample, rows: ArrayLike<number>, outputs: Float64Array): Sample {
  const truth = Float64Array.from(
    { length: rows.length },
    (_, i) => sample.truth[rows[i] ?? 0] ?? Number.NaN,
  );
  if (!sample.classes) return { ...sample, truth, prediction: outputs };
  const classes = { ...sample.classes, probabilities: outputs };
  return { ...sample, truth, prediction: mostProbable(classes), classes };
}

/** As gates ask for it. */
export function robustnessMeasures({
  behaviour,
  robustness: { stability, adversarial, confidence },
}: Pick<Evidence, 'behaviour' | 'robustness'>): readonly (readonly [string, Measured])[] {
  const [least] = stability.columns;
  const worst = adversarial?.budgets.at(-1);
  const low = confidence?.low;
  return [
    ['behaviour_failures', measureBehaviour(behaviour)],
    [
      'prediction_stability',
      stability.share === null
        ? {
            value: null,
            missing: { outcome: 'not applicable', why: 'the model reads no number that noise could move' },
          }
        : {
            value: stability.share,
            ci95: stability.ci95,
            detail: `of ${count(stability.n, 'row')}${least ? `, least for ${least.column} (${least.share})` : ''}`,
          },
    ],
    [
      'adversarial_drop',
      worst?.drop === null || worst?.drop === undefined
        ? unknown('the primary metric is undefined on these rows')
        : { value: worst.drop, detail: `${adversarial?.metric} ${adversarial?.before} to ${worst.after}` },
    ],
    [
      'low_confidence_share',
      low?.share === null || low?.share === undefined
        ? unknown('amounts have no threshold')
        : {
            value: low.share,
            ci95: low.ci95,
            detail: `${count(low.n, 'answer')} within ${confidence?.within}`,
          },
    ],
  ];
}

function unknown(why: string): Measured {
  return { value: null, missing: { outcome: "can't tell", why } };
}

function measureBehaviour(behaviour: BehaviourResults | null): Measured {
  if (!behaviour) {
    return {
      value: null,
      missing: { outcome: "can't tell", why: 'the model has no behaviour.yaml' },
    };
  }
  const { results } = behaviour;
  const failed = results.filter(({ status, severity }) => status !== 'passed' && severity === 'block');
  const blocking = results.filter(({ severity }) => severity === 'block');
  const warned = results.filter(({ status, severity }) => status !== 'passed' && severity === 'warn');
  const warns =
    warned.length === 0
      ? ''
      : `; ${count(warned.length, 'test')} that only warn${warned.length === 1 ? 's' : ''} do not hold`;
  const held = `${count(blocking.length, 'blocking test')} hold${blocking.length === 1 ? 's' : ''}${warns}`;
  return {
    value: failed.length,
    detail: failed.length === 0 ? held : failed.map(({ name }) => name).join('; '),
  };
}
