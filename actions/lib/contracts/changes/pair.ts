// Finds the elements that two lists have in common. The standard's lists have no order, so a place in one says nothing:
// what is the same first, then what has the same name, one kind of name after the other.
import { unorderedJson } from '#lib/contracts/changes/unordered.ts';

/** One element with its place in its own list; a side is missing where only the other list has it. */
export interface Pair<Item> {
  readonly base?: { readonly item: Item; readonly index: number };
  readonly head?: { readonly item: Item; readonly index: number };
}

type Placed<Item> = { readonly item: Item; readonly index: number };

/**
 * Pairs two lists.
 * @param names from the surest to the weakest; one that several elements of a list share pairs none of them.
 */
export function pairUp<Item>(
  base: readonly Item[] = [],
  head: readonly Item[] = [],
  names: readonly ((item: Item) => string | undefined)[] = [],
): readonly Pair<Item>[] {
  const pairs: Pair<Item>[] = [];
  let old: readonly Placed<Item>[] = base.map((item, index) => ({ item, index }));
  let now: readonly Placed<Item>[] = head.map((item, index) => ({ item, index }));
  const same = new Map<string, Placed<Item>[]>();
  for (const placed of now) {
    const key = unorderedJson(placed.item);
    same.set(key, [...(same.get(key) ?? []), placed]);
  }
  const equal = old.flatMap(placed => {
    const other = same.get(unorderedJson(placed.item))?.shift();
    return other ? [{ base: placed, head: other }] : [];
  });
  pairs.push(...equal);
  [old, now] = without(old, now, equal);
  for (const name of names) {
    const [before, after] = [unique(old, name), unique(now, name)];
    const found = [...before].flatMap(([key, placed]) => {
      const other = after.get(key);
      return other ? [{ base: placed, head: other }] : [];
    });
    pairs.push(...found);
    [old, now] = without(old, now, found);
  }
  return [...pairs, ...old.map(placed => ({ base: placed })), ...now.map(placed => ({ head: placed }))];
}

function without<Item>(
  old: readonly Placed<Item>[],
  now: readonly Placed<Item>[],
  found: readonly Pair<Item>[],
): [readonly Placed<Item>[], readonly Placed<Item>[]] {
  const [before, after] = [
    new Set(found.map(({ base }) => base?.index)),
    new Set(found.map(({ head }) => head?.index)),
  ];
  return [old.filter(({ index }) => !before.has(index)), now.filter(({ index }) => !after.has(index))];
}

/** By name, those whose name no other has. */
function unique<Item>(
  list: readonly Placed<Item>[],
  name: (item: Item) => string | undefined,
): ReadonlyMap<string, Placed<Item>> {
  const groups = new Map<string, Placed<Item>[]>();
  for (const placed of list) {
    const key = name(placed.item);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), placed]);
  }
  return new Map(
    [...groups].flatMap(([key, [one, ...more]]) => (one && more.length === 0 ? [[key, one]] : [])),
  );
}
