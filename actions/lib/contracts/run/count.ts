// The answers to all questions about one table: for each file from what is remembered, else from its footer, else from one
// scan of its rows; then put together. Keys cannot be put together from counts, so of several files they are compared all.
import type { Condition } from '#lib/contracts/check.ts';
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { countFromFooter, readFooter } from '#lib/contracts/run/footers.ts';
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
const MOST_CONDITIONS = 2000;

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
  const known = await countWithoutRows(part, conditions, { data, engine, partials });
  const open = conditions.filter((_, i) => known.counts[i] === undefined);
  // To see keys grow, a text file would have to be parsed once more.
  const unproven = data.format === 'csv' ? keys : await findUnproven(keys, { columns, ask: asking.ask });
  const batches = batchesOf({ conditions: open, keys: unproven }, known.rows === undefined);
  const found = new Map<Condition, number>();
  const repeating: Questions['keys'][number][] = [];
  let { rows } = known;
  for (const batch of batches) {
    const row = await asking.ask(relation => countQuery(relation, columns, batch));
    rows = row['n'];
    for (const [i, condition] of batch.conditions.entries()) found.set(condition, row[`c${i}`] ?? Number.NaN);
    repeating.push(...batch.keys.filter((_, i) => row[`k${i}`] !== 0));
  }
  const exact =
    repeating.length > 0 ? await asking.ask(relation => exactQuery(relation, columns, repeating)) : {};
  const looked = await looking;
  if (looked.rows !== undefined && looked.rows !== rows)
    throw new Error(`the engine read ${rows} rows where ${looked.rows} were counted`);
  const answers: Answers = {
    rows: rows ?? Number.NaN,
    conditions: conditions.map((condition, i) => known.counts[i] ?? found.get(condition) ?? Number.NaN),
    keys: keys.map(names => exact[`k${repeating.indexOf(names)}`] ?? 0),
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
    const [counted = {}] = await firstOf(looking, engine.query(make(part.relation)));
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
  if (keys.length === 0) return [];
  const row = await ask(relation => growingQuery(relation, columns, keys));
  return keys.filter((_, i) => (row[`k${i}`] ?? 2) > 1);
}

/** What is wrong with the file says more than what an engine makes of it. */
async function firstOf<Result>(
  looking: ReturnType<DataPart['look']>,
  counting: Promise<Result>,
): Promise<Result> {
  try {
    return await counting;
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

/** Keys go with the first scan; without anything else to ask, rows alone may still have to be counted. */
function batchesOf({ conditions, keys }: Questions, areRowsUnknown: boolean): readonly Questions[] {
  if (conditions.length === 0) return keys.length > 0 || areRowsUnknown ? [{ conditions, keys }] : [];
  return Array.from({ length: Math.ceil(conditions.length / MOST_CONDITIONS) }, (_, i) => ({
    conditions: conditions.slice(i * MOST_CONDITIONS, (i + 1) * MOST_CONDITIONS),
    keys: i === 0 ? keys : [],
  }));
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
