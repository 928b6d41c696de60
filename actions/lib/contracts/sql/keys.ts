// Statements about keys: whether rows repeat one, in a file or over several, and between what the keys of a file lie.
import type { NativeKind } from '#lib/contracts/data/data.ts';
import { type Columns, openScope, type Scope } from '#lib/contracts/sql/conditions.ts';

/** The columns that together name a row. */
export type Key = readonly string[];

/**
 * Whether rows repeat the key of another one: 0 where none does, else some number. Hashes take less memory than keys, and
 * as many hashes as keys prove that all differ.
 */
export function duplicatesSql(names: Key, scope: Scope): string {
  const { whole, key } = keySql(names, scope);
  return `count(*) FILTER (WHERE ${whole}) - count(DISTINCT CASE WHEN ${whole} THEN hash(${key}) END)`;
}

function keySql(names: Key, scope: Scope): { readonly whole: string; readonly key: string } {
  const keys = names.map(name => scope.name(scope.value(name).key));
  const whole = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  return { whole, key: keys.length === 1 ? (keys[0] ?? '') : `row(${keys.join(', ')})` };
}

/**
 * Rows that repeat the key of another one, exactly, as `k0`, `k1`, ...; rows without a whole key do not count. Texts are
 * compared, so 1 and 1.0 differ.
 */
export function exactQuery(relation: string, columns: Columns, keys: readonly Key[]): string {
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
export function growingQuery(relation: string, columns: Columns, keys: readonly Key[]): string {
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
export function keysQuery(relation: string, columns: Columns, names: Key): string {
  const scope = openScope(columns);
  const keys = names.map(name => scope.name(scope.value(name).key));
  const whole = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
  const list = keys.map((key, i) => `${key} AS k${i}`).join(', ');
  return `SELECT ${list}, count(*) AS n FROM ${scope.from(relation)} WHERE ${whole} GROUP BY ${keys.join(', ')}`;
}

/** So many characters of the ends of a range are kept: a key may be a text of any length. */
const LONGEST_END = 512;

/**
 * The least and the greatest key in an order in which every value has its place: keys that are the same are in the same
 * place, and so files whose ranges do not meet share none. Of texts the shorter come first, for that is how counted names
 * grow: 9 before 10. Written as hexadecimal digits, whose order is that of the keys; NULL where no row has a whole key.
 */
export function rangeSql(
  names: Key,
  columns: Columns,
  scope: Scope,
): { readonly least: string; readonly greatest: string } {
  const { whole } = keySql(names, scope);
  const parts = names.flatMap(name => {
    const key = scope.name(scope.value(name).key);
    const isText = ['VARCHAR', 'JSON'].includes(columns.get(name)?.type ?? '');
    return [...(isText ? [`strlen(${key})`] : []), key].map(part => `${part}, 'ASC NULLS LAST'`);
  });
  const end = (side: 'min' | 'max') =>
    `left(hex(${side}(create_sort_key(${parts.join(', ')})) FILTER (WHERE ${whole})), ${LONGEST_END})`;
  return { least: end('min'), greatest: end('max') };
}

/** What made the order: another version of the engine may have another one. */
export const ORDER = 'version()';

/** Whether the keys of two files can be compared by their ranges: the same types, which have an order. */
export function orderOf(names: Key, columns: Columns): string | undefined {
  const types = names.map(name => {
    const { form, kind, type } = columns.get(name) ?? {};
    return kind === undefined || UNORDERED.includes(kind) ? undefined : `${form} ${type}`;
  });
  return types.includes(undefined) ? undefined : types.join();
}

const UNORDERED: readonly NativeKind[] = ['list', 'struct', 'map', 'other'];
