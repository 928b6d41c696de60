// Columns of the rows that behaviour tests speak of and the model does not read: a model that does not know where somebody
// lives cannot depend on it, and a test that says so holds without being an error.
import { join } from 'node:path';
import type { BehaviourTest, BehaviourTests } from '#lib/behaviour/declared.ts';
import { typicalRow } from '#lib/behaviour/typical.ts';
import type { JudgedRows } from '#lib/flows/judging/rows.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { type ColumnType, selectRows, type Table } from '#lib/tables/table.ts';

export interface Spoken {
  readonly engine: SqlEngine;
  readonly root: string;
  readonly model: Model;
  readonly tests: BehaviourTests;
  readonly rows: JudgedRows;
  /** Where each of the test rows stands in its file. */
  readonly order: readonly number[];
}

/** The test rows and the typical row, with those columns beside the model's own. */
export async function withOtherColumns({
  engine,
  root,
  model,
  tests,
  rows,
  order,
}: Spoken): Promise<{ readonly test: Table; readonly typical: Table }> {
  const { pipeline, evaluation } = model.spec;
  const path = (file: string): string => join(root, pipeline, file);
  const header = await engine.readHeader(path(evaluation.rows.path));
  const trained = await engine.readHeader(path(evaluation.trainingRows));
  const known = new Set([
    ...rows.test.columns.map(({ name }) => name),
    evaluation.target,
    evaluation.rows.key,
  ]);
  const others = columnsOf(tests).filter(
    ({ name }) => !known.has(name) && header.includes(name) && trained.includes(name),
  );
  if (others.length === 0) return { test: rows.test, typical: typicalRow(rows.training) };
  const test = selectRows(await engine.readTable(path(evaluation.rows.path), others), order);
  const training = await engine.readTable(path(evaluation.trainingRows), others);
  return {
    test: { ...rows.test, columns: [...rows.test.columns, ...test.columns] },
    typical: typicalRow({ ...rows.training, columns: [...rows.training.columns, ...training.columns] }),
  };
}

/** As numbers where a test moves or compares them so; a name once. */
function columnsOf({ spec }: BehaviourTests): readonly ColumnType[] {
  const found = new Map<string, ColumnType['kind']>();
  for (const [name, isNumber] of spec.tests.flatMap(spokenOf)) {
    if (isNumber || !found.has(name)) found.set(name, isNumber ? 'number' : 'string');
  }
  return [...found].map(([name, kind]) => ({ name, kind }));
}

function spokenOf(test: BehaviourTest): readonly (readonly [name: string, isNumber: boolean])[] {
  if (test.kind === 'minimum' || test.kind === 'edge') {
    return test.rows.flatMap(row => valuesOf(row.with));
  }
  const where = valuesOf(test.on.where ?? {});
  if (test.kind === 'invariance') {
    const { column, to = [], swap = [], jitter } = test.change;
    return [
      ...where,
      [column, jitter !== undefined || [...to, ...swap].some(value => typeof value === 'number')],
    ];
  }
  const step = test.raise ?? test.lower;
  return [
    ...where,
    ...(step ? [[step.column, true] as const] : []),
    ...(test.move ? [[test.move.column, false] as const] : []),
  ];
}

function valuesOf(values: Readonly<Record<string, unknown>>): readonly (readonly [string, boolean])[] {
  const isNumber = (value: unknown): boolean =>
    typeof value === 'number' ||
    (Array.isArray(value) ? value.some(isNumber) : typeof value === 'object' && value !== null);
  return Object.entries(values).map(([name, value]) => [name, isNumber(value)] as const);
}
