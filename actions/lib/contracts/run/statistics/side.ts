// One side of a comparison: the files of one version, the rows a filter lets through, and one column of them. What is found
// out about a file is remembered by the hash of its bytes, what about all files by the hashes of all.

import type { StatisticColumn } from '#lib/contracts/check.ts';
import type { DataColumn, DataPart } from '#lib/contracts/data/data.ts';
import { contentOf } from '#lib/contracts/run/ask.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import { filteredRelation, measureSql, numbersQuery, type RowFilter } from '#lib/contracts/sql/statistics.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** The rows that a statistic is taken of. */
export interface Side {
  /** What it is called in messages: `the data`, or the name of the version. */
  readonly name: string;
  readonly parts: readonly DataPart[];
  readonly filter: RowFilter | undefined;
  readonly engine: SqlEngine;
  readonly partials: Partials;
}

/** Why a statistic cannot be taken, as a sentence. */
export class NoStatistic extends Error {
  override name = 'NoStatistic';
}

/** The rows of one file as SQL; `data` in the place of the file, where it is the question that is wanted. */
export function relationOf(part: DataPart, { filter }: Side, relation = part.relation): string {
  if (!filter) return relation;
  return filteredRelation(relation, new Map(part.columns.map(column => [column.name, column])), filter);
}

/** A column of a file; undefined where the file lacks it. */
export function columnOf(part: DataPart, { name }: StatisticColumn): DataColumn | undefined {
  return part.columns.find(column => column.name === name);
}

/** True where the column's values are numbers, in all files that have it. */
export function isNumeric({ parts }: Side, column: StatisticColumn): boolean {
  const found = parts.flatMap(part => columnOf(part, column) ?? []);
  return found.length > 0 && found.every(one => measureSql(one, column.type) !== undefined);
}

/** @throws NoStatistic unless all values of the column are numbers */
export function requireNumeric(side: Side, column: StatisticColumn): void {
  if (isNumeric(side, column)) return;
  throw new NoStatistic(`${column.name} holds no numbers`);
}

interface Question {
  /** What is made of the rows; with the query it says what the answer depends on. */
  readonly what: unknown;
  /** @param relation in the place of the file */
  readonly queryOf: (part: DataPart, relation: string | undefined) => string;
}

/** Answers a question about each file, in their order. @param ask gets the query; the answer has to be JSON */
export async function askEach<Answer>(
  { parts, partials }: Side,
  { what, queryOf }: Question,
  ask: (query: string) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const part of parts) {
    const digest = await contentOf(part);
    const question = { statistic: what, of: queryOf(part, 'data') };
    const known = partials.isEmpty ? undefined : (partials.get(digest, question) as Answer | undefined);
    const answer = known ?? (await ask(queryOf(part, undefined)));
    if (known === undefined) partials.put(digest, question, answer);
    answers.push(answer);
  }
  return answers;
}

/** Answers a question that takes all files at once. */
export async function askWhole<Answer>(
  side: Side,
  question: unknown,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const [first, ...more] = side.parts;
  if (!first) return ask();
  const digests: string[] = [];
  for (const part of more) digests.push(await contentOf(part));
  const digest = await contentOf(first);
  const whole = { whole: question, filter: side.filter?.text ?? null, digests };
  const known = side.partials.isEmpty ? undefined : (side.partials.get(digest, whole) as Answer | undefined);
  if (known !== undefined) return known;
  const answer = await ask();
  side.partials.put(digest, whole, answer);
  return answer;
}

/** The query of a column's numbers in one file; all are missing where the file lacks it. */
export function columnQuery(side: Side, columns: readonly StatisticColumn[]) {
  return (part: DataPart, relation: string | undefined): string => {
    const expressions = columns.map(column => {
      const found = columnOf(part, column);
      return (found && measureSql(found, column.type)) ?? 'NULL::DOUBLE';
    });
    return numbersQuery(relationOf(part, side, relation), expressions);
  };
}

/** The numbers of several columns of all rows, in file order, NaN where there is none. */
export async function readColumns(
  side: Side,
  columns: readonly StatisticColumn[],
): Promise<readonly Float64Array[]> {
  const kept = columns.map(() => growing());
  const queryOf = columnQuery(side, columns);
  for (const part of side.parts) {
    await side.engine.streamNumbers(queryOf(part, undefined), chunk => {
      for (const [i, values] of chunk.entries()) kept[i]?.push(values);
    });
  }
  return kept.map(one => one.all());
}

/** The numbers of one column without those that are missing, in file order. */
export async function readNumbers(side: Side, column: StatisticColumn): Promise<Float64Array> {
  const [all = new Float64Array()] = await readColumns(side, [column]);
  const present = all.filter(value => !Number.isNaN(value));
  if (present.length === 0) throw new NoStatistic(`${side.name} has no value of ${column.name}`);
  return present;
}

/** Numbers, however many come. */
function growing() {
  let values = new Float64Array(4096);
  let length = 0;
  return {
    push(more: Float64Array): void {
      if (length + more.length > values.length) {
        const larger = new Float64Array(2 * (length + more.length));
        larger.set(values.subarray(0, length));
        values = larger;
      }
      values.set(more, length);
      length += more.length;
    },
    all: (): Float64Array => values.subarray(0, length),
  };
}
