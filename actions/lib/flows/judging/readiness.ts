// Measures of whether a model is ready to be used, besides how good it is: its card, what callers would notice, and the age
// of its rows.
import { join } from 'node:path';
import type { CardCompleteness } from '#lib/cards/completeness.ts';
import { count } from '#lib/evaluation/format.ts';
import type { FoundChampion } from '#lib/flows/champion.ts';
import type { Measured } from '#lib/gates/measure.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Interface } from '#lib/onnx/scorer.ts';
import { interfaceChanges } from '#lib/registry/interface-changes.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

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
export interface Times {
  readonly training: readonly string[];
  readonly test: readonly string[];
}

/** Reads the time column of both files. */
export async function readTimes(engine: SqlEngine, root: string, model: Model): Promise<Times | undefined> {
  const { pipeline, evaluation } = model.spec;
  const { time } = evaluation;
  if (time === undefined) return undefined;
  const read = async (path: string): Promise<readonly string[]> => {
    const { columns } = await engine.readTable(join(root, pipeline, path), [{ name: time, kind: 'string' }]);
    return Array.from(columns[0]?.values ?? [], String);
  };
  return { training: await read(evaluation.trainingRows), test: await read(evaluation.rows.path) };
}

/** @param today such as 2026-11-21 */
export function measureAge(times: Times | undefined, today: string): Measured {
  if (!times) return missing("can't tell", 'model.yaml does not name the column evaluation.time');
  const instants = [...times.training, ...times.test].map(text => Date.parse(text));
  const unreadable = instants.filter(Number.isNaN).length;
  if (unreadable > 0) {
    return missing("can't tell", `${count(unreadable, 'row')} without a time that can be read (ISO 8601)`);
  }
  const newest = instants.reduce((most, instant) => Math.max(most, instant), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(newest)) return missing("can't tell", 'there are no rows');
  const value = Math.max(0, (Date.parse(`${today}T00:00:00Z`) - newest) / 86_400_000);
  return {
    value,
    detail: `the newest row is of ${new Date(newest).toISOString().slice(0, 10)}`,
    isOfTheMoment: true,
  };
}

function missing(outcome: 'not applicable' | "can't tell", why: string): Measured {
  return { value: null, missing: { outcome, why } };
}
