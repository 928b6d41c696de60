// Measures of whether a model is ready to be used, besides how good it is: its card, what callers would notice, and the age
// of its rows.
import { join } from 'node:path';
import type { Moment } from '#lib/behaviour/contexts.ts';
import { readMoment } from '#lib/behaviour/moment.ts';
import type { ObservedRows, Seasons } from '#lib/behaviour/seasons.ts';
import type { CardCompleteness } from '#lib/cards/completeness.ts';
import { count } from '#lib/evaluation/format.ts';
import type { FoundChampion } from '#lib/flows/champion.ts';
import type { Measured } from '#lib/gates/measure.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Interface } from '#lib/onnx/scorer.ts';
import { interfaceChanges } from '#lib/registry/interface-changes.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import type { Column } from '#lib/tables/table.ts';

/** The share of the owners' parts that are written. */
export function measureCard({ written, missing }: CardCompleteness): Measured {
  const value = written.length / (written.length + missing.length);
  return {
    value,
    detail: missing.length === 0 ? 'every part is written' : `not written: ${missing.join(', ')}`,
  };
}

const SHOWN = 3;

/** How much of the champion's interface changed. */
export function measureInterface(face: Interface, { champion, bytes }: FoundChampion): Measured {
  if (champion.state === 'none') return missing('not applicable', champion.why);
  if (champion.state === 'same') return { value: 0, detail: 'the same bytes as the champion' };
  if (!bytes) return missing("can't tell", champion.why);
  const changes = interfaceChanges(inspectModel(bytes, { file: champion.name }).interface, face);
  const more = changes.length > SHOWN ? `; and ${changes.length - SHOWN} more` : '';
  return { value: changes.length, detail: `${changes.slice(0, SHOWN).join('; ')}${more}` };
}

/** When the rows of a model were observed; undefined where model.yaml names no column for it. */
export async function readTimes(
  engine: SqlEngine,
  root: string,
  model: Model,
): Promise<ObservedRows | undefined> {
  const { pipeline, evaluation } = model.spec;
  const { time: name } = evaluation;
  if (name === undefined) return undefined;
  const read = async (path: string): Promise<Column> => {
    const { columns } = await engine.readTable(join(root, pipeline, path), [{ name, kind: 'string' }]);
    return columns[0] ?? { name, kind: 'string', values: [] };
  };
  return { training: await read(evaluation.trainingRows), test: await read(evaluation.rows.path) };
}

/**
 * The age of the newest row. A row of tomorrow is today's somewhere; one of later makes nothing young.
 * @param today such as 2026-11-21
 */
export function measureAge(times: ObservedRows | undefined, today: string): Measured {
  if (!times) return missing("can't tell", NO_TIME);
  const days = [...times.training.values, ...times.test.values].map(value => readMoment(value));
  const unreadable = days.filter(day => day === undefined).length;
  if (unreadable > 0)
    return missing("can't tell", `${count(unreadable, 'row')} without a time that can be read`);
  const newest = days
    .flatMap(moment => (moment ? [dayText(moment)] : []))
    .reduce((most, day) => (day > most ? day : most), '');
  if (newest === '') return missing("can't tell", 'there are no rows');
  const value = (Date.parse(today) - Date.parse(newest)) / MILLISECONDS_PER_DAY;
  if (!(value >= -1)) return missing("can't tell", `the newest row is of ${newest}, which is yet to come`);
  return { value: Math.max(0, value), detail: `the newest row is of ${newest}`, isOfTheMoment: true };
}

const MILLISECONDS_PER_DAY = 86_400_000;
const NO_TIME = 'model.yaml does not name the column evaluation.time';

function dayText({ year, month, day }: Moment): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** Contexts of data/contexts.yaml without a training row. */
export function measureSeasons(seasons: Seasons | null, times: ObservedRows | undefined): Measured {
  if (!times) return missing("can't tell", NO_TIME);
  if (!seasons) return missing('not applicable', 'there is no data/contexts.yaml');
  if (seasons.status === "can't tell") return missing("can't tell", seasons.words);
  return { value: seasons.neverTrained.length, detail: seasons.words };
}

function missing(outcome: 'not applicable' | "can't tell", why: string): Measured {
  return { value: null, missing: { outcome, why } };
}
