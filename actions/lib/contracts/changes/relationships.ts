// Foreign keys, at a column or a table: pairs of columns, whose order says nothing.
import { type Finding, type Place, show } from '#lib/contracts/changes/change.ts';
import { pairUp } from '#lib/contracts/changes/pair.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import { canonicalJson, compareText } from '#lib/documents/canonical.ts';

interface Relationship {
  readonly to: string | readonly string[];
  readonly from?: string | readonly string[] | undefined;
}

/** All of one element. */
export function compareRelationships(
  base: readonly Relationship[] | undefined,
  head: readonly Relationship[] | undefined,
  { place, of }: { readonly place: Place; readonly of: string },
): readonly Finding[] {
  return pairUp(base, head, [pairsOf]).flatMap(({ base: old, head: now }): readonly Finding[] => {
    const relationship = now?.item ?? old?.item;
    if (!relationship) return [];
    const here: Place = {
      ...place,
      path: `${place.path}.relationships.${[relationship.to].flat().join(',')}`,
      base: [...place.base, 'relationships', old?.index ?? 0],
      head: [...place.head, 'relationships', now?.index ?? 0],
    };
    const said = `the foreign key from ${relationship.from ? show(relationship.from) : of} to ${show(relationship.to)}`;
    if (old && now)
      return compareWords(old.item, now.item, { place: here, of: said, known: ['from', 'to', 'type'] });
    const effect = now ? 'tightened' : 'loosened';
    const what = `${said} is ${now ? 'new' : 'gone'}`;
    return [{ ...here, what, from: old?.item ?? null, to: now?.item ?? null, effect }];
  });
}

function pairsOf({ from, to }: Relationship): string {
  const sources = from === undefined ? [] : [from].flat();
  const pairs = [to].flat().map((target, index) => [sources[index] ?? null, target]);
  return canonicalJson(pairs.toSorted((a, b) => compareText(canonicalJson(a), canonicalJson(b))));
}
