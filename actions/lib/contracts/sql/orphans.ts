// Foreign keys in SQL: rows whose key is not among the keys of another table. Files of both sides may write a key in
// different forms (text in CSV, typed in Parquet), so what is compared depends on all of them.
import type { DataColumn } from '#lib/contracts/data/data.ts';
import { type Columns, openScope, type Scope } from '#lib/contracts/sql/conditions.ts';
import { numbered, rowName } from '#lib/contracts/sql/statements.ts';
import { type ValueSql, valueSql } from '#lib/contracts/sql/values.ts';

/** The key of one file. */
export interface KeySide {
  readonly relation: string;
  readonly columns: Columns;
  /** Columns of the key, all in the file, in the order of the other side. */
  readonly names: readonly string[];
}

/** Both sides of a foreign key: files that refer, all with the same forms (see formsOf), and those that are referred to. */
export interface ForeignKey {
  readonly from: readonly KeySide[];
  readonly to: readonly KeySide[];
}

/** One row: the orphans of each file that refers as `n0`, `n1`, ... The other table is read once for all. */
export function orphansQuery({ from, to }: ForeignKey): string {
  const [first] = from;
  const forms = first ? formsOf(first, to) : [];
  const counts = from.map(({ relation, ...side }, i) => {
    const { orphan, scope } = keyOf(side, forms);
    return `(SELECT count(*) FROM ${scope.from(relation)} WHERE ${orphan}) AS n${i}`;
  });
  return `WITH known AS (${knownSql(to, forms)})
SELECT ${counts.join(',\n  ')}`;
}

/** The first orphans of one file, as samplesQuery gives rows; the value is the key that is found nowhere. */
export function orphanSamplesQuery(
  side: KeySide,
  to: readonly KeySide[],
  { key: shown, limit }: { readonly key: readonly string[]; readonly limit: number },
): string {
  const forms = formsOf(side, to);
  const { orphan, scope } = keyOf(side, forms);
  const texts = side.names.map(name => scope.name(scope.value(name).text));
  const shownKeys = shown.map((name, i) => `${scope.name(scope.value(name).text)} AS k${i}`);
  const value = texts.length === 1 ? texts[0] : `concat_ws(', ', ${texts.join(', ')})`;
  const row = rowName(side.columns);
  const list = [`${row} AS row`, `${value} AS value`, ...shownKeys].join(', ');
  return `WITH known AS (${knownSql(to, forms)})
SELECT ${list} FROM ${scope.from(numbered(side.relation, row), [row])}
WHERE ${orphan} ORDER BY ${row} LIMIT ${limit}`;
}

function knownSql(sides: readonly KeySide[], forms: readonly Form[]): string {
  const all = sides.map(({ relation, ...side }) => {
    const { keys, scope } = keyOf(side, forms);
    const list = keys.map((key, i) => `${key} AS j${i}`).join(', ');
    const there = keys.map(key => `${key} IS NOT NULL`).join(' AND ');
    return `SELECT DISTINCT ${list} FROM ${scope.from(relation)} WHERE ${there}`;
  });
  return all.join('\n  UNION ALL ');
}

interface Key {
  readonly keys: readonly string[];
  /** True for a row that has a value in every column, and whose key is not known. */
  readonly orphan: string;
  readonly scope: Scope;
}

function keyOf({ columns, names }: Omit<KeySide, 'relation'>, forms: readonly Form[]): Key {
  const scope = openScope(columns);
  const keys = names.map((name, i) => scope.name(formSql(columns.get(name), forms[i] ?? 'text')));
  const whole = names.map(name => `NOT ${scope.name(scope.value(name).missing)}`);
  const known = keys.map((_, i) => `j${i}`).join(', ');
  // NOT IN keeps the known keys in memory, however many rows refer; a join may choose to keep those. A value that is not
  // of the type has NULL for a key, and is none of them.
  const isUnknown = `coalesce(${tuple(keys.join(', '), keys)} NOT IN (SELECT ${tuple(known, keys)} FROM known), true)`;
  return { keys, orphan: [...whole, isUnknown].join(' AND '), scope };
}

function tuple(list: string, keys: readonly string[]): string {
  return keys.length === 1 ? list : `(${list})`;
}

/** What values are compared as: `key` where all files write them alike. */
export type Form = 'key' | 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp' | 'time';

const NUMBERS = ['integer', 'decimal', 'float'];
const MOMENTS = ['date', 'timestamp'];
const TYPED: readonly Form[] = ['integer', 'boolean', 'date', 'timestamp', 'time'];

/** What each column of the key is compared as, for one file that refers. */
export function formsOf(from: KeySide, to: readonly KeySide[]): readonly Form[] {
  const sides = [from, ...to];
  return from.names.map((_, i) =>
    formOf(sides.flatMap(({ columns, names }) => columns.get(names[i] ?? '') ?? [])),
  );
}

function formOf(columns: readonly DataColumn[]): Form {
  const written = new Set(columns.map(({ form }) => form));
  const kinds = [...new Set(columns.filter(({ form }) => form === 'native').map(({ kind }) => kind))];
  const areAll = (among: readonly string[]) => kinds.length > 0 && kinds.every(kind => among.includes(kind));
  if (written.size === 1) return kinds.length < 2 || areAll(NUMBERS) || areAll(MOMENTS) ? 'key' : 'text';
  const typed = TYPED.find(form => areAll([form]));
  return typed ?? (areAll(NUMBERS) ? 'number' : 'text');
}

function formSql(column: DataColumn | undefined, form: Form): string {
  if (!column) throw new Error('a key names a column that its file lacks');
  const value: ValueSql = valueSql(column);
  switch (form) {
    case 'key':
    case 'text':
    case 'number':
      return value[form];
    case 'integer':
      return wholeNumber(value.text);
    case 'boolean':
      return `(${value.typed(form)})::VARCHAR`;
    default:
      return value.typed(form);
  }
}

/** Exact, which a DOUBLE is not beyond 2^53: two keys would become one. */
function wholeNumber(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '[+-]?\\d+') THEN TRY_CAST(${text} AS HUGEINT) END`;
}
