// One target of one table with two models' answers to its test rows: what all kinds of numbers are measured on.
import { join } from 'node:path';
import { z } from 'zod';
import { mostProbable } from '#lib/evaluation/classes.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';

/** Per family (each has one tolerance) numbers and lists of numbers by name; null = undefined on these rows. */
export type Numbers = Readonly<Record<string, Readonly<Record<string, Value>>>>;
export type Value = number | null | readonly number[];

/** The parts of task.json that this side needs. */
export const taskSchema = z.object({
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

/** Training and test rows: features and target as numbers, groups as texts. */
export async function readTables(folder: string, task: Task): Promise<readonly [Table, Table]> {
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

/** The answers to the test rows, with everything declared that a metric may ask for. */
export async function sampleOf(scorer: Scorer, test: Table, task: Task): Promise<Sample> {
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
