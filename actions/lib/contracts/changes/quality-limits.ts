// The limits of quality rules: of the library, of queries, and inside the implementation of a metric of our own.
import { type Difference, type Effect, show } from '#lib/contracts/changes/change.ts';
import { compareSets, type Interval, limitSet, type Measured } from '#lib/contracts/changes/limit-sets.ts';
import { isSame } from '#lib/contracts/changes/unordered.ts';
import { OPERATORS, type Operator, type Quality, qualityKind } from '#lib/contracts/odcs-quality.ts';
import { unitOf } from '#lib/contracts/quality-words.ts';

/** A query or a program is another one unless only its spaces differ; its limit inside `implementation` may be told. */
export function compareCode(from: unknown, to: unknown): Effect {
  const isSpacing = typeof from === 'string' && typeof to === 'string' && squeeze(from) === squeeze(to);
  if (isSpacing && !SPACES_COUNT.test(`${from}${to}`)) return 'reworded';
  const [before, after] = [splitLimit(from), splitLimit(to)];
  if (!before || !after || !isSame(before.rest, after.rest)) return 'reworked';
  const [old, now] = [before, after].map(({ operator, operand }) => limitSet(operator, operand, ANY));
  return old && now ? (compareSets(old, now) ?? 'reworded') : 'reworked';
}

/** Text in quotes and comments to the end of a line: their spaces mean something. */
const SPACES_COUNT = /['"`]|--|\/\*/;

function squeeze(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function splitLimit(
  implementation: unknown,
): { readonly operator: Operator; readonly operand: unknown; readonly rest: object } | undefined {
  if (implementation === null || typeof implementation !== 'object') return undefined;
  const entries = Object.entries(implementation);
  const [limit, ...more] = entries.filter(([key]) => OPERATORS.includes(key as Operator));
  if (!limit || more.length > 0) return undefined;
  const rest = Object.fromEntries(entries.filter(([key]) => key !== limit[0]));
  return { operator: limit[0] as Operator, operand: limit[1], rest };
}

const ANY: Measured = { isWhole: false, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Which numbers a rule can measure. */
export function measuredBy(rule: Quality): Measured {
  if (qualityKind(rule) !== 'library') return ANY;
  if (unitOf(rule.unit) === 'percent') return { isWhole: false, low: 0, high: 100 };
  return { isWhole: true, low: 0, high: Number.POSITIVE_INFINITY };
}

/** The numbers that keep a rule's limit. */
export function setOf(rule: Quality): readonly Interval[] | undefined {
  const operator = OPERATORS.find(candidate => rule[candidate] !== undefined);
  return operator && limitSet(operator, rule[operator], measuredBy(rule));
}

/** What became of the limit, whichever operator says it; the key is that of the new one. */
export function compareLimit(
  before: Quality,
  after: Quality,
): readonly (Difference & { readonly key: string })[] {
  const [was, is] = [before, after].map(rule => OPERATORS.find(operator => rule[operator] !== undefined));
  const isSameUnit = (before.unit ?? 'rows') === (after.unit ?? 'rows');
  if (was === is && isSameUnit && isSame(was && before[was], is && after[is])) {
    const [from, to] = [before.unit, after.unit];
    return from === to ? [] : [{ key: 'unit', as: 'the unit', from, to, effect: 'reworded' }];
  }
  const [old, now] = [setOf(before), setOf(after)];
  const areNone = [old, now].every(set => set?.length === 1 && set[0]?.high.value === 0);
  const effect: Effect =
    isSameUnit || areNone ? (old && now ? (compareSets(old, now) ?? 'reworded') : 'reworked') : 'reworked';
  const say = (rule: Quality, operator: Operator | undefined) =>
    operator && `${operator} ${show(rule[operator])}${unitOf(rule.unit) === 'percent' ? ' percent' : ''}`;
  const key = is ?? was ?? 'mustBe';
  return [{ key, as: 'the limit', from: say(before, was), to: say(after, is), effect }];
}
