// The answers to all questions about one table: for each file from what is remembered, else from its footer, else from one
// scan of its rows; then put together. Keys cannot be put together from counts, so of several files they are compared all.
import type { Condition } from '#lib/contracts/check.ts';
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { countFromFooter, readFooter } from '#lib/contracts/run/footers.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { Columns } from '#lib/contracts/sql/conditions.ts';
import { countQuery, keysQuery, type Questions, repeatedQuery } from '#lib/contracts/sql/statements.ts';
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
  const digest = partials.isEmpty ? undefined : (await looking).digest;
  const known = await countWithoutRows(part, conditions, { data, engine, partials });
  const open = conditions.filter((_, i) => known.counts[i] === undefined);
  const batches = batchesOf({ conditions: open, keys }, known.rows === undefined);
  const found = new Map<Condition, number>();
  const repeated: number[] = [];
  let { rows } = known;
  let isRead = false;
  for (const batch of batches) {
    const sql = countQuery('data', columns, batch);
    let row = digest === undefined ? undefined : readNumbers(partials.get(digest, sql));
    if (row === undefined) {
      isRead = true;
      const [counted = {}] = await firstOf(looking, engine.query(countQuery(part.relation, columns, batch)));
      row = Object.fromEntries(Object.entries(counted).map(([name, value]) => [name, Number(value)]));
      partials.put((await looking).digest, sql, row);
    }
    rows = row['n'];
    for (const [i, condition] of batch.conditions.entries()) found.set(condition, row[`c${i}`] ?? Number.NaN);
    repeated.push(...batch.keys.map((_, i) => row[`k${i}`] ?? Number.NaN));
  }
  const looked = await looking;
  if (looked.rows !== undefined && looked.rows !== rows)
    throw new Error(`the engine read ${rows} rows where ${looked.rows} were counted`);
  const answers: Answers = {
    rows: rows ?? Number.NaN,
    conditions: conditions.map((condition, i) => known.counts[i] ?? found.get(condition) ?? Number.NaN),
    keys: repeated,
  };
  return { answers, isKnown: !isRead };
}

/** What is wrong with the file says more than what an engine makes of it. */
async function firstOf<Result>(looking: Promise<unknown>, counting: Promise<Result>): Promise<Result> {
  try {
    return await counting;
  } catch (error) {
    await looking;
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

function readNumbers(value: unknown): Readonly<Record<string, number>> | undefined {
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
