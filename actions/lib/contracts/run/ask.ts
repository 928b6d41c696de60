// Statements over one file, each answered from what is remembered where that is possible. What is remembered holds for the
// bytes of the file and for what the folders above it say.
import type { DataPart } from '#lib/contracts/data/data.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

/** One row of numbers, and of texts that are ends of ranges. */
export type Row = Readonly<Record<string, number | string | null>>;
/**
 * @param make the statement, for the relation that it is to read
 * @param sooner one that gives the same row in less time, or fails
 */
export type Ask = (make: (relation: string) => string, sooner?: Sooner) => Promise<Row>;

export interface Sooner {
  readonly sql: string;
  /** Columns of texts that it takes for numbers. */
  readonly numbers: readonly string[];
}

interface AskContext {
  readonly engine: SqlEngine;
  readonly partials: Partials;
  readonly looking: ReturnType<DataPart['look']>;
}

/** What all rows of a file are made of: its bytes, and the values of the folders above it. */
export async function contentOf({ file: { partition }, look }: DataPart): Promise<string> {
  const { digest } = await look();
  return Object.keys(partition).length === 0 ? digest : `${digest} ${JSON.stringify(partition)}`;
}

/** @param part that is looked through already */
export function openAsking(
  part: DataPart,
  { engine, partials, looking }: AskContext,
): { readonly ask: Ask; readonly isRead: () => boolean } {
  let [isRead, isSure] = [false, true];
  const ask: Ask = async (make, sooner) => {
    const question = make('data');
    const known = partials.isEmpty ? undefined : readRow(partials.get(await contentOf(part), question));
    if (known !== undefined) return known;
    isRead = true;
    const soon = sooner && isSure ? await answerSooner(sooner, { engine, looking }) : undefined;
    isSure &&= sooner === undefined || soon !== undefined;
    const [counted = {}] =
      soon ?? (await firstOf(looking, signal => engine.query(make(part.relation), [], signal)));
    part.refuseChanged();
    const row = Object.fromEntries(
      Object.entries(counted).map(([name, value]) => [
        name,
        typeof value === 'string' || value === null ? value : Number(value),
      ]),
    );
    partials.put(await contentOf(part), question, row);
    return row;
  };
  return { ask, isRead: () => isRead };
}

/** The number in a place of a row; NaN where there is none. */
export function numberIn(row: Row, name: string): number {
  return Number(row[name] === undefined ? Number.NaN : row[name]);
}

/** The text in a place of a row. */
export function textIn(row: Row, name: string): string | undefined {
  const value = row[name];
  return typeof value === 'string' ? value : undefined;
}

/** Undefined where a column turns out to hold more than numbers: then the texts have to be looked at. */
async function answerSooner(
  { sql, numbers }: Sooner,
  { engine, looking }: Pick<AskContext, 'engine' | 'looking'>,
): Promise<readonly SqlRow[] | undefined> {
  const stop = new AbortController();
  looking.catch(() => stop.abort());
  try {
    const rows = await engine.query(sql, [], stop.signal);
    const { traits } = await looking;
    return numbers.every(name => traits?.numbers.includes(name)) ? rows : undefined;
  } catch {
    return undefined;
  }
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

function readRow(value: unknown): Row | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isPlain = (one: unknown) => one === null || typeof one === 'number' || typeof one === 'string';
  return Object.values(value).every(isPlain) ? (value as Row) : undefined;
}
