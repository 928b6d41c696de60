// Whether any of thousands of columns breaks a rule is no expression that an engine can hold in little memory. Most columns
// of a wide table break none, and for each that is known by a count of its own: what is left to ask is about the others.
import type { Condition } from '#lib/contracts/check.ts';

/** So many parts a condition has before they are counted one by one. */
const MOST_PARTS = 500;

function isLong(condition: Condition): condition is Extract<Condition, { kind: 'any' }> {
  return condition.kind === 'any' && condition.conditions.length > MOST_PARTS;
}

/** What a condition is known by, whoever made it. */
export function conditionKey(condition: Condition): string {
  return JSON.stringify(condition);
}

/** What has to be counted: each condition once, and the parts of long ones in their place. */
export function conditionsToCount(conditions: readonly Condition[]): readonly Condition[] {
  const all = conditions.flatMap(condition => (isLong(condition) ? condition.conditions : [condition]));
  return [...new Map(all.map(condition => [conditionKey(condition), condition])).values()];
}

/**
 * How many rows meet a condition by what was counted: a number, or, for a long one that more than one part of it is met in
 * some rows, a shorter condition that the same rows meet.
 */
export function putTogether(
  condition: Condition,
  { rows, counts }: { readonly rows: number; readonly counts: ReadonlyMap<string, number> },
): number | Condition {
  const countOf = (part: Condition) => counts.get(conditionKey(part)) ?? Number.NaN;
  if (!isLong(condition)) return countOf(condition);
  const met = condition.conditions.filter(part => countOf(part) !== 0);
  const [only, second] = met;
  if (only === undefined) return 0;
  if (met.some(part => countOf(part) === rows)) return rows;
  return second === undefined ? countOf(only) : { kind: 'any', conditions: met };
}
