// Which test rows a test of behaviour is about.
import type { On, Value } from '#lib/behaviour/declared.ts';
import { createRandom, sampleRows } from '#lib/stats/random.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';

type Condition = NonNullable<On['where']>[string];

/** Ascending; of more than `atMost` rows a seeded draw, the same for the same rows. */
export function matchingRows(table: Table, { where = {}, atMost }: On, seed: number): readonly number[] {
  const conditions = Object.entries(where).map(([name, condition]) => ({
    values: findColumn(table, name)?.values ?? [],
    condition,
  }));
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(row =>
    conditions.every(({ values, condition }) => isMet(values[row] ?? Number.NaN, condition)),
  );
  const drawn = sampleRows(rows.length, atMost, createRandom(seed));
  return Array.from(drawn, index => rows[index] ?? 0);
}

function isMet(value: string | number, condition: Condition): boolean {
  if (Array.isArray(condition)) return condition.some(one => isEqual(value, one));
  if (condition === null || typeof condition !== 'object') return isEqual(value, condition);
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = condition;
  return typeof value === 'number' && value >= atLeast && value <= atMost;
}

function isEqual(value: string | number, declared: Value): boolean {
  return declared === null ? value === '' || Number.isNaN(value) : value === declared;
}
