// Counts what the checks ask for: one scan for all conditions on rows, one grouping for each key.
import type { Check, Condition, Measure } from '#lib/contracts/check.ts';
import { countQuery, duplicatesQuery, probeQuery } from '#lib/contracts/duckdb-sql.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import type { Source } from '#lib/contracts/samples.ts';
import { errorMessage } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** The check itself, or the same one as skipped where the engine cannot run its pattern or read its bound. */
export async function skipWhatCannotRun(check: Check, engine: SqlEngine): Promise<Check> {
  const conditions = check.measure.kind === 'rows-where' ? flatten(check.measure.condition) : [];
  for (const condition of conditions) {
    const reason = await explainCondition(condition, engine);
    if (reason !== undefined) return { ...check, measure: { kind: 'skipped', reason } };
  }
  return check;
}

async function explainCondition(condition: Condition, engine: SqlEngine): Promise<string | undefined> {
  if (condition.kind === 'not-matching') {
    const { reason } = toRe2(condition.pattern);
    if (reason !== undefined) return `the pattern cannot be run in SQL: ${reason}`;
  }
  const probe = probeQuery(condition);
  if (probe === undefined) return undefined;
  try {
    const [row] = await engine.query(probe);
    if (row?.['ok'] === true || condition.kind !== 'beyond') return undefined;
    return `${JSON.stringify(condition.bound)} is not a ${condition.type} in ISO 8601`;
  } catch (error) {
    return `the pattern cannot be run in SQL: ${errorMessage(error).split('\n')[0]}`;
  }
}

function flatten(condition: Condition): readonly Condition[] {
  return condition.kind === 'any' ? condition.conditions.flatMap(flatten) : [condition];
}

export interface Counts {
  /** Per measure, in its order; null where skipped. */
  readonly values: readonly (number | null)[];
  /** Rows of each further condition. */
  readonly further: readonly number[];
}

/** Counts all measures, and further conditions, over one file. */
export async function countAll(
  measures: readonly Measure[],
  further: readonly Condition[],
  source: Source,
): Promise<Counts> {
  const { engine, relation, csv } = source;
  const own = measures.flatMap(measure => (measure.kind === 'rows-where' ? [measure.condition] : []));
  const [row = {}] = await engine.query(countQuery(relation, [...own, ...further]));
  if (Number(row['n']) !== csv.rows)
    throw new Error(`the engine read ${Number(row['n'])} rows where ${csv.rows} were counted`);
  const counted = [...own, ...further].map((_, i) => Number(row[`c${i}`]));
  const values: (number | null)[] = [];
  let next = 0;
  for (const measure of measures) {
    if (measure.kind === 'rows-where') values.push(counted[next++] ?? null);
    else if (measure.kind === 'duplicates') values.push(await countDuplicates(measure.columns, source));
    else if (measure.kind === 'skipped') values.push(null);
    else values.push(measure.kind === 'known' ? measure.value : csv.rows);
  }
  return { values, further: counted.slice(own.length) };
}

async function countDuplicates(columns: readonly string[], { engine, relation }: Source): Promise<number> {
  const [row] = await engine.query(duplicatesQuery(relation, columns));
  return Number(row?.['n']);
}
