// The statements that count and show: everything that is asked of the rows of one file in one scan.
import type { Condition, MomentColumn, Step } from '#lib/contracts/check.ts';
import { type Columns, conditionSql, countSql, openScope } from '#lib/contracts/sql/conditions.ts';
import { momentRangeSql } from '#lib/contracts/sql/extremes.ts';
import { duplicatesSql, type Key, ORDER, rangeSql } from '#lib/contracts/sql/keys.ts';
import type { ValueSql } from '#lib/contracts/sql/values.ts';
import { quoteName } from '#lib/sql/dialect.ts';

/** What one scan finds out. */
export interface Questions {
  /** Counted as `c0`, `c1`, ... */
  readonly conditions: readonly Condition[];
  /** Columns of keys: 0 as `k0`, `k1`, ... where no row repeats the key of another one. */
  readonly keys: readonly Key[];
  /** Columns of keys: between what they lie, as `l0` and `g0`, `l1` and `g1`, ..., see rangeSql. */
  readonly ranges?: readonly Key[];
  /** Columns of moments: how many there are and their extremes as `m0`, `e0` and `t0`, ..., see momentRangeSql. */
  readonly moments?: readonly MomentColumn[];
}

/** One row: rows as `n`, then the answers. */
export function countQuery(
  relation: string,
  columns: Columns,
  { conditions, keys, ranges = [], moments = [] }: Questions,
): string {
  const scope = openScope(columns);
  const counts = [
    ...conditions.map((condition, i) => `${countSql(condition, columns, scope)} AS c${i}`),
    ...keys.map((names, i) => `${duplicatesSql(names, scope)} AS k${i}`),
    ...ranges.flatMap((names, i) => {
      const { least, greatest } = rangeSql(names, columns, scope);
      return [`${least} AS l${i}`, `${greatest} AS g${i}`];
    }),
    ...(ranges.length > 0 ? [`${ORDER} AS o`] : []),
    ...moments.flatMap((moment, i) => {
      const { n, least, greatest } = momentRangeSql(moment, columns, scope);
      return [`${n} AS m${i}`, `${least} AS e${i}`, `${greatest} AS t${i}`];
    }),
  ];
  return `SELECT ${['count(*) AS n', ...counts].join(',\n  ')}\nFROM ${scope.from(relation)}`;
}

export interface Sampling {
  readonly condition: Condition;
  /** The column whose value is shown. */
  readonly column: string;
  /** The way to a member of it that is shown in its place. */
  readonly steps?: readonly Step[];
  /** Columns that tell a person which row it is. */
  readonly key: readonly string[];
  readonly limit: number;
}

/** The first rows of a condition: `row` from 0 in file order, the value of the column, and the key as `k0`, `k1`, ... */
export function samplesQuery(
  relation: string,
  columns: Columns,
  { condition, column, steps = [], key, limit }: Sampling,
): string {
  const scope = openScope(columns);
  const broken = conditionSql(condition, columns, scope);
  const value = columns.has(column) ? scope.name(reachValue(scope.value(column), steps).text) : 'NULL';
  const keys = key.map((name, i) => `${scope.name(scope.value(name).text)} AS k${i}`);
  const place = rowName(columns);
  const rows = scope.from(numbered(relation, place), [place]);
  return `SELECT ${[`${place} AS row`, `${value} AS value`, ...keys].join(', ')} FROM ${rows}
WHERE ${broken} ORDER BY ${place} LIMIT ${limit}`;
}

/** The value that members lead to, as far as the type has them. */
function reachValue(value: ValueSql, [step, ...rest]: readonly Step[]): ValueSql {
  const within = step?.kind === 'member' ? value.within(step) : undefined;
  return within?.kind === 'one' ? reachValue(within.value, rest) : value;
}

/** The different texts of a column, or of what is within it, as `value`. */
export function distinctQuery(
  relation: string,
  columns: Columns,
  { column, steps = [], limit }: Pick<Sampling, 'column' | 'steps' | 'limit'>,
): string {
  const scope = openScope(columns);
  if (steps.some(({ kind }) => kind !== 'member')) {
    const texts = textsSql(scope.value(column), steps);
    return `SELECT DISTINCT unnest(${texts}) AS value FROM ${relation} LIMIT ${limit}`;
  }
  const value = reachValue(scope.value(column), steps);
  const [missing, text] = [scope.name(value.missing), scope.name(value.text)];
  return `SELECT DISTINCT ${text} AS value FROM ${scope.from(relation)} WHERE NOT ${missing} LIMIT ${limit}`;
}

/** All texts that the steps lead to in a row, as a list. */
function textsSql(value: ValueSql, [step, ...rest]: readonly Step[], depth = 0): string {
  if (!step) return `CASE WHEN ${value.missing} THEN [] ELSE [${value.text}] END`;
  const within = value.within(step);
  if (!within) return '[]::VARCHAR[]';
  if (within.kind === 'one')
    return `CASE WHEN ${value.missing} THEN [] ELSE ${textsSql(within.value, rest, depth)} END`;
  const element = `item${depth}`;
  const inner = textsSql(within.valueOf(element), rest, depth + 1);
  return `coalesce(flatten(list_transform(${within.list}, lambda ${element}: ${inner})), [])`;
}

/** A file that has the columns of a key. */
export interface KeyedRelation {
  readonly relation: string;
  readonly columns: Columns;
}

/**
 * The rows after the first of each key over several files, as samplesQuery gives them, in the order of the files, each with
 * the place of its file as `file`; the value is the key. Only keys that stand there twice are put in order.
 */
export function duplicateSamplesQuery(
  files: readonly KeyedRelation[],
  { names, limit }: { readonly names: readonly string[]; readonly limit: number },
): string {
  const keys = names.map((_, i) => `k${i}`);
  const list = keys.join(', ');
  const all = files.map(({ relation, columns }, file) => {
    const place = rowName(columns);
    const values = names.map((name, i) => `${valueKey(name, columns)} AS k${i}`).join(', ');
    return `SELECT ${file} AS file, ${place} AS row, ${values} FROM ${numbered(relation, place)}`;
  });
  const present = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return `WITH every AS (${all.join('\n  UNION ALL ')}),
again AS (SELECT ${list} FROM every WHERE ${present} GROUP BY ${list} HAVING count(*) > 1)
SELECT file, row, concat_ws(', ', ${list}) AS value FROM (
  SELECT *, row_number() OVER (PARTITION BY ${list} ORDER BY file, row) AS time
  FROM every SEMI JOIN again USING (${list})
) WHERE time > 1 ORDER BY file, row LIMIT ${limit}`;
}

/** A name, quoted, that no column of the file has. */
export function rowName(columns: Columns): string {
  const taken = new Set([...columns.keys()].map(name => name.toLowerCase()));
  let name = '#row';
  while (taken.has(name)) name += '#';
  return quoteName(name);
}

/** A relation with the number of each row, from 0 in file order, under a name of rowName. */
export function numbered(relation: string, name: string): string {
  return `(SELECT row_number() OVER () - 1 AS ${name}, * FROM ${relation})`;
}

function valueKey(name: string, columns: Columns): string {
  return openScope(columns).value(name).key;
}
