// Keys over several files. Of each file it is known how many of its rows repeat a key, and between what its keys lie: files
// whose ranges do not meet share none, so that a file more is read alone. Only files that could share keys are compared,
// and what was found is remembered for as long as they are the same.
import type { DataPart } from '#lib/contracts/data/data.ts';
import { contentOf } from '#lib/contracts/run/ask.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { Columns } from '#lib/contracts/sql/conditions.ts';
import { type Key, keysQuery, orderOf, repeatedQuery } from '#lib/contracts/sql/keys.ts';
import { compareText } from '#lib/documents/canonical.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** Between what the keys of a file lie, in what order; without ends where no row has a whole key. */
export interface KeyRange {
  readonly order: string;
  readonly least?: string | undefined;
  readonly greatest?: string | undefined;
}

/** One file that has the columns of a key. */
export interface KeyedFile {
  readonly part: DataPart;
  readonly columns: Columns;
  /** Rows that repeat a key of the same file. */
  readonly repeated: number;
  /** Undefined where it was not asked for. */
  readonly range: KeyRange | undefined;
}

interface Context {
  readonly engine: SqlEngine;
  readonly partials: Partials;
}

/** Rows over all files that repeat the key of another one. */
export async function countAcross(
  names: Key,
  files: readonly KeyedFile[],
  context: Context,
): Promise<number> {
  let total = 0;
  for (const group of groupByRange(names, files)) {
    const [only] = group;
    total += group.length === 1 && only ? only.repeated : await countTogether(names, group, context);
  }
  return total;
}

/** Files that may share keys are in one group. */
function groupByRange(names: Key, files: readonly KeyedFile[]): readonly (readonly KeyedFile[])[] {
  const orders = new Set(
    files.map(({ columns, range }) => range && `${orderOf(names, columns)} ${range.order}`),
  );
  if (orders.size > 1 || orders.has(undefined)) return [files];
  const ranged = files.flatMap(file => {
    const { least, greatest } = file.range ?? {};
    return least === undefined || greatest === undefined ? [] : [{ file, least, greatest }];
  });
  const groups: KeyedFile[][] = [];
  let end = '';
  for (const { file, least, greatest } of ranged.toSorted((a, b) => compareText(a.least, b.least))) {
    const last = groups.at(-1);
    // An end may be cut off, so that what is the same may be more.
    if (last && least <= end) last.push(file);
    else groups.push([file]);
    if (greatest > end) end = greatest;
  }
  return groups;
}

async function countTogether(
  names: Key,
  group: readonly KeyedFile[],
  { engine, partials }: Context,
): Promise<number> {
  if (group.length === 0) return 0;
  const contents: string[] = [];
  for (const { part } of group) contents.push(await contentOf(part));
  const queryOf = (relationOf: (part: DataPart) => string) => {
    const relations = group.map(({ part, columns }) => `(${keysQuery(relationOf(part), columns, names)})`);
    return repeatedQuery(relations, names.length);
  };
  const question = queryOf(() => 'data');
  const known = partials.get(contents.join(), question);
  if (typeof known === 'number') return known;
  const [row] = await engine.query(queryOf(({ relation }) => relation));
  const found = Number(row?.['n'] ?? 0);
  for (const { part } of group) part.refuseChanged();
  partials.put(contents.join(), question, found);
  return found;
}
