// Patterns that RE2 has no words for (looking ahead, referring back) are ECMA-262 all the same: they are tried in JavaScript
// on the different values of the column. Such a pattern may take for ever on one value, so it runs in a thread of its own
// that is ended after a while; then the check fails, as nobody knows whether it is kept.
import { Worker } from 'node:worker_threads';
import type { Condition } from '#lib/contracts/check.ts';
import type { DataPart } from '#lib/contracts/data/data.ts';
import { isPattern } from '#lib/contracts/odcs-options.ts';
import { columnsOf } from '#lib/contracts/run/begin.ts';
import { distinctQuery } from '#lib/contracts/sql/statements.ts';
import { errorMessage } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

type NotMatching = Extract<Condition, { kind: 'not-matching' }>;

/** The same condition as values that the engine compares; or why it cannot be told. */
export type Tried = { readonly condition: Condition } | { readonly problem: string };

export interface TryContext {
  readonly parts: readonly DataPart[];
  readonly engine: SqlEngine;
  /** How long one pattern may take; some seconds unless given. */
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 5000;
const MOST_VALUES = 200_000;
const MOST_CHARACTERS = 50_000_000;
/** A statement compares with no more values than this. */
const MOST_COMPARED = 10_000;

/** Tries a pattern on all values of its column. */
export async function tryPattern(
  { kind: _, pattern, ...place }: NotMatching,
  { parts, engine, limitMs = LIMIT_MS }: TryContext,
): Promise<Tried> {
  const values = await readValues(place, parts, engine);
  if (!values)
    return { problem: `the pattern is none that SQL can run, and ${place.column} has too many values` };
  const failing = await match(pattern, values, limitMs);
  if ('problem' in failing) return failing;
  const broken = failing.map(index => values[index] ?? '');
  if (broken.some(value => value.includes('\0')))
    return { problem: 'values that hold a NUL break the pattern' };
  if (broken.length <= MOST_COMPARED) return { condition: { kind: 'among', ...place, values: broken } };
  const wrong = new Set(broken);
  const kept = values.filter(value => !wrong.has(value));
  if (kept.length <= MOST_COMPARED) return { condition: { kind: 'not-among', ...place, values: kept } };
  return { problem: `${broken.length} different values of ${place.column} break the pattern` };
}

/** The different texts of all files; undefined where they are too many to try. */
async function readValues(
  place: Pick<NotMatching, 'column' | 'steps'>,
  parts: readonly DataPart[],
  engine: SqlEngine,
): Promise<readonly string[] | undefined> {
  const values = new Set<string>();
  let characters = 0;
  for (const part of parts) {
    const columns = columnsOf(part);
    if (!columns.has(place.column)) continue;
    const query = distinctQuery(part.relation, columns, { ...place, limit: MOST_VALUES + 1 });
    for (const { value } of await engine.query(query)) {
      const text = String(value);
      if (!values.has(text)) characters += text.length;
      values.add(text);
    }
    if (values.size > MOST_VALUES || characters > MOST_CHARACTERS) return undefined;
  }
  return [...values];
}

/** Plain JavaScript, as it runs where nothing is imported: posts which values the pattern does not match. */
const SCRIPT = `
const { parentPort, workerData } = require('node:worker_threads');
const expression = new RegExp(workerData.pattern, workerData.flags);
const failing = [];
workerData.values.forEach((value, index) => {
  if (!expression.test(value)) failing.push(index);
});
parentPort.postMessage(failing);
`;

/** The places of the values that do not match. */
function match(
  pattern: string,
  values: readonly string[],
  limitMs: number,
): Promise<readonly number[] | { readonly problem: string }> {
  const flags = isPattern(pattern, ['u']) ? 'u' : '';
  const worker = new Worker(SCRIPT, {
    eval: true,
    env: {},
    workerData: { pattern, flags, values },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  return new Promise(resolve => {
    const seconds = limitMs / 1000;
    const problem = `the pattern was not through after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
    const timer = setTimeout(() => {
      resolve({ problem });
      void worker.terminate();
    }, limitMs);
    worker.once('message', (failing: readonly number[]) => resolve(failing));
    worker.once('error', error => resolve({ problem: `the pattern does not run: ${errorMessage(error)}` }));
    worker.once('exit', () => clearTimeout(timer));
  });
}
