// What an engine cannot run is known before anything is read: a pattern it has no words for, a bound it cannot read.
import type { Check, Condition } from '#lib/contracts/check.ts';
import { isPattern } from '#lib/contracts/odcs-options.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import { type TryContext, tryPattern } from '#lib/contracts/run/script-patterns.ts';
import { probeQuery } from '#lib/contracts/sql/conditions.ts';

/**
 * The check itself, or the same one as skipped where the engine cannot read its bound. A pattern that it cannot run is tried
 * on the values; where that does not end, the check is one that cannot be run.
 */
export async function skipWhatCannotRun(check: Check, context: TryContext): Promise<Check> {
  const { measure } = check;
  if (measure.kind !== 'rows-where') return check;
  const prepared = await prepare(measure.condition, context);
  if ('condition' in prepared) {
    const { condition } = prepared;
    return condition === measure.condition ? check : { ...check, measure: { ...measure, condition } };
  }
  const { reason, isProblem } = prepared;
  return { ...check, measure: { kind: isProblem ? 'unrunnable' : 'skipped', reason } };
}

type Prepared = { readonly condition: Condition } | { readonly reason: string; readonly isProblem: boolean };

async function prepare(condition: Condition, context: TryContext): Promise<Prepared> {
  if (condition.kind === 'any') {
    const conditions: Condition[] = [];
    for (const one of condition.conditions) {
      const prepared = await prepare(one, context);
      if (!('condition' in prepared)) return prepared;
      conditions.push(prepared.condition);
    }
    const isSame = conditions.every((one, i) => one === condition.conditions[i]);
    return { condition: isSame ? condition : { kind: 'any', conditions } };
  }
  if (condition.kind === 'not-matching') return preparePattern(condition, context);
  const probe = probeQuery(condition);
  if (probe === undefined || condition.kind !== 'beyond') return { condition };
  const [row] = await context.engine.query(probe);
  if (row?.['ok'] === true) return { condition };
  const { bound, type, reading } = condition;
  const how = reading?.format === undefined ? 'in ISO 8601' : `written as ${reading.format}, nor in ISO 8601`;
  return { reason: `${JSON.stringify(bound)} is not a ${type} ${how}`, isProblem: false };
}

async function preparePattern(
  condition: Extract<Condition, { kind: 'not-matching' }>,
  context: TryContext,
): Promise<Prepared> {
  const { pattern } = condition;
  if (!isPattern(pattern)) return { reason: 'the pattern is not a regular expression', isProblem: false };
  if (await canRun(condition, context)) return { condition };
  const tried = await tryPattern(condition, context);
  return 'problem' in tried ? { reason: tried.problem, isProblem: true } : tried;
}

/** RE2 refuses some patterns only when it sees them, for example a repetition above 1000. */
async function canRun(
  condition: Extract<Condition, { kind: 'not-matching' }>,
  { engine }: TryContext,
): Promise<boolean> {
  const probe = toRe2(condition.pattern).pattern === undefined ? undefined : probeQuery(condition);
  if (probe === undefined) return false;
  try {
    await engine.query(probe);
    return true;
  } catch {
    return false;
  }
}
