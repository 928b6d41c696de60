// The answers to all questions about one table: for each file from what is remembered, else from its footer, else from one
// scan of its rows; then put together. Keys cannot be put together from counts, so of several files they are compared all.
import type { Condition } from '#lib/contracts/check.ts';
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { countFromFooter, readFooter } from '#lib/contracts/run/footers.ts';
import { conditionKey, conditionsToCount, putTogether } from '#lib/contracts/run/long-conditions.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { Columns } from '#lib/contracts/sql/conditions.ts';
import {
  countQuery,
  exactQuery,
  growingQuery,
  keysQuery,
  type Questions,
  repeatedQuery,
} from '#lib/contracts/sql/statements.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** So many expressions a statement takes without its planning costing more than another scan. */
const MOST_CONDITIONS = 1000;
/** So many keys are compared at once: each has a table of its own meanwhile, of megabytes. */
const MOST_KEYS = 100;

export interface Answers {
  readonly rows: number;
  /** Rows that meet each condition. */
  readonly conditions: readonly number[];
  /** Rows that repeat each key. */
  readonly keys: readonly number[];
}

export interface CountContext {
  readonly data: Data;
  readonly engine: SqlEngine;
  readonly partials: Partials;
}

/** Counts over all files. @param onFile called for each file when it is done; `isKnown` where nothing was read of it */
export async function countAll(
  parts: readonly DataPart[],
  questions: Questions,
  { data, engine, partials, onFile }: CountContext & { readonly onFile?: (isKnown: boolean) => void },
): Promise<Answers> {
  const [only] = parts;
  const isOne = parts.length === 1 && only !== undefined;
  const each: Answers[] = [];
  for (const part of parts) {
    const asked: Questions = isOne ? questions : { ...questions, keys: [] };
    const { answers, isKnown } = await countPart(part, asked, { data, engine, partials });
    onFile?.(isKnown);
    each.push(answers);
  }
  const sum = (of: (answers: Answers) => number) => each.reduce((total, answers) => total + of(answers), 0);
  return {
    rows: sum(({ rows }) => rows),
    conditions: questions.conditions.map((_, i) => sum(({ conditions }) => conditions[i] ?? 0)),
    keys: isOne ? (each[0]?.keys ?? []) : await countKeys(parts, questions.keys, engine),
  };
}

/** The columns of a file by name. */
export function columnsOf({ columns }: DataPart): Columns {
  return new Map(columns.map(column => [column.name, column]));
}

async function countPart(
  part: DataPart,
  { conditions, keys }: Questions,
  { data, engine, partials }: CountContext,
): Promise<{ readonly answers: Answers; readonly isKnown: boolean }> {
  const columns = columnsOf(part);
  // The file is read through beside the scan, unless what is remembered could spare the scan.
  const looking = part.look();
  looking.catch(() => undefined);
  const asking = openAsking(part, { engine, partials, looking });
  const toCount = conditionsToCount(conditions);
  const known = await countWithoutRows(part, toCount, { data, engine, partials });
  const open = toCount.filter((_, i) => known.counts[i] === undefined);
  const counts = new Map(
    toCount.flatMap((condition, i) => {
      const count = known.counts[i];
      return count === undefined ? [] : [[conditionKey(condition), count] as const];
    }),
  );
  // To see keys grow, a text file would have to be parsed once more. Of others one thread sees that, beside the scan.
  const isText = data.format === 'csv';
  const proving = findUnproven(isText ? [] : keys, { columns, ask: asking.ask });
  proving.catch(() => undefined);
  const batches = batchesOf({ conditions: open, keys: isText ? keys : [] }, known.rows === undefined);
  const repeating: Questions['keys'][number][] = [];
  let { rows } = known;
  const scan = async (batch: Questions) => {
    const row = await asking.ask(relation => countQuery(relation, columns, batch));
    rows = row['n'];
    for (const [i, condition] of batch.conditions.entries())
      counts.set(conditionKey(condition), row[`c${i}`] ?? Number.NaN);
    repeating.push(...batch.keys.filter((_, i) => row[`k${i}`] !== 0));
  };
  for (const batch of batches) await scan(batch);
  for (const batch of batchesOf({ conditions: [], keys: await proving }, false)) await scan(batch);
  const repeated = new Map<Questions['keys'][number], number>();
  for (const names of partsOf(repeating, MOST_KEYS)) {
    const row = await asking.ask(relation => exactQuery(relation, columns, names));
    for (const [i, key] of names.entries()) repeated.set(key, row[`k${i}`] ?? Number.NaN);
  }
  const together: number[] = [];
  for (const condition of conditions) {
    const count = putTogether(condition, { rows: rows ?? Number.NaN, counts });
    const ask = async (rest: Condition) =>
      (await asking.ask(relation => countQuery(relation, columns, { conditions: [rest], keys: [] })))['c0'];
    together.push(typeof count === 'number' ? count : ((await ask(count)) ?? Number.NaN));
  }
  const looked = await looking;
  part.refuseChanged();
  if (looked.rows !== undefined && looked.rows !== rows)
    throw new Error(`the engine read ${rows} rows where ${looked.rows} were counted`);
  const answers: Answers = {
    rows: rows ?? Number.NaN,
    conditions: together,
    keys: keys.map(names => repeated.get(names) ?? 0),
  };
  return { answers, isKnown: !asking.isRead() };
}

