// What each kind of test changes: the variants of the rows it is about. A row that a change leaves as it is tells
// nothing and gets no variant.
import type { Cases, Direction, Invariance, Value } from '#lib/behaviour/declared.ts';
import { jittered, type Range, stepOf } from '#lib/behaviour/jitter.ts';
import { type Change, isSameValue, type Variant, valueAt } from '#lib/behaviour/variants.ts';
import { createRandom } from '#lib/stats/random.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';

export interface VaryInput {
  readonly table: Table;
  /** The rows that the test is about. */
  readonly rows: readonly number[];
  readonly ranges: ReadonlyMap<string, Range>;
  readonly seed: number;
}

/** Every row with every changed value. */
export function varyForInvariance({ change }: Invariance, input: VaryInput): readonly Variant[] {
  const random = createRandom(input.seed);
  const range = input.ranges.get(change.column);
  const step = range && change.jitter !== undefined ? stepOf(range, change.jitter) : 0;
  return changed(change.column, input, value => {
    if (change.to) return change.to.map(to => declaredValue(input.table, change.column, to));
    if (change.swap) {
      const pair = change.swap.map(one => declaredValue(input.table, change.column, one));
      const own = pair.findIndex(one => isSameValue(one, value));
      return own < 0 ? [] : pair.filter((_, index) => index !== own);
    }
    if (typeof value === 'string') return change.case ? [inCase(value, change.case)] : [];
    return range ? [jittered(value, range, { step, random })] : [];
  });
}

/** Every row one step on. */
export function varyForDirection({ raise, lower, move }: Direction, input: VaryInput): readonly Variant[] {
  const step = raise ?? lower;
  if (step) {
    const by = raise ? step.by : -step.by;
    return changed(step.column, input, value => (typeof value === 'number' ? [value + by] : []));
  }
  if (!move) return [];
  return changed(move.column, input, value => {
    const at = move.along.indexOf(String(value));
    return at < 0 ? [] : move.along.slice(at + 1, at + 2);
  });
}

function changed(
  column: string,
  { table, rows }: VaryInput,
  valuesFor: (value: string | number) => readonly (string | number)[],
): readonly Variant[] {
  return rows.flatMap(row => {
    const value = valueAt(table, column, row);
    return valuesFor(value)
      .filter(other => !isSameValue(value, other))
      .map(other => ({ row, changes: [{ column, value: other }] }));
  });
}

/** @param rowOf the row of the table that a base names */
export function varyForCases(
  test: Cases,
  {
    table,
    ranges,
    rowOf,
  }: Pick<VaryInput, 'table' | 'ranges'> & { readonly rowOf: (base: string) => number },
): readonly Variant[] {
  const declared = test.rows.map(({ base, with: values }) => ({
    row: rowOf(base ?? test.base),
    changes: Object.entries(values).map(([column, value]) => ({
      column,
      value: declaredValue(table, column, value),
    })),
  }));
  const tried = test.kind === 'edge' ? test.try : [];
  return [
    ...declared,
    ...tried.flatMap(what =>
      strangeValues(table, ranges, what).map(change => ({ row: rowOf(test.base), changes: [change] })),
    ),
  ];
}

/** How far an extreme lies outside, in ranges of the training rows. */
const FAR = 1000;
const UNSEEN = 'a text never seen before';

function strangeValues(
  { columns }: Table,
  ranges: ReadonlyMap<string, Range>,
  what: 'missing' | 'extreme' | 'unseen',
): readonly Change[] {
  return columns.flatMap(({ name, kind }): readonly Change[] => {
    if (what === 'missing') return [{ column: name, value: kind === 'number' ? Number.NaN : '' }];
    if (what === 'unseen') return kind === 'string' ? [{ column: name, value: UNSEEN }] : [];
    const range = ranges.get(name);
    if (!range) return [];
    const far = FAR * Math.max(range.high - range.low, 1);
    return [range.low - far, range.high + far].map(value => ({ column: name, value }));
  });
}

/** A declared value as the column holds it. */
function declaredValue(table: Table, column: string, value: Value): string | number {
  return value ?? (findColumn(table, column)?.kind === 'number' ? Number.NaN : '');
}

/** Without the rules of a language: those would differ between machines. */
function inCase(text: string, how: 'upper' | 'lower' | 'capital'): string {
  if (how === 'upper') return text.toUpperCase();
  const small = text.toLowerCase();
  if (how === 'lower') return small;
  const [first = '', ...rest] = Array.from(small);
  return first.toUpperCase() + rest.join('');
}
