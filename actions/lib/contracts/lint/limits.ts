// Limits that always hold, never hold, or leave out the value that was meant.
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { walkRules } from '#lib/contracts/lint/walk.ts';
import type { Quality } from '#lib/contracts/odcs-quality.ts';
import { qualityKind } from '#lib/contracts/odcs-quality.ts';
import { OPERATORS } from '#lib/contracts/operators.ts';
import { unitOf } from '#lib/contracts/quality-words.ts';

/** Counts are whole numbers from 0, shares go from 0 to 100 percent. */
export const limits: LintRule = contract =>
  walkRules(contract).flatMap(({ rule, path }) => {
    if (qualityKind(rule) !== 'library') return [];
    const isPercent = unitOf(rule.unit) === 'percent';
    return [...rangeFindings(rule, isPercent), ...boundFindings(rule, isPercent)].map(found => ({
      ...found,
      path: [...path, ...found.path],
    }));
  });

function rangeFindings(rule: Quality, isPercent: boolean): readonly Finding[] {
  const range = rule.mustBeBetween;
  if (range === undefined) return [];
  const [low, high] = range;
  const path = ['mustBeBetween'];
  const firstWhole = Math.floor(low) + 1;
  if (!isPercent && firstWhole >= high) {
    return [
      {
        rule: 'limit-never',
        message: `no count lies between ${low} and ${high}: the ends do not belong to it`,
        remedy: `Write mustBe: ${Math.ceil(low)}, or a wider range.`,
        path,
      },
    ];
  }
  const ends = [...(low === 0 ? ['0'] : []), ...(isPercent && high === 100 ? ['100'] : [])];
  return ends.map(end => ({
    rule: 'between-bound',
    message: `${end}${isPercent ? ' percent' : ''} itself does not pass: between leaves out both ends`,
    remedy:
      end === '0'
        ? `Write mustBeLessThan: ${high} where 0 is good.`
        : `Write mustBeGreaterThan: ${low} where 100 is good.`,
    path,
  }));
}

function boundFindings(rule: Quality, isPercent: boolean): readonly Finding[] {
  const top = isPercent ? 100 : Number.POSITIVE_INFINITY;
  return OPERATORS.flatMap(operator => {
    const bound: unknown = rule[operator];
    if (typeof bound !== 'number') return [];
    const [holds, fails] = extremes(operator, bound, top);
    if (!holds && !fails) return [];
    const what = isPercent ? 'a share of rows' : 'a count of rows';
    return [
      {
        rule: fails ? 'limit-never' : 'limit-always',
        message: `${what} ${fails ? 'can never keep' : 'always keeps'} ${operator}: ${bound}`,
        remedy: fails
          ? 'Write a limit that some data keeps.'
          : 'Write a limit that some data breaks, or remove it.',
        path: [operator],
      },
    ];
  });
}

/** Whether every value from 0 to the top keeps the limit, and whether none does. */
function extremes(operator: string, bound: number, top: number): readonly [holds: boolean, fails: boolean] {
  switch (operator) {
    case 'mustBeLessThan':
      return [bound > top, bound <= 0];
    case 'mustBeLessOrEqualTo':
      return [bound >= top, bound < 0];
    case 'mustBeGreaterThan':
      return [bound < 0, bound >= top];
    case 'mustBeGreaterOrEqualTo':
      return [bound <= 0, bound > top];
    case 'mustBe':
      return [false, bound < 0 || bound > top];
    case 'mustNotBe':
      return [bound < 0 || bound > top, false];
    default:
      return [false, false];
  }
}
