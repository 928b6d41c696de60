// A few of the rows that break a rule: the line of the file and the value, cut to a length people read.
import type { Check } from '#lib/contracts/check.ts';
import { duplicateSamplesQuery, samplesQuery } from '#lib/contracts/duckdb-sql.ts';
import type { CheckResult } from '#lib/contracts/result.ts';
import type { CsvDescription, SqlEngine } from '#lib/sql/engine.ts';

/** One file as an engine reads it. */
export interface Source {
  readonly engine: SqlEngine;
  /** The SQL relation of VARCHAR columns in file order. */
  readonly relation: string;
  readonly csv: CsvDescription;
}

const SHOWN_SAMPLES = 5;
const LONGEST_SAMPLE = 60;

/** Up to five rows that break a check, in file order; none where values may not be shown. */
export async function readSamples(check: Check, source: Source): Promise<CheckResult['samples']> {
  const query = check.isPrivate ? undefined : queryOf(check, source.relation);
  if (query === undefined) return [];
  const rows = await source.engine.query(query);
  return rows.map(({ row, value }) => ({
    line: source.csv.lineOf(Number(row)),
    value: value === null ? '(missing)' : shorten(String(value)),
  }));
}

function queryOf({ measure, column }: Check, relation: string): string | undefined {
  const limit = SHOWN_SAMPLES;
  if (measure.kind === 'duplicates') {
    return duplicateSamplesQuery(relation, { columns: measure.columns, limit });
  }
  if (measure.kind !== 'rows-where' || column === null) return undefined;
  return samplesQuery(relation, { condition: measure.condition, column, limit });
}

/** Cuts between characters, never inside one. */
function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 4 * LONGEST_SAMPLE));
  return characters.length > LONGEST_SAMPLE ? `${characters.slice(0, LONGEST_SAMPLE - 3).join('')}...` : text;
}
