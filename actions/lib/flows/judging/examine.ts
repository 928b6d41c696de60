// What is looked at besides metrics and costs: who is treated worse, and whether the model is ready. Each finding goes into
// the evidence as it is; gates ask for single numbers of it by name.
import { checkSeasons } from '#lib/behaviour/seasons.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { assessFairness } from '#lib/evaluation/fairness/assessment.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { selectSample } from '#lib/evaluation/select.ts';
import { findSides } from '#lib/evaluation/sides.ts';
import { assessThreshold } from '#lib/evaluation/threshold/assessment.ts';
import { lossPerRow } from '#lib/evaluation/worst-slices/loss.ts';
import { findWorstSlices } from '#lib/evaluation/worst-slices/worst-slices.ts';
import { privateColumns, shownKeys } from '#lib/flows/judging/contract-columns.ts';
import { explainModel, importanceMeasures } from '#lib/flows/judging/explain-model.ts';
import { measureFairness } from '#lib/flows/judging/fairness.ts';
import type { JudgeInput } from '#lib/flows/judging/input.ts';
import {
  measureAge,
  measureCard,
  measureInterface,
  measureSeasons,
  readTimes,
} from '#lib/flows/judging/readiness.ts';
import { robustnessMeasures, tryModel } from '#lib/flows/judging/robustness.ts';
import type { JudgedRows } from '#lib/flows/judging/rows.ts';
import type { SideFiles } from '#lib/flows/judging/side-files.ts';
import type { GateContext } from '#lib/gates/gate.ts';
import type { Measured } from '#lib/gates/measure.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Model } from '#lib/registry/model.ts';
import { selectRows } from '#lib/tables/table.ts';

/** The parts of the evidence that are found here. */
export type Findings = Pick<
  Evidence,
  'sides' | 'worstSlices' | 'fairness' | 'behaviour' | 'robustness' | 'seasons' | 'explanation' | 'threshold'
>;

export interface Examined {
  readonly findings: Findings;
  readonly measured: GateContext['measured'];
}

export interface Examinee {
  readonly scorer: Scorer;
  readonly rows: JudgedRows;
  readonly sample: Sample;
  /** The champion on the same rows. */
  readonly reference: Sample | undefined;
}

/** By key, so that the rows that are drawn from them do not depend on the order of the file. */
function inOrder({
  scorer,
  rows,
  sample,
  reference,
}: Examinee): Examinee & { readonly order: readonly number[] } {
  const order = [...rows.keys.keys()].sort(
    (a, b) => compareText(rows.keys[a] ?? '', rows.keys[b] ?? '') || a - b,
  );
  const texts = (all: ReadonlyMap<string, readonly string[]>) =>
    new Map([...all].map(([name, values]) => [name, order.map(row => values[row] ?? '')]));
  return {
    ...{ scorer, order },
    sample: selectSample(sample, order),
    reference: reference && selectSample(reference, order),
    rows: {
      ...rows,
      test: selectRows(rows.test, order),
      testTarget: Float64Array.from(order, row => rows.testTarget[row] ?? Number.NaN),
      keys: order.map(row => rows.keys[row] ?? ''),
      slices: texts(rows.slices),
      groups: texts(rows.groups),
    },
  };
}

/** Looks at everything once. */
export async function examine(
  input: JudgeInput,
  { card, behaviour: tests, contexts }: SideFiles,
  examinee: Examinee,
): Promise<Examined> {
  const { scorer, rows, sample, reference, order } = inOrder(examinee);
  const { root, model, engine, found, today } = input;
  const { task, evaluation } = model.spec;
  const hidden = await privateColumns(root);
  const keys = shownKeys(rows.keys, evaluation.rows.key, hidden);
  const fairness = evaluation.fairness
    ? assessFairness(sample, rows.groups, { task, smallest: evaluation.fairness.smallest })
    : null;
  const words =
    model.spec.positive === undefined
      ? {}
      : { words: [`not ${model.spec.positive}`, model.spec.positive] as const };
  const sides = reference ? findSides({ sample, reference }, { task, keys, ...words }) : null;
  const worstSlices = searchSlices(model, { rows, sample, reference, hidden });
  const robust = await tryModel({ root, engine, order, model, scorer, rows, sample, tests, hidden });
  const explanation = await explainModel(input, {
    scorer,
    rows: { ...rows, keys },
    ...{ hidden, order },
    answers: sample.prediction,
  });
  const threshold = evaluation.thresholdRule
    ? (assessThreshold(sample, evaluation.thresholdRule) ?? null)
    : null;
  const times = await readTimes(engine, root, model);
  const seasons = contexts && times ? checkSeasons(times, contexts) : null;
  const single = new Map<string, Measured>([
    ...robustnessMeasures(robust),
    ...importanceMeasures(explanation, found),
    ['card_completeness', measureCard(card)],
    ['interface_changes', measureInterface(scorer.interface, found)],
    ['data_age_days', measureAge(times, today)],
    ['unseen_contexts', measureSeasons(seasons, times)],
  ]);
  return {
    findings: { sides, worstSlices, fairness, ...robust, seasons, explanation, threshold },
    measured: (name, group) => measureFairness(fairness, name, group) ?? single.get(name),
  };
}

interface Searched extends Pick<Examinee, 'rows' | 'sample' | 'reference'> {
  readonly hidden: ReadonlySet<string>;
}

/** Over the model's columns and those that were declared as slices or groups. */
function searchSlices(
  { spec }: Model,
  { rows, sample, reference, hidden }: Searched,
): Findings['worstSlices'] {
  const { primary, business } = spec.evaluation;
  const metric = metricsOf(spec.task, business).find(({ name }) => name === primary);
  if (!metric) throw new Error(`the metric ${primary} is in no registry`);
  const own = new Set(rows.test.columns.map(({ name }) => name));
  const others = [...new Map([...rows.slices, ...rows.groups])]
    .filter(([name]) => !own.has(name))
    .map(([name, values]) => ({ name, kind: 'string' as const, values }));
  const table = { rows: rows.test.rows, columns: [...rows.test.columns, ...others] };
  return findWorstSlices(
    { sample, table, metric, lossPerRow: lossPerRow(sample, metric), reference },
    { hidden },
  );
}
