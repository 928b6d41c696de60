// What goes on beside the scan of a file, and before it: reading it through, and trying what makes the scan shorter.
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { type Ask, numberIn, openAsking, type Sooner } from '#lib/contracts/run/ask.ts';
import { readAsNumbers } from '#lib/contracts/run/numbers.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { Columns } from '#lib/contracts/sql/conditions.ts';
import { growingQuery, type Key } from '#lib/contracts/sql/keys.ts';
import { countQuery, type Questions } from '#lib/contracts/sql/statements.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** So many keys are compared at once: each has a table of its own meanwhile, of megabytes. */
export const MOST_KEYS = 100;

export interface CountContext {
  readonly data: Data;
  readonly engine: SqlEngine;
  readonly partials: Partials;
}

/** The columns of a file by name. */
export function columnsOf({ columns }: Pick<DataPart, 'columns'>): Columns {
  return new Map(columns.map(column => [column.name, column]));
}

export interface Begun {
  readonly looking: ReturnType<DataPart['look']>;
  readonly asking: ReturnType<typeof openAsking>;
  /** Keys that have to go with the scan. */
  readonly scanned: readonly Key[];
  /** The others, as far as they turn out not to grow. */
  readonly proving: Promise<readonly Key[]>;
  /** A shorter way to count, where the first rows promise that there is one. */
  readonly soonerFor: (batch: Questions) => Sooner | undefined;
}

/** The file is read through; and keys that grow need not be compared: of a text file that is seen then, of others by one thread. */
export async function begin(
  part: DataPart,
  questions: Questions,
  { data, engine, partials }: CountContext,
): Promise<Begun> {
  const isText = data.format === 'csv';
  const { keys } = questions;
  const columns = columnsOf(part);
  const tasted = await part.taste({
    growing: keys.flatMap(names => (names.length === 1 ? names : [])),
    numbers: readAsNumbers({ ...questions, keys: [] }, columns),
  });
  const isWatched = (names: Key) => names.length === 1 && tasted.growing.includes(names[0] ?? '');
  const looking = part.look(tasted);
  const asking = openAsking(part, { engine, partials, looking });
  const proving = isText
    ? looking.then(({ traits }) =>
        keys.filter(names => isWatched(names) && !traits?.growing.includes(names[0] ?? '')),
      )
    : findUnproven(keys, { columns, ask: asking.ask });
  for (const one of [looking, proving]) one.catch(() => undefined);
  const soonerFor = (batch: Questions) => {
    const numbers = readAsNumbers(batch, columns).filter(name => tasted.numbers.includes(name));
    if (numbers.length === 0) return undefined;
    const relation = part.withNumbers(numbers);
    return { sql: countQuery(relation.sql, columnsOf(relation), batch), numbers };
  };
  const scanned = isText ? keys.filter(names => !isWatched(names)) : [];
  return { looking, asking, proving, scanned, soonerFor };
}

async function findUnproven(
  keys: readonly Key[],
  { columns, ask }: { readonly columns: Columns; readonly ask: Ask },
): Promise<readonly Key[]> {
  const unproven: Key[] = [];
  for (const some of partsOf(keys, MOST_KEYS)) {
    const row = await ask(relation => growingQuery(relation, columns, some));
    unproven.push(...some.filter((_, i) => !(numberIn(row, `k${i}`) <= 1)));
  }
  return unproven;
}

export function partsOf<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) =>
    items.slice(i * most, (i + 1) * most),
  );
}
