// What a quality rule counts. Counting more is worse under one limit and better under another, so both are looked at.
import { type Difference, type Effect, finding, type Place, show } from '#lib/contracts/changes/change.ts';
import { effectOf, moreIs } from '#lib/contracts/changes/limit-sets.ts';
import { measuredBy, setOf } from '#lib/contracts/changes/quality-limits.ts';
import { isSame } from '#lib/contracts/changes/unordered.ts';
import type { Quality } from '#lib/contracts/odcs-quality.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';

type Given = Readonly<Record<string, unknown>>;

/** Of lists only what came and went: `the rule r of orders.day: validValues lose Mon`. */
export function sayArguments(of: string, from: Given, to: Given): string {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const parts = keys.flatMap(key => {
    const [before, after] = [from[key], to[key]];
    if (isSame(before, after)) return [];
    if (!Array.isArray(before) || !Array.isArray(after)) {
      return [finding(NOWHERE, '', { as: key, from: before, to: after, effect: 'noted' }).what];
    }
    const without = (list: readonly unknown[], other: readonly unknown[]) =>
      list.filter(item => !other.some(one => isSame(one, item)));
    const [lost, gained] = [without(before, after), without(after, before)];
    const words = [
      lost.length > 0 ? `lose ${show(lost)}` : '',
      gained.length > 0 ? `gain ${show(gained)}` : '',
    ];
    return [`${key} ${words.filter(Boolean).join(' and ') || 'differ'}`];
  });
  return `${of}: ${parts.join(', ')}`;
}

const NOWHERE: Place = { path: '', base: [], head: [], columns: [] };

/** Arguments say what counts; whether counting more is worse depends on the limit. */
export function compareArguments(before: Quality, after: Quality): Difference {
  const [from, to] = [before.arguments, after.arguments];
  const [was, is] = [before, after].map(rule => {
    const set = setOf(rule);
    return set && moreIs(set, measuredBy(rule));
  });
  const direction = was === is ? is : undefined;
  const counts = compareCounted(from ?? {}, to ?? {});
  const effect: Effect =
    counts === undefined || direction === undefined
      ? 'reworked'
      : (counts === 'more') === (direction === 'worse')
        ? 'tightened'
        : 'loosened';
  return { as: 'what it counts', from, to, effect };
}

/** Whether the new arguments count everything the old ones do, or the old ones everything the new ones do. */
function compareCounted(from: Given, to: Given): 'more' | 'less' | undefined {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const effects = keys.flatMap(key =>
    isSame(from[key], to[key]) ? [] : [countedBy(key, from[key], to[key])],
  );
  const [first] = effects;
  return effects.every(one => one === first) ? first : undefined;
}

function countedBy(key: string, from: unknown, to: unknown): 'more' | 'less' | undefined {
  if (key === 'pattern') return from === undefined ? 'more' : to === undefined ? 'less' : undefined;
  const [before, after] = [from, to].map(list =>
    Array.isArray(list) ? list.map(item => canonicalJson(item)) : undefined,
  );
  if (key === 'validValues' && (!before || !after)) return before ? 'less' : 'more';
  const [old, now] = [before ?? [], after ?? []];
  const isLarger = effectOf(
    old.every(item => now.includes(item)),
    now.every(item => old.includes(item)),
  );
  if (isLarger === undefined || isLarger === 'reworked') return undefined;
  // More valid values, and more columns in a key, leave less to count; more words for what is missing leave more.
  return (isLarger === 'loosened') === (key === 'missingValues') ? 'more' : 'less';
}
