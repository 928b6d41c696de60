// What is left after everything that promises something was compared: words, links, tags, notes of other tools. Nothing that
// differs is passed over, so whatever a comparison does not know is here.
import { below, type Effect, type Finding, finding, type Place } from '#lib/contracts/changes/change.ts';
import { isSame } from '#lib/contracts/changes/unordered.ts';

type Element = Readonly<Record<string, unknown>>;

/** What differs in keys that are not `known`; `effects` has those that are more than words. */
export function compareWords(
  base: object,
  head: object,
  {
    place,
    of,
    known = [],
    effects = {},
  }: {
    readonly place: Place;
    readonly of: string;
    readonly known?: readonly string[];
    readonly effects?: Readonly<Record<string, Effect>>;
  },
): readonly Finding[] {
  const [before, after] = [base as Element, head as Element];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    key => !known.includes(key),
  );
  return keys.flatMap(key => {
    const [from, to] = [before[key], after[key]];
    if (isSame(from, to)) return [];
    const effect = effects[key] ?? 'reworded';
    return [finding(below(place, key), of, { as: key, from, to, effect })];
  });
}
