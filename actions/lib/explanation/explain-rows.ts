// Why a model answers as it does for single rows: exactly where its structure is known, by sampling where it is not.
// All ways answer one question, what each column moves against the answers to usual rows, so they can be read alike.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { linearShap } from '#lib/explanation/linear-shap.ts';
import { type SampledAttributions, sampledShap } from '#lib/explanation/sampling.ts';
import { type Score, scoreAll } from '#lib/explanation/score.ts';
import { type Attributions, answersOf } from '#lib/explanation/sums.ts';
import {
  countCovers,
  interventionalShap,
  isExplainable,
  pathDependentShap,
} from '#lib/explanation/tree-shap.ts';
import { valueAt } from '#lib/explanation/usual.ts';
import type { ModelStructure } from '#lib/onnx/structure.ts';
import { createRandom, sampleRows } from '#lib/stats/random.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';

export const attributionSchema = z.strictObject({
  column: z.string(),
  /** As the row has it; null = missing. */
  value: z.union([z.number(), z.string()]).nullable(),
  /** Moves the answer by so much, in the unit of the scale. */
  attribution: z.number(),
  /** null = exact. */
  standardError: z.number().nullable(),
});

export const explanationSchema = z.strictObject({
  /** What the model answers: the amount, or the probability of the positive class. */
  answer: z.number(),
  /** In what base, reached and attributions are: log-odds = log(p / (1 - p)). */
  scale: z.enum(['log-odds', 'target', 'probability']),
  method: z.enum(['trees', 'trees-path-dependent', 'weighted-sum', 'sampling']),
  /** The mean over usual rows. */
  base: z.number(),
  /** base + all attributions: the answer on this scale. */
  reached: z.number(),
  /** Every column of the row, the largest movement first. */
  attributions: z.array(attributionSchema).readonly(),
});

export type Attribution = Readonly<z.output<typeof attributionSchema>>;
export type Explanation = Readonly<z.output<typeof explanationSchema>>;

/** What is explained. */
export interface ExplainedModel {
  readonly score: Score;
  /** From `readStructure`; undefined where the file is of another kind. */
  readonly structure: ModelStructure | undefined;
  readonly task: 'regression' | 'binary-classification';
}

export interface ExplainOptions {
  /** path-dependent weighs unknown columns by the trees' own covers, counted on the training rows; trees only. */
  readonly way?: 'interventional' | 'path-dependent';
  /** Training rows that stand for usual ones. */
  readonly backgroundRows?: number;
  /** Pairs of orders where there is no structure. */
  readonly pairs?: number;
  readonly seed?: number;
}

/** Float32 sums of thousands of leaves differ from float64 ones by less. */
const AGREEMENT = 1e-4;

/**
 * Explains each row; both tables hold the model's columns and no others.
 * @throws ConfigurationError when the model has no answer for a row, or for no training row
 */
export async function explainRows(
  model: ExplainedModel,
  { rows, training }: { readonly rows: Table; readonly training: Table },
  options: ExplainOptions = {},
): Promise<readonly Explanation[]> {
  if (rows.rows === 0) return [];
  const answers = await scoreAll(model.score, rows, 'the rows to explain');
  const background = await usualRows(model, training, options);
  const structure = believedStructure(model, [
    { table: rows, answers },
    { table: background, answers: await model.score(background) },
  ]);
  const [method, found] = await attribute({ ...model, structure }, { rows, background, training }, options);
  const scale = scaleOf(structure, model.task);
  return Array.from(answers, (answer, row) => {
    const attributions = attributionsOf(found, rows, row);
    const reached = attributions.reduce((sum, { attribution }) => sum + attribution, found.base);
    return {
      answer: roundSignificant(answer),
      scale,
      method,
      base: roundSignificant(found.base),
      reached: roundSignificant(reached),
      attributions: attributions.map(roundAttribution).toSorted(bySize),
    };
  });
}

/** A seeded sample of the training rows to which the model has an answer. */
async function usualRows(
  { score }: ExplainedModel,
  training: Table,
  { backgroundRows = 256, seed = 1 }: ExplainOptions,
): Promise<Table> {
  const sample = selectRows(training, sampleRows(training.rows, backgroundRows, createRandom(seed)));
  const answers = await score(sample);
  const answered = Array.from(answers.keys()).filter(row => Number.isFinite(answers[row]));
  if (answered.length > 0) return selectRows(sample, answered);
  throw new ConfigurationError('The model has a number as answer to no training row', {
    remedy: 'Name the rows it was trained on as evaluation.trainingRows.',
  });
}

/** A structure is what a file seems to say; only one that gives the runtime's answers is used. */
function believedStructure(
  { structure }: ExplainedModel,
  checks: readonly { readonly table: Table; readonly answers: Float64Array }[],
): ModelStructure | undefined {
  if (!structure || (structure.kind === 'trees' && !isExplainable(structure))) return undefined;
  const agrees = checks.every(({ table, answers }) =>
    answersOf(structure, table).every((own, row) => {
      const theirs = answers[row]!;
      return Math.abs(own - theirs) <= AGREEMENT * (1 + Math.abs(theirs));
    }),
  );
  return agrees ? structure : undefined;
}

async function attribute(
  { score, structure }: ExplainedModel,
  {
    rows,
    background,
    training,
  }: { readonly rows: Table; readonly background: Table; readonly training: Table },
  { way, pairs, seed }: ExplainOptions,
): Promise<readonly [Explanation['method'], Attributions | SampledAttributions]> {
  if (structure?.kind === 'additive') return ['weighted-sum', linearShap(structure, rows, background)];
  if (structure && way === 'path-dependent') {
    return ['trees-path-dependent', pathDependentShap(structure, rows, countCovers(structure, training))];
  }
  if (structure) return ['trees', interventionalShap(structure, rows, background)];
  const options = { ...(pairs ? { pairs } : {}), ...(seed ? { seed } : {}) };
  return ['sampling', await sampledShap(score, { rows, background }, options)];
}

function scaleOf(structure: ModelStructure | undefined, task: ExplainedModel['task']): Explanation['scale'] {
  if (structure?.link === 'logistic') return 'log-odds';
  return task === 'regression' ? 'target' : 'probability';
}

/** 0 for a column the model does not read. */
function attributionsOf(
  found: Attributions | SampledAttributions,
  rows: Table,
  row: number,
): readonly Attribution[] {
  return rows.columns.map(column => {
    const at = found.columns.indexOf(column.name);
    return {
      column: column.name,
      value: valueAt(column, row),
      attribution: found.values[at]?.[row] ?? 0,
      standardError: 'standardErrors' in found ? (found.standardErrors[at]?.[row] ?? null) : null,
    };
  });
}

function roundAttribution(one: Attribution): Attribution {
  const { attribution, standardError } = one;
  return {
    ...one,
    attribution: roundSignificant(attribution),
    standardError: standardError === null ? null : roundSignificant(standardError),
  };
}

function bySize(a: Attribution, b: Attribution): number {
  return Math.abs(b.attribution) - Math.abs(a.attribution) || compareText(a.column, b.column);
}
