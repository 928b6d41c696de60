// The statements that count and show: everything that is asked of the rows of one file in one scan.
import type { Condition, Step } from '#lib/contracts/check.ts';
import { type Columns, conditionSql, openScope, type Scope } from '#lib/contracts/sql/conditions.ts';
import type { ValueSql } from '#lib/contracts/sql/values.ts';

/** What one scan finds out. */
export interface Questions {
  /** Counted as `c0`, `c1`, ... */
  readonly conditions: readonly Condition[];
  /** Columns of keys: 0 as `k0`, `k1`, ... where no row repeats the key of another one. */
  readonly keys: readonly (readonly string[])[];
}

/** One row: rows as `n`, then the answers. */
export function countQuery(relation: string, columns: Columns, { conditions, keys }: Questions): string {
  const scope = openScope(columns);
  const counts = [
    ...conditions.map((condition, i) => {
      return `count_if(${conditionSql(condition, columns, scope)}) AS c${i}`;
    }),
    ...keys.map((names, i) => `${duplicatesSql(names, scope)} AS k${i}`),
  ];
  return `SELECT ${['count(*) AS n', ...counts].join(',\n  ')}\nFROM ${scope.from(relation)}`;
}

/**
 * Whether rows repeat the key of another one: 0 where none does, else some number. Hashes take less memory than keys, and
 * as many hashes as keys prove that all differ.
 */
function duplicatesSql(names: readonly string[], scope: Scope): string {
  const { whole, key } = keySql(names, scope);
  return `count(*) FILTER (WHERE ${whole}) - count(DISTINCT CASE WHEN ${whole} THEN hash(${key}) END)`;
}

function keySql(names: readonly string[], scope: Scope): { readonly whole: string; readonly key: string } {
  const keys = names.map(name => scope.name(scope.value(name).key));
  const whole = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return { whole, key: keys.length === 1 ? (keys[0] ?? '') : `row(${keys.join(', ')})` };
}

/**
 * Rows that repeat the key of another one, exactly, as `k0`, `k1`, ...; rows without a whole key do not count. Texts are
 * compared, so 1 and 1.0 differ.
 */
export function exactQuery(relation: string, columns: Columns, keys: readonly (readonly string[])[]): string {
  const scope = openScope(columns);
  const counts = keys.map((names, i) => {
    const { whole, key } = keySql(names, scope);
    return `count(*) FILTER (WHERE ${whole}) - count(DISTINCT CASE WHEN ${whole} THEN ${key} END) AS k${i}`;
  });
  return `SELECT ${counts.join(',\n  ')}\nFROM ${scope.from(relation)}`;
}

/**
 * How many rows have a key that is not greater than the one before, as `k0`, `k1`, ...: 1, the first row, proves that all
 * differ. Keys often grow, and to see that takes a tenth of what comparing all of them does.
 */
export function growingQuery(
  relation: string,
  columns: Columns,
  keys: readonly (readonly string[])[],
): string {
  const scope = openScope(columns);
  const pairs = keys.map((names, i) => `${keySql(names, scope).key} AS k${i}`);
  const before = keys.map((_, i) => `lag(k${i}) OVER () AS p${i}`);
  const counts = keys.map((_, i) => `count(*) FILTER (WHERE NOT coalesce(k${i} > p${i}, false)) AS k${i}`);
  return `SELECT ${counts.join(',\n  ')}\nFROM (SELECT *, ${before.join(', ')} FROM (SELECT ${pairs.join(', ')} FROM ${scope.from(relation)}))`;
}

/** The same count over several relations, each with the keys as `k0`, `k1`, ... and how often each stands there as `n`. */
export function repeatedQuery(relations: readonly string[], keys: number): string {
  const names = Array.from({ length: keys }, (_, i) => `k${i}`).join(', ');
  const all = relations.map(relation => `SELECT ${names}, n FROM ${relation}`).join('\n  UNION ALL ');
  return `SELECT coalesce(sum(times - 1), 0) AS n FROM (
  SELECT sum(n) AS times FROM (${all}) GROUP BY ${names} HAVING sum(n) > 1
)`;
}

/** The keys of one file for repeatedQuery. */
export function keysQuery(relation: string, columns: Columns, names: readonly string[]): string {
  const scope = openScope(columns);
  const keys = names.map(name => scope.name(scope.value(name).key));
  const whole = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  const list = keys.map((key, i) => `${key} AS k${i}`).join(', ');
  return `SELECT ${list}, count(*) AS n FROM ${scope.from(relation)} WHERE ${whole} GROUP BY ${keys.join(', ')}`;
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
  const rows = scope.from(numbered(relation), [ROW]);
  return `SELECT ${[`${ROW} AS row`, `${value} AS value`, ...keys].join(', ')} FROM ${rows}
WHERE ${broken} ORDER BY ${ROW} LIMIT ${limit}`;
}

/** The value that members lead to, as far as the type has them. */
function reachValue(value: ValueSql, [step, ...rest]: readonly Step[]): ValueSql {
  const within = step?.kind === 'member' ? value.within(step) : undefined;
  return within?.kind === 'one' ? reachValue(within.value, rest) : value;
}

/** The different texts of a column, or of a member of it, as `value`. */
export function distinctQuery(
  relation: string,
  columns: Columns,
  { column, steps = [], limit }: Pick<Sampling, 'column' | 'steps' | 'limit'>,
): string {
  const scope = openScope(columns);
  const value = reachValue(scope.value(column), steps);
  const [missing, text] = [scope.name(value.missing), scope.name(value.text)];
  return `SELECT DISTINCT ${text} AS value FROM ${scope.from(relation)} WHERE NOT ${missing} LIMIT ${limit}`;
}

/** The rows after the first of each key over one file, as samplesQuery gives them; the value is the key. */
export function duplicateSamplesQuery(
  relation: string,
  columns: Columns,
  { names, limit }: { readonly names: readonly string[]; readonly limit: number },
): string {
  const values = names.map(name => valueKey(name, columns));
  const inner = values.map((value, i) => `${value} AS k${i}`).join(', ');
  const keys = names.map((_, i) => `k${i}`);
  const present = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return `SELECT ${ROW} AS row, concat_ws(', ', ${keys.join(', ')}) AS value FROM (
  SELECT *, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY ${ROW}) AS time
  FROM (SELECT ${ROW}, ${inner} FROM ${numbered(relation)}) WHERE ${present}
) WHERE time > 1 ORDER BY ${ROW} LIMIT ${limit}`;
}

/** No column of a data file is called that. */
export const ROW = '"#row"';

/** A relation with the number of each row, from 0 in file order. */
export function numbered(relation: string): string {
  return `(SELECT row_number() OVER () - 1 AS ${ROW}, * FROM ${relation})`;
}

function valueKey(name: string, columns: Columns): string {
  return openScope(columns).value(name).key;
}
