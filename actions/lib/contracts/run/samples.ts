// A few of the rows that break a rule, so that a person can find them: their place, their key, and the value, cut to a length
// people read. What is classified as personal or the like is never among them, neither as value nor as key.
import type { Check, Condition, Measure, Step } from '#lib/contracts/check.ts';
import type { DataPart } from '#lib/contracts/data/data.ts';
import type { CheckResult } from '#lib/contracts/result.ts';
import { columnsOf } from '#lib/contracts/run/begin.ts';
import { referredSides, sideOf } from '#lib/contracts/run/orphans.ts';
import type { OpenReference } from '#lib/contracts/run/reference.ts';
import { orphanSamplesQuery } from '#lib/contracts/sql/orphans.ts';
import { duplicateSamplesQuery, samplesQuery } from '#lib/contracts/sql/statements.ts';
import type { SqlEngine, SqlRow } from '#lib/sql/engine.ts';

const SHOWN_SAMPLES = 5;
const LONGEST_SAMPLE = 60;

export interface SampleContext {
  readonly parts: readonly DataPart[];
  readonly engine: SqlEngine;
  /** Columns that name a row, none of them private. */
  readonly key: readonly string[];
  /** What the measures of foreign keys refer to. */
  readonly references: ReadonlyMap<Measure, OpenReference>;
}

/** Up to five rows that break a check, in file order; none where values may not be shown. */
export async function readSamples(
  check: Check,
  { parts, engine, key, references }: SampleContext,
): Promise<CheckResult['samples']> {
  const samples: CheckResult['samples'][number][] = [];
  if (check.isPrivate) return samples;
  if (check.measure.kind === 'duplicates') return readRepeated(check.measure.columns, { parts, engine });
  for (const part of parts) {
    const limit = SHOWN_SAMPLES - samples.length;
    const shownKey = key.filter(name => name !== check.column && columnsOf(part).has(name));
    const reference = references.get(check.measure);
    const query = limit > 0 ? queryOf(check, part, { key: shownKey, limit, reference }) : undefined;
    if (query === undefined) continue;
    const rows = await engine.query(query);
    for (const row of rows) {
      samples.push({
        ...(await placeOf(row, part, parts)),
        ...(shownKey.length > 0 && 'k0' in row && { key: keyText(row, shownKey) }),
        value: row['value'] === null ? '(missing)' : shorten(String(row['value'])),
      });
    }
  }
  return samples;
}

/** Rows whose key stands in an earlier row, of the same file or of another one. */
async function readRepeated(
  names: readonly string[],
  { parts, engine }: Pick<SampleContext, 'parts' | 'engine'>,
): Promise<CheckResult['samples']> {
  const files = parts
    .map(part => ({ part, relation: part.relation, columns: columnsOf(part) }))
    .filter(({ columns }) => names.every(name => columns.has(name)));
  if (files.length === 0) return [];
  const samples: CheckResult['samples'][number][] = [];
  for (const row of await engine.query(duplicateSamplesQuery(files, { names, limit: SHOWN_SAMPLES }))) {
    const { part } = files[Number(row['file'])] ?? {};
    if (part) samples.push({ ...(await placeOf(row, part, parts)), value: shorten(String(row['value'])) });
  }
  return samples;
}

/** Where a row is: its line, or its number, and its file where there are several. */
async function placeOf(row: SqlRow, part: DataPart, parts: readonly DataPart[]) {
  const { lineOf } = await part.look();
  return {
    ...(lineOf ? { line: lineOf(Number(row['row'])) } : { row: Number(row['row']) + 1 }),
    ...(parts.length > 1 && { file: part.file.path }),
  };
}

interface Shown {
  readonly key: readonly string[];
  readonly limit: number;
  readonly reference: OpenReference | undefined;
}

function queryOf({ measure, column }: Check, part: DataPart, shown: Shown): string | undefined {
  const { key, limit, reference } = shown;
  const columns = columnsOf(part);
  if (measure.kind === 'orphans') {
    const side = sideOf(part, measure.columns);
    return side && reference && orphanSamplesQuery(side, referredSides(reference), { key, limit });
  }
  if (measure.kind !== 'rows-where' || column === null) return undefined;
  const { condition } = measure;
  return samplesQuery(part.relation, columns, { condition, column, steps: stepsOf(condition), key, limit });
}

/** The way to the value that a condition speaks of first. */
function stepsOf(condition: Condition): readonly Step[] {
  if (condition.kind !== 'any') return condition.steps ?? [];
  const [first] = condition.conditions;
  return first ? stepsOf(first) : [];
}

function keyText(row: SqlRow, key: readonly string[]): string {
  return key.map((name, i) => `${name} ${shorten(String(row[`k${i}`] ?? '(missing)'))}`).join(', ');
}

/** Cuts between characters, never inside one. */
function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 4 * LONGEST_SAMPLE));
  return characters.length > LONGEST_SAMPLE ? `${characters.slice(0, LONGEST_SAMPLE - 3).join('')}...` : text;
}
