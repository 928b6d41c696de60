// What an engine cannot run is known before anything is read: a pattern it has no words for, a bound it cannot read.
import type { Check, Condition } from '#lib/contracts/check.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import { probeQuery } from '#lib/contracts/sql/conditions.ts';
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
