// Every kind of number that a report can hold, measured by the library on models that scikit-learn trained. The Python files
// beside this one compute the same from the same files; names say what belongs together.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { mostProbable } from '#lib/evaluation/classes.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';
import { measureEvaluation } from './numbers-evaluation.ts';
import { measureExplanations } from './numbers-explanation.ts';
import { measureTests } from './numbers-tests.ts';

/** Per family (each has one tolerance) numbers and lists of numbers by name; null = undefined on these rows. */
export type Numbers = Readonly<Record<string, Readonly<Record<string, Value>>>>;
export type Value = number | null | readonly number[];

const taskSchema = z.object({
  name: z.string(),
  kind: z.enum(['regression', 'binary-classification', 'multiclass-classification']),
  groups: z.array(z.string()).readonly(),
  threshold: z.number(),
  /** In the unit of the target. */
  tolerance: z.number(),
  /** The numeric columns, in the models' order. */
  features: z.array(z.string()).readonly(),
  /** Empty unless there are several. */
  classes: z.array(z.string()).readonly(),
});

/** One target of one table, as the Python side describes it. */
export type Task = Readonly<z.output<typeof taskSchema>>;

/** What there is to measure: both models' answers to the test rows stand in their samples. */
export interface Measured {
  readonly task: Task;
  readonly train: Table;
  readonly test: Table;
  readonly champion: Sample;
  readonly challenger: Sample;
}

/** @param folder of one task: task.json, train.csv, test.csv, champion.onnx, challenger.onnx */
export async function measureTask(folder: string): Promise<Numbers> {
  const task = taskSchema.parse(JSON.parse(await readFile(join(folder, 'task.json'), 'utf8')));
  const [train, test] = await readTables(folder, task);
  const [champion, challenger] = await Promise.all(
    ['champion', 'challenger'].map(async name => {
      const bytes = await readFile(join(folder, `${name}.onnx`));
      const scorer = await openScorer(bytes, { features: task.features });
      return { name, scorer, structure: readStructure(bytes, { features: task.features }) };
    }),
  );
  if (!champion || !challenger) throw new RangeError('Two models are compared');
  const samples = {
    champion: await sampleOf(champion.scorer, test, task),
    challenger: await sampleOf(challenger.scorer, test, task),
  };
  const measured: Measured = { task, train, test, ...samples };
  const numbers = {
    answers: {
      champion: answersOf(samples.champion),
      challenger: answersOf(samples.challenger),
    },
    ...measureEvaluation(measured),
    ...measureTests(measured),
    ...(await measureExplanations(measured, [champion, challenger])),
  };
  await Promise.all([champion, challenger].map(({ scorer }) => scorer.close()));
  return numbers;
}

async function readTables(folder: string, task: Task): Promise<readonly [Table, Table]> {
  const engine = await openDuckDb();
  try {
    const columns = [
      ...[...task.features, 'target'].map(name => ({ name, kind: 'number' as const })),
      ...task.groups.map(name => ({ name, kind: 'string' as const })),
    ];
    return [
      await engine.readTable(join(folder, 'train.csv'), columns),
      await engine.readTable(join(folder, 'test.csv'), columns),
    ];
  } finally {
    engine.close();
  }
}

type Scorer = Awaited<ReturnType<typeof openScorer>>;

async function sampleOf(scorer: Scorer, test: Table, task: Task): Promise<Sample> {
  const { threshold, tolerance, classes: names } = task;
  const common = {
    ...{
      truth: numbersOf(test, 'target'),
      threshold,
      tolerance: task.kind === 'regression' ? tolerance : undefined,
    },
    ...{ beta: 2, quantile: 0.9, costs: { falsePositive: 5, falseNegative: 100, truePositive: -20 } },
  };
  if (names.length === 0) return { ...common, prediction: await scorer.score(test) };
  const classes = { names, probabilities: await scorer.scoreClasses(test, names.length) };
  return { ...common, prediction: mostProbable(classes), classes };
}

function answersOf({ prediction, classes }: Sample): readonly number[] {
  return [...(classes?.probabilities ?? prediction)];
}

/** The numbers of a column. @throws RangeError when there is no such column */
export function numbersOf(table: Table, name: string): Float64Array {
  const column = findColumn(table, name);
  if (column?.kind !== 'number') throw new RangeError(`There is no numeric column "${name}"`);
  return column.values;
}

/** The texts of a column. @throws RangeError when there is no such column */
export function textsOf(table: Table, name: string): readonly string[] {
  const column = findColumn(table, name);
  if (column?.kind !== 'string') throw new RangeError(`There is no text column "${name}"`);
  return column.values;
}
