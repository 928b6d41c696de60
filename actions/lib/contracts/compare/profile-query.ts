// One statement that says of every column what a comparison needs: how many values are missing, how many are different, and
// of numbers where they lie. What is private is counted, and never shown.
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import type { DataColumn, DataPart } from '#lib/contracts/data/data.ts';
import type { Column, ContractTable } from '#lib/contracts/odcs-schema.ts';
import { openScope, type Scope } from '#lib/contracts/sql/conditions.ts';

/** The quantiles that stand for a distribution. */
export const QUANTILES: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95];
/** A column with more different values is no category. */
export const MOST_CATEGORIES = 40;

export interface ProfiledColumn {
  readonly column: DataColumn;
  readonly isPrivate: boolean;
  /** It names rows: where its values lie says nothing. */
  readonly isKey: boolean;
}

/** All columns of the files, by their names. */
export function profiledColumns(parts: readonly DataPart[], table: ContractTable): readonly ProfiledColumn[] {
  const contract = new Map((table.properties ?? []).map((column: Column) => [nameOf(column), column]));
  const columns = new Map<string, DataColumn>();
  for (const part of parts)
    for (const column of part.columns) if (!columns.has(column.name)) columns.set(column.name, column);
  return Array.from(columns.values(), column => {
    const said = contract.get(column.name);
    // What no contract speaks of may be anything.
    const isKey = said?.primaryKey === true || said?.unique === true;
    return { column, isKey, isPrivate: said === undefined || isPrivate(said) };
  });
}

/** All files as one relation; a file may lack columns that others have. */
export function wholeRelation(parts: readonly DataPart[]): string {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only.relation;
  return `(${parts.map(({ relation }) => `SELECT * FROM ${relation}`).join('\n  UNION ALL BY NAME ')})`;
}

/** One row: `n`, and of each column by its place `m0` missing, `d0` different, `f0` finite numbers, `a0`, `s0`, `q0`. */
export function profileQuery(relation: string, columns: readonly ProfiledColumn[]): string {
  const scope = scopeOf(columns);
  const counts = columns.flatMap(({ column, isPrivate: isHidden, isKey }, i) => {
    const { missing, number, key } = scope.value(column.name);
    const value = scope.name(number);
    const own = [
      `count(*) FILTER (WHERE ${scope.name(missing)}) AS m${i}`,
      `approx_count_distinct(${scope.name(key)}) AS d${i}`,
    ];
    if (isHidden || isKey) return own;
    return [
      ...own,
      `count(${value}) AS f${i}`,
      `avg(${value}) AS a${i}`,
      `stddev_samp(${value}) AS s${i}`,
      `to_json(quantile_cont(${value}, [${QUANTILES.join(', ')}]))::VARCHAR AS q${i}`,
    ];
  });
  return `SELECT ${['count(*) AS n', ...counts].join(',\n  ')}\nFROM ${scope.from(relation)}`;
}

/** One row: how often each value of some columns stands there, as JSON, by their places in the list: `h0`, `h1`, ... */
export function categoriesQuery(relation: string, columns: readonly ProfiledColumn[]): string {
  const scope = scopeOf(columns);
  const counts = columns.map(({ column }, i) => {
    return `to_json(histogram(${scope.name(scope.value(column.name).text)}))::VARCHAR AS h${i}`;
  });
  return `SELECT ${counts.join(',\n  ')}\nFROM ${scope.from(relation)}`;
}

function scopeOf(columns: readonly ProfiledColumn[]): Scope {
  return openScope(new Map(columns.map(({ column }) => [column.name, column])));
}