type Row = Readonly<Record<string, number>>;
/** @param make the statement, for the relation that it is to read */
type Ask = (make: (relation: string) => string) => Promise<Row>;

interface AskContext extends Pick<CountContext, 'engine' | 'partials'> {
  readonly looking: ReturnType<DataPart['look']>;
}

/** Statements over one file, each answered from what is remembered where that is possible. */
function openAsking(part: DataPart, { engine, partials, looking }: AskContext) {
  let isRead = false;
  const ask: Ask = async make => {
    const question = make('data');
    const known = partials.isEmpty ? undefined : readNumbers(partials.get((await looking).digest, question));
    if (known !== undefined) return known;
    isRead = true;
    const [counted = {}] = await firstOf(looking, signal => engine.query(make(part.relation), [], signal));
    part.refuseChanged();
    const row = Object.fromEntries(Object.entries(counted).map(([name, value]) => [name, Number(value)]));
    partials.put((await looking).digest, question, row);
    return row;
  };
  return { ask, isRead: () => isRead };
}

async function findUnproven(
  keys: Questions['keys'],
  { columns, ask }: { readonly columns: Columns; readonly ask: Ask },
): Promise<Questions['keys']> {
  const unproven: Questions['keys'][number][] = [];
  for (const some of partsOf(keys, MOST_KEYS)) {
    const row = await ask(relation => growingQuery(relation, columns, some));
    unproven.push(...some.filter((_, i) => (row[`k${i}`] ?? 2) > 1));
  }
  return unproven;
}

/** What is wrong with the file says more than what an engine makes of it, and spares it the rest. */
async function firstOf<Result>(
  looking: ReturnType<DataPart['look']>,
  count: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  looking.catch(() => stop.abort());
  try {
    return await count(stop.signal);
  } catch (error) {
    await (await looking).explain?.();
    throw error;
  }
}

interface Known {
  readonly rows: number | undefined;
  readonly counts: readonly (number | undefined)[];
}

async function countWithoutRows(
  part: DataPart,
  conditions: readonly Condition[],
  { data, engine }: CountContext,
): Promise<Known> {
  if (data.format !== 'parquet') return { rows: undefined, counts: [] };
  const footer = await readFooter(part.file, engine);
  const counts = await countFromFooter(conditions, { columns: columnsOf(part), footer, engine });
  return { rows: footer.rows, counts };
}

/** Keys go with the first scans; without anything else to ask, rows alone may still have to be counted. */
function batchesOf({ conditions, keys }: Questions, areRowsUnknown: boolean): readonly Questions[] {
  const some = partsOf(conditions, MOST_CONDITIONS);
  const others = partsOf(keys, MOST_KEYS);
  const count = Math.max(some.length, others.length, areRowsUnknown ? 1 : 0);
  return Array.from({ length: count }, (_, i) => ({ conditions: some[i] ?? [], keys: others[i] ?? [] }));
}

function partsOf<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) =>
    items.slice(i * most, (i + 1) * most),
  );
}

function readNumbers(value: unknown): Row | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).every(one => typeof one === 'number')
    ? (value as Record<string, number>)
    : undefined;
}

/** Over several files; a file without one of the columns has no whole key. */
async function countKeys(
  parts: readonly DataPart[],
  keys: Questions['keys'],
  engine: SqlEngine,
): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const names of keys) {
    const relations = parts
      .filter(part => names.every(name => columnsOf(part).has(name)))
      .map(part => `(${keysQuery(part.relation, columnsOf(part), names)})`);
    const [row] = relations.length > 0 ? await engine.query(repeatedQuery(relations, names.length)) : [];
    counts.push(Number(row?.['n'] ?? 0));
  }
  return counts;
}
