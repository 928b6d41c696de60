// The answers to all questions about one table: for each file from what is remembered, else from its footer, else from one
// scan of its rows; then put together.
import type { Condition, MomentColumn } from '#lib/contracts/check.ts';
import type { DataPart } from '#lib/contracts/data/data.ts';
import { numberIn, type Row, textIn } from '#lib/contracts/run/ask.ts';
import {
  type Begun,
  begin,
  type CountContext,
  columnsOf,
  MOST_KEYS,
  partsOf,
} from '#lib/contracts/run/begin.ts';
import { countFromFooter, readFooter } from '#lib/contracts/run/footers.ts';
import { countAcross, type KeyRange } from '#lib/contracts/run/keys-across.ts';
import { conditionKey, conditionsToCount, putTogether } from '#lib/contracts/run/long-conditions.ts';
import { exactQuery, type Key, orderOf } from '#lib/contracts/sql/keys.ts';
import { countQuery, type Questions } from '#lib/contracts/sql/statements.ts';

/** So many expressions a statement takes without its planning costing more than another scan. */
const MOST_CONDITIONS = 1000;

/** What is asked of a table. */
export interface TableQuestions {
  readonly conditions: readonly Condition[];
  readonly keys: readonly Key[];
  /** Of keys that hold what nobody may see no value is remembered, not even the first and the last one. */
  readonly hiddenKeys?: ReadonlySet<Key>;
  readonly moments?: readonly MomentColumn[];
}

export interface Answers {
  readonly rows: number;
  /** Rows that meet each condition. */
  readonly conditions: readonly number[];
  /** Rows that repeat each key. */
  readonly keys: readonly number[];
  /** Of each file the extremes of each column of moments that was asked for. */
  readonly moments: readonly (readonly Extremes[])[];
}

/** Moments of one file, in milliseconds since 1970; the extremes say nothing where there are none. */
export interface Extremes {
  readonly n: number;
  readonly least: number;
  readonly greatest: number;
}

/** Counts over all files. @param onFile called for each file when it is done; `isKnown` where nothing was read of it */
export async function countAll(
  parts: readonly DataPart[],
  { conditions, keys, hiddenKeys, moments = [] }: TableQuestions,
  { onFile, ...context }: CountContext & { readonly onFile?: (isKnown: boolean) => void },
): Promise<Answers> {
  const count = async (part: DataPart): Promise<PartAnswers> => {
    const columns = columnsOf(part);
    const own = keys.filter(names => names.every(name => columns.has(name)));
    const ranges = own.filter(names => orderOf(names, columns) !== undefined && !hiddenKeys?.has(names));
    const asked = { conditions, keys: own, ranges: parts.length > 1 ? ranges : [], moments };
    const answers = await countPart(part, asked, context);
    onFile?.(answers.isKnown);
    return answers;
  };
  const each: PartAnswers[] = [];
  for (const some of togetherAtOnce(parts)) {
    const counted = await Promise.allSettled(some.map(count));
    for (const one of counted) {
      if (one.status === 'rejected') throw one.reason;
      each.push(one.value);
    }
  }
  const sum = (of: (answers: PartAnswers) => number) =>
    each.reduce((total, answers) => total + of(answers), 0);
  const counts: number[] = [];
  for (const names of keys) {
    const files = parts.flatMap((part, i) => {
      const repeated = each[i]?.repeated.get(names);
      if (repeated === undefined) return [];
      return [{ part, columns: columnsOf(part), repeated, range: each[i]?.ranges.get(names) }];
    });
    counts.push(await countAcross(names, files, context));
  }
  return {
    rows: sum(({ rows }) => rows),
    conditions: conditions.map((_, i) => sum(answers => answers.conditions[i] ?? 0)),
    keys: counts,
    moments: each.map(answers => answers.moments),
  };
}

/** The engine reads a small file with one thread: several of them are read at once. */
const SMALL_BYTES = 16 * 1024 * 1024;
const MOST_AT_ONCE = 4;

/** The files in their order, those together that are small and follow each other. */
function togetherAtOnce(parts: readonly DataPart[]): readonly (readonly DataPart[])[] {
  const groups: DataPart[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    const fits = last && last.length < MOST_AT_ONCE && [...last, part].every(isSmall);
    if (fits) last.push(part);
    else groups.push([part]);
  }
  return groups;
}

function isSmall({ bytes }: DataPart): boolean {
  return bytes <= SMALL_BYTES;
}

interface PartAnswers {
  readonly rows: number;
  readonly conditions: readonly number[];
  /** Rows that repeat a key of the file. */
  readonly repeated: ReadonlyMap<Key, number>;
  readonly ranges: ReadonlyMap<Key, KeyRange>;
  readonly moments: readonly Extremes[];
  /** True where nothing was read. */
  readonly isKnown: boolean;
}

