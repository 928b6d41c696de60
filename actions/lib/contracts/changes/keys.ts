// What identifies a row, and which values are never missing or never twice. A primary key says both of its columns, so each
// is compared as it holds in effect: dropping `required` beside a primary key changes nothing.
import { below, type Effect, type Finding, finding, type Place } from '#lib/contracts/changes/change.ts';
import { effectOf } from '#lib/contracts/changes/limit-sets.ts';
import { isRequired, nameOf } from '#lib/contracts/column.ts';
import type { Column, Item } from '#lib/contracts/odcs-schema.ts';

/** Names that both contracts understand: of a renamed column the new one. */
export interface KeyColumn {
  readonly column: Column;
  readonly name: string;
}

/** The columns of the primary key, in their order. */
export function primaryKeyOf(columns: readonly KeyColumn[]): readonly KeyColumn[] {
  const place = ({ column: { primaryKeyPosition: at = -1 } }: KeyColumn) =>
    at < 0 ? Number.MAX_SAFE_INTEGER : at;
  return columns.filter(({ column }) => column.primaryKey === true).toSorted((a, b) => place(a) - place(b));
}

/** The primary keys of one table; the order of their columns is told at each. Fewer columns that identify a row are the stronger promise. */
export function comparePrimaryKeys(
  base: readonly KeyColumn[],
  head: readonly KeyColumn[],
  { place, of }: { readonly place: Place; readonly of: string },
): readonly Finding[] {
  const [from, to] = [base, head].map(key => key.map(({ name }) => name)) as [string[], string[]];
  const effect = compareKeys(from, to);
  if (effect === undefined) return [];
  const changed = [...base, ...head].filter(({ name }) => from.includes(name) !== to.includes(name));
  const columns = [...new Set(changed.map(({ column }) => nameOf(column)))];
  const [at] = head.length > 0 ? head : base;
  const difference = { as: 'the primary key', from: orNothing(from), to: orNothing(to), effect };
  if (!at) return [];
  return [{ ...finding(below(place, 'primaryKey'), of, difference), columns }];
}

function compareKeys(from: readonly string[], to: readonly string[]): Effect | undefined {
  if (from.length + to.length === 0) return undefined;
  if (from.length === 0) return 'tightened';
  if (to.length === 0) return 'loosened';
  return effectOf(
    from.every(name => to.includes(name)),
    to.every(name => from.includes(name)),
  );
}

function orNothing(names: readonly string[]): readonly string[] | undefined {
  return names.length > 0 ? names : undefined;
}

const SAYS = {
  required: { now: 'is never missing any more', before: 'may be missing now' },
  unique: { now: 'never stands twice any more', before: 'may stand twice now' },
} as const;

/** `required` and `unique` of one column; `isKey` says whether the column alone is its table's primary key. */
export function comparePresence(
  base: Item,
  head: Item,
  {
    place,
    of,
    isKey,
  }: {
    readonly place: Place;
    readonly of: string;
    readonly isKey: { readonly base: boolean; readonly head: boolean };
  },
): readonly Finding[] {
  const flag = (key: 'required' | 'unique', was: boolean, is: boolean): readonly Finding[] => {
    const [from, to] = [base[key], head[key]];
    if (from === to && was === is) return [];
    if (was === is) return [finding(below(place, key), of, { as: key, from, to, effect: 'reworded' })];
    const what = `${of} ${SAYS[key][is ? 'now' : 'before']}`;
    return [{ ...below(place, key), what, from: was, to: is, effect: is ? 'tightened' : 'loosened' }];
  };
  return [
    ...flag('required', isRequired(base), isRequired(head)),
    ...flag('unique', base.unique === true || isKey.base, head.unique === true || isKey.head),
  ];
}
