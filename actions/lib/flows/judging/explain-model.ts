// What the model relies on, beside the champion, and reasons for a few rows: what a reviewer would ask, and what a person who
// is affected may ask. Columns with personal data keep their names and lose their values.
import { partialDependence } from '#lib/explanation/dependence.ts';
import { type Explanation, explainRows } from '#lib/explanation/explain-rows.ts';
import type { ExplainedExample, ModelExplanation } from '#lib/explanation/findings.ts';
import { compareImportances } from '#lib/explanation/importance-stability.ts';
import {
  absoluteError,
  type Importances,
  logLoss,
  permutationImportance,
} from '#lib/explanation/permutation.ts';
import { giveReasons } from '#lib/explanation/reasons.ts';
import { describeUsual } from '#lib/explanation/usual.ts';
import type { FoundChampion } from '#lib/flows/champion.ts';
import type { JudgeInput } from '#lib/flows/judging/input.ts';
import type { JudgedRows } from '#lib/flows/judging/rows.ts';
import { withReference } from '#lib/flows/judging/score-all.ts';
import type { Measured } from '#lib/gates/measure.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import type { ModelStructure } from '#lib/onnx/structure.ts';
import type { Model } from '#lib/registry/model.ts';
import { selectRows } from '#lib/tables/table.ts';

export interface Explained {
  readonly scorer: Scorer;
  readonly rows: JudgedRows;
  readonly answers: Float64Array;
  readonly hidden: ReadonlySet<string>;
  /** Where each of these rows stands in the file. */
  readonly order: readonly number[];
}

/** Columns whose curve is drawn. */
const CURVES = 3;

/** Null for several classes: they have no single number that a column could move. */
export async function explainModel(
  input: JudgeInput,
  { scorer, rows, answers, hidden, order }: Explained,
): Promise<ModelExplanation | null> {
  const { task } = input.model.spec;
  if (task === 'multiclass-classification') return null;
  const importance = await importanceOf(scorer, rows.test, { rows, task });
  const champion = await withReference(input, input.found, (other, table) =>
    importanceOf(other, selectRows(table, order), { rows, task }),
  );
  const curves = importance.columns.filter(({ importance: own, column }) => own > 0 && !hidden.has(column));
  const dependence = [];
  for (const { column } of curves.slice(0, CURVES)) {
    dependence.push(await partialDependence(table => scorer.score(table), { rows: rows.training, column }));
  }
  return {
    importance,
    stability: champion ? compareImportances(importance.columns, champion.columns) : null,
    dependence,
    examples: await explainExamples(input, { scorer, rows, answers, hidden, order }, task),
  };
}

type Task = 'regression' | 'binary-classification';

function importanceOf(
  scorer: Scorer,
  table: JudgedRows['test'],
  { rows, task }: { readonly rows: JudgedRows; readonly task: Task },
): Promise<Importances> {
  const loss = task === 'regression' ? absoluteError : logLoss;
  const score = (all: JudgedRows['test']): Promise<Float64Array> => scorer.score(all);
  return permutationImportance(
    { score, rows: table, target: rows.testTarget, loss },
    { mostRows: rowsFor(table.columns.length) },
  );
}

/** Wide models get fewer rows, so that a slow one is not asked for millions of answers. */
function rowsFor(columns: number): number {
  return Math.max(200, Math.min(2000, Math.floor(60_000 / Math.max(1, columns))));
}

/** Rows that show the most: both ends, and where the model was most wrong. */
async function explainExamples(
  { artifact, model }: JudgeInput,
  { scorer, rows, answers, hidden }: Explained,
  task: Task,
): Promise<readonly ExplainedExample[]> {
  const chosen = chooseRows(rows.testTarget, answers);
  const explanations = await explainChosen({ artifact, model, scorer, task }, rows, chosen);
  const usual = describeUsual(rows.training);
  return chosen.flatMap(({ row, why }, index): readonly ExplainedExample[] => {
    const explanation = explanations[index];
    if (!explanation) return [];
    return [
      {
        ...{ why, row: rows.keys[row] ?? String(row + 1), truth: rows.testTarget[row] ?? Number.NaN },
        ...{ answer: explanation.answer, method: explanation.method },
        reasons: giveReasons(explanation, {
          hidden,
          usual,
          subject: subjectOf(model),
          unit: model.spec.evaluation.unit,
        }),
      },
    ];
  });
}

/** Explains rows of the test, by their number. */
export async function explainChosen(
  {
    artifact,
    model,
    scorer,
    task,
  }: { readonly artifact: Uint8Array; readonly model: Model; readonly scorer: Scorer; readonly task: Task },
  rows: JudgedRows,
  chosen: readonly { readonly row: number }[],
): Promise<readonly Explanation[]> {
  const structure: ModelStructure | undefined = readStructure(artifact, { features: model.spec.features });
  const score = (table: JudgedRows['test']): Promise<Float64Array> => scorer.score(table);
  const asked = selectRows(
    rows.test,
    chosen.map(({ row }) => row),
  );
  return explainRows({ score, structure, task }, { rows: asked, training: rows.training });
}

/** What is answered, in words. */
export function subjectOf({ spec }: Model): string {
  return spec.positive === undefined
    ? `the predicted ${spec.evaluation.target}`
    : `the probability of ${spec.positive}`;
}

function chooseRows(
  truth: Float64Array,
  answers: Float64Array,
): readonly { readonly row: number; readonly why: string }[] {
  const best = (value: (row: number) => number): number =>
    answers.reduce((most, _, row) => (value(row) > value(most) ? row : most), 0);
  const all = [
    { row: best(row => answers[row] ?? 0), why: 'the highest answer' },
    { row: best(row => -(answers[row] ?? 0)), why: 'the lowest answer' },
    {
      row: best(row => Math.abs((answers[row] ?? 0) - (truth[row] ?? 0))),
      why: 'the answer farthest from the truth',
    },
  ];
  return answers.length === 0
    ? []
    : all.filter(({ row }, at) => all.findIndex(other => other.row === row) === at);
}

/** As gates ask for it. */
export function importanceMeasures(
  explanation: ModelExplanation | null,
  { champion }: FoundChampion,
): readonly (readonly [string, Measured])[] {
  const stability = explanation?.stability;
  const tell = (value: number | null, same: number): Measured => {
    if (champion.state === 'same') return { value: same, detail: 'the same bytes as the champion' };
    if (champion.state === 'none') return missing('not applicable', champion.why);
    if (!explanation) return missing('not applicable', 'models of several classes are not explained');
    if (!stability || value === null) return missing("can't tell", 'the champion could not be asked');
    const [most] = stability.columns;
    const moved =
      most && most.change > 0
        ? `${most.column} went from ${most.reference} to ${most.share} of the whole`
        : '';
    return { value, detail: moved };
  };
  return [
    ['importance_correlation', tell(stability?.rankCorrelation ?? null, 1)],
    ['importance_drift', tell(stability?.meanChange ?? null, 0)],
  ];
}

function missing(outcome: 'not applicable' | "can't tell", why: string): Measured {
  return { value: null, missing: { outcome, why } };
}