async function countPart(part: DataPart, questions: Questions, context: CountContext): Promise<PartAnswers> {
  const begun = await begin(part, questions, context);
  try {
    return await countBegun(part, questions, { ...context, ...begun });
  } finally {
    // The engine may be closed after.
    await Promise.allSettled([begun.proving, begun.looking]);
  }
}

async function countBegun(
  part: DataPart,
  { conditions, keys, ranges = [], moments = [] }: Questions,
  { data, engine, looking, asking, proving, scanned, soonerFor }: Omit<CountContext, 'partials'> & Begun,
): Promise<PartAnswers> {
  const columns = columnsOf(part);
  const toCount = conditionsToCount(conditions);
  const known = await countWithoutRows(part, toCount, { data, engine });
  const open = toCount.filter((_, i) => known.counts[i] === undefined);
  const counts = new Map(
    toCount.flatMap((condition, i) => {
      const count = known.counts[i];
      return count === undefined ? [] : [[conditionKey(condition), count] as const];
    }),
  );
  const batches = batchesOf({ conditions: open, keys: scanned, ranges, moments }, known.rows === undefined);
  const repeating: Key[] = [];
  const lying = new Map<Key, KeyRange>();
  const extremes: Extremes[] = [];
  let { rows } = known;
  const scan = async (batch: Questions) => {
    const row = await asking.ask(relation => countQuery(relation, columns, batch), soonerFor(batch));
    rows = numberIn(row, 'n');
    for (const [i, condition] of batch.conditions.entries())
      counts.set(conditionKey(condition), numberIn(row, `c${i}`));
    for (const [i, names] of (batch.ranges ?? []).entries()) lying.set(names, rangeIn(row, i));
    extremes.push(...(batch.moments ?? []).map((_, i) => extremesIn(row, i)));
    repeating.push(...batch.keys.filter((_, i) => row[`k${i}`] !== 0));
  };
  for (const batch of batches) await scan(batch);
  for (const batch of batchesOf({ conditions: [], keys: await proving }, false)) await scan(batch);
  const repeated = new Map<Key, number>(keys.map(names => [names, 0]));
  for (const names of partsOf(repeating, MOST_KEYS)) {
    const row = await asking.ask(relation => exactQuery(relation, columns, names));
    for (const [i, key] of names.entries()) repeated.set(key, numberIn(row, `k${i}`));
  }
  const together: number[] = [];
  for (const condition of conditions) {
    const count = putTogether(condition, { rows: rows ?? Number.NaN, counts });
    const ask = async (rest: Condition) =>
      asking.ask(relation => countQuery(relation, columns, { conditions: [rest], keys: [] }));
    together.push(typeof count === 'number' ? count : numberIn(await ask(count), 'c0'));
  }
  const looked = await looking;
  part.refuseChanged();
  if (looked.rows !== undefined && looked.rows !== rows)
    throw new Error(`the engine read ${rows} rows where ${looked.rows} were counted`);
  return {
    ...{ rows: rows ?? Number.NaN, conditions: together, repeated, ranges: lying, moments: extremes },
    isKnown: !asking.isRead(),
  };
}

function rangeIn(row: Row, i: number): KeyRange {
  return { order: String(row['o']), least: textIn(row, `l${i}`), greatest: textIn(row, `g${i}`) };
}

function extremesIn(row: Row, i: number): Extremes {
  return { n: numberIn(row, `m${i}`), least: numberIn(row, `e${i}`), greatest: numberIn(row, `t${i}`) };
}

interface Known {
  readonly rows: number | undefined;
  readonly counts: readonly (number | undefined)[];
}

async function countWithoutRows(
  part: DataPart,
  conditions: readonly Condition[],
  { data, engine }: Pick<CountContext, 'data' | 'engine'>,
): Promise<Known> {
  if (data.format !== 'parquet') return { rows: undefined, counts: [] };
  const footer = await readFooter(part.file, engine);
  const counts = await countFromFooter(conditions, { columns: columnsOf(part), footer, engine });
  return { rows: footer.rows, counts };
}

/** Keys and moments go with the first scans; without anything else to ask, rows alone may still have to be counted. */
function batchesOf(
  { conditions, keys, ranges = [], moments = [] }: Questions,
  areRowsUnknown: boolean,
): readonly Questions[] {
  const some = partsOf(conditions, MOST_CONDITIONS);
  const others = [keys, ranges].map(all => partsOf(all, MOST_KEYS));
  const times = partsOf(moments, MOST_KEYS);
  const count = Math.max(...[some, ...others, times].map(({ length }) => length), areRowsUnknown ? 1 : 0);
  return Array.from({ length: count }, (_, i) => ({
    ...{ conditions: some[i] ?? [], keys: others[0]?.[i] ?? [], ranges: others[1]?.[i] ?? [] },
    moments: times[i] ?? [],
  }));
}
