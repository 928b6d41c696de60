// Service levels measured: the extremes of each file from what is remembered, else from its footer, else from one look at
// the column; a gap may lie between two files, so that gaps are looked for in all of them together.
import type { Measure, MomentColumn } from '#lib/contracts/check.ts';
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { MS_OF } from '#lib/contracts/durations.ts';
import type { FreshnessWindow } from '#lib/contracts/plan-service-levels.ts';
import { contentOf } from '#lib/contracts/run/ask.ts';
import { columnsOf } from '#lib/contracts/run/begin.ts';
import type { Answers, Extremes } from '#lib/contracts/run/count.ts';
import { extremesRelation, readFooter } from '#lib/contracts/run/footers.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import {
  extremesQuery,
  gapQuery,
  type MomentSide,
  momentSql,
  sinceQuery,
} from '#lib/contracts/sql/extremes.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export interface MomentContext {
  readonly parts: readonly DataPart[];
  readonly data: Data;
  readonly engine: SqlEngine;
  readonly partials: Partials;
  /** What this run has found out already: several service levels are often about one column. */
  readonly extremes: Map<string, Promise<Extremes>>;
}

interface Side {
  readonly part: DataPart;
  readonly side: MomentSide;
}

/** The files with moments in a column. */
function sidesOf(parts: readonly DataPart[], column: MomentColumn): readonly Side[] {
  return parts.flatMap(part => {
    const found = columnsOf(part).get(column.column);
    const moment = found && momentSql(found, column);
    return moment === undefined ? [] : [{ part, side: { relation: part.relation, moment } }];
  });
}

/** The age of the newest or the oldest moment, or the longest gap, in the unit that is asked for. */
export async function measureServiceLevel(
  measure: Extract<Measure, { kind: 'age' | 'gap' }>,
  context: MomentContext,
): Promise<Measured> {
  const { moment, unit } = measure;
  const sides = sidesOf(context.parts, moment);
  if (sides.length === 0) return { value: null, skipped: `${moment.column} holds no dates or timestamps` };
  const ms = measure.kind === 'gap' ? await findGap(sides, context) : await findAge(measure, sides, context);
  if (ms === undefined)
    return { value: null, problem: `${moment.column} has no value that is a date or timestamp` };
  return { value: ms / MS_OF[unit] };
}

async function findAge(
  { of, moment, now }: Extract<Measure, { kind: 'age' }>,
  sides: readonly Side[],
  context: MomentContext,
): Promise<number | undefined> {
  const all: Extremes[] = [];
  for (const one of sides) all.push(await extremesOf(one, moment, context));
  const there = all.filter(({ n }) => n > 0);
  if (there.length === 0) return undefined;
  return of === 'newest'
    ? now - Math.max(...there.map(({ greatest }) => greatest))
    : now - Math.min(...there.map(({ least }) => least));
}

function extremesOf(one: Side, moment: MomentColumn, context: MomentContext): Promise<Extremes> {
  const place = placeOf(one);
  const known = context.extremes.get(place) ?? readExtremes(one, moment, context);
  context.extremes.set(place, known);
  return known;
}

function placeOf({ part, side }: Side): string {
  return JSON.stringify([part.file.file, side.moment]);
}

/** The columns whose extremes are asked for beside all else, each once; footers tell them without that. */
export function momentsToCount(moments: readonly MomentColumn[], { format }: Data): readonly MomentColumn[] {
  if (format === 'parquet') return [];
  return [...new Map(moments.map(moment => [JSON.stringify(moment), moment])).values()];
}

/** Keeps what was counted of them for the service levels. */
export function keepExtremes(
  answers: Pick<Answers, 'moments'>,
  moments: readonly MomentColumn[],
  { parts, extremes }: Pick<MomentContext, 'parts' | 'extremes'>,
): void {
  for (const [i, part] of parts.entries()) {
    for (const [j, moment] of moments.entries()) {
      const [one] = sidesOf([part], moment);
      const found = answers.moments[i]?.[j];
      if (one && found) extremes.set(placeOf(one), Promise.resolve(found));
    }
  }
}

async function readExtremes(
  { part, side }: Side,
  moment: MomentColumn,
  context: MomentContext,
): Promise<Extremes> {
  const { engine, partials } = context;
  const question = extremesQuery({ ...side, relation: 'data' });
  const known = partials.isEmpty ? undefined : partials.get(await contentOf(part), question);
  if (isExtremes(known)) return known;
  const told = await readFromFooter({ part, side }, moment, context);
  if (told) return told;
  const [row = {}] = await engine.query(extremesQuery(side));
  const found = toExtremes(row);
  partials.put(await contentOf(part), question, found);
  return found;
}

function toExtremes(row: Readonly<Record<string, unknown>>): Extremes {
  return { n: Number(row['n']), least: Number(row['least']), greatest: Number(row['greatest']) };
}

function isExtremes(value: unknown): value is Extremes {
  if (typeof value !== 'object' || value === null) return false;
  return ['n', 'least', 'greatest'].every(key => typeof Reflect.get(value, key) === 'number');
}

/** The extremes of row groups are asked like rows, unless some say nothing, or something that never ends. */
async function readFromFooter(
  { part, side }: Side,
  { column }: MomentColumn,
  { data, engine }: MomentContext,
): Promise<Extremes | undefined> {
  if (data.format !== 'parquet' || columnsOf(part).get(column)?.form !== 'native') return undefined;
  const footer = await readFooter(part.file, engine);
  const stats = footer.columns.get(column);
  const relation = extremesRelation(footer, columnsOf(part), [column]);
  if (!stats?.extremes || stats.missing === undefined || relation === undefined) return undefined;
  const [row = {}] = await engine.query(extremesQuery({ ...side, relation }));
  const found = toExtremes(row);
  return found.n === stats.extremes.length ? { ...found, n: footer.rows - stats.missing } : undefined;
}

async function findGap(
  sides: readonly Side[],
  { engine, partials }: MomentContext,
): Promise<number | undefined> {
  const digests: string[] = [];
  for (const { part } of sides) digests.push(await contentOf(part));
  const question = gapQuery(sides.map(({ side }) => ({ ...side, relation: 'data' })));
  const known = partials.get(digests.join(), question);
  if (typeof known === 'number') return known;
  const [row] = await engine.query(gapQuery(sides.map(({ side }) => side)));
  if (Number(row?.['n'] ?? 0) === 0) return undefined;
  // Of one moment alone there is no gap.
  const gap = Number(row?.['gap'] ?? 0);
  partials.put(digests.join(), question, gap);
  return gap;
}

/** Rows whose moment is in the window; undefined where the column holds no moments at all. */
export async function countFresh(
  { moment, since }: FreshnessWindow,
  context: MomentContext,
): Promise<number | undefined> {
  const sides = sidesOf(context.parts, moment);
  if (sides.length === 0) return undefined;
  let fresh = 0;
  for (const one of sides) {
    const { n, least, greatest } = await extremesOf(one, moment, context);
    if (n === 0 || greatest < since) continue;
    if (least >= since) fresh += n;
    else fresh += Number((await context.engine.query(sinceQuery(one.side, since)))[0]?.['n'] ?? 0);
  }
  return fresh;
}
