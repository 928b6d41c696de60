// The earliest and the latest moment of a column, the gaps between moments, and how many are after another one. Moments are
// milliseconds since 1970 in UTC; a date is its midnight. What never ends (infinity) is no moment.
import type { MomentColumn } from '#lib/contracts/check.ts';
import type { DataColumn } from '#lib/contracts/data/data.ts';
import type { Columns, Scope } from '#lib/contracts/sql/conditions.ts';
import { valueSql } from '#lib/contracts/sql/values.ts';
import { quoteName } from '#lib/sql/dialect.ts';

/** A column as TIMESTAMP in UTC; undefined where its values are none. @param name makes a name of an expression */
export function momentSql(
  column: DataColumn,
  { type, reading }: MomentColumn,
  name = (sql: string) => `(${sql})`,
): string | undefined {
  if (column.form === 'native') {
    const isMoment = column.kind === 'date' || column.kind === 'timestamp';
    return isMoment ? `${quoteName(column.name)}::TIMESTAMP` : undefined;
  }
  return type && `${name(valueSql(column).typed(type, reading))}::TIMESTAMP`;
}

/** Part of a table whose moments are asked for. */
export interface MomentSide {
  readonly relation: string;
  /** See momentSql. */
  readonly moment: string;
}

/** One row: how many moments there are as `n`, the `least` and the `greatest`. */
export function extremesQuery({ relation, moment }: MomentSide): string {
  return `SELECT count(m) AS n, (epoch_us(min(m)) / 1000)::DOUBLE AS least, (epoch_us(max(m)) / 1000)::DOUBLE AS greatest
FROM (${momentsOf(relation, moment)})`;
}

/** The same as expressions over rows, for a statement that asks for more. */
export function momentRangeSql(
  moment: MomentColumn,
  columns: Columns,
  scope: Scope,
): { readonly n: string; readonly least: string; readonly greatest: string } {
  const column = columns.get(moment.column);
  const sql = (column && momentSql(column, moment, scope.name)) ?? 'NULL::TIMESTAMP';
  const end = (side: 'min' | 'max') =>
    `(epoch_us(${side}(${sql}) FILTER (WHERE isfinite(${sql}))) / 1000)::DOUBLE`;
  return { n: `count_if(isfinite(${sql}))`, least: end('min'), greatest: end('max') };
}

/** How many are not before a moment, as `n`. */
export function sinceQuery({ relation, moment }: MomentSide, since: number): string {
  return `SELECT count(*) AS n FROM (${momentsOf(relation, moment)}) WHERE epoch_us(m) >= ${Math.ceil(since * 1000)}`;
}

/** How many moments there are, as `n`, and the longest time between two that follow each other, as `gap`. */
export function gapQuery(sides: readonly MomentSide[]): string {
  const all = sides.map(({ relation, moment }) => momentsOf(relation, moment)).join('\n  UNION ALL ');
  return `SELECT count(*) AS n, (max(gap) / 1000)::DOUBLE AS gap FROM (
  SELECT us - lag(us) OVER (ORDER BY us) AS gap FROM (SELECT epoch_us(m) AS us FROM (${all}))
)`;
}

function momentsOf(relation: string, moment: string): string {
  return `SELECT m FROM (SELECT ${moment} AS m FROM ${relation}) WHERE isfinite(m)`;
}
