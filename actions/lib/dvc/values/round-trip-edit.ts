// Changes the tree that keeps comments as DVC does: what is equal stays with its layout, a changed value keeps its
// comment, a key that goes takes its comment along, and new keys come last.
import {
  NO_TRIVIA,
  type RoundItem,
  type RoundList,
  type RoundMap,
  type RoundNode,
  type RoundScalar,
} from '#lib/dvc/values/round-trip.ts';
import {
  isValueList,
  isValueMap,
  type Scalar,
  sameValue,
  type Value,
  type ValueMap,
} from '#lib/dvc/values/value.ts';

/** A part of a tree that goes in as it stands. */
export interface Kept {
  readonly kept: RoundNode;
}

export type NextValue = Scalar | Kept | readonly NextValue[] | NextMap;
export type NextMap = ReadonlyMap<Scalar, NextValue>;

/** The map with the members of `next`, in its own order where it has them already. */
export function changeMap(map: RoundMap, next: NextMap): RoundMap {
  const own = new Set(map.members.map(({ key }) => key));
  const stays = map.members.flatMap(member => {
    const value = next.get(member.key);
    return value === undefined ? [] : [{ ...member, value: changeNode(member.value, value) }];
  });
  const comes = [...next]
    .filter(([key]) => !own.has(key))
    .map(([key, value]) => ({ key, value: toRoundNode(value), below: NO_TRIVIA }));
  const members = [...stays, ...comes];
  return { ...map, members, flow: map.flow && (map.members.length > 0 || members.length === 0) };
}

function changeNode(node: RoundNode, next: NextValue): RoundNode {
  if (isKept(next)) return next.kept;
  if (node.kind === 'map' && isNextMap(next)) return changeMap(node, next);
  if (node.kind === 'list' && isNextList(next)) return changeList(node, next);
  if (node.kind === 'scalar' && isScalar(next)) {
    if (sameValue(node.value, next)) return node;
    return {
      kind: 'scalar',
      value: next,
      after: node.after,
      ...(node.block && blockOf(next, node.block.head)),
    };
  }
  return toRoundNode(next);
}

/** A text in `|` or `>` form stays in it; what ruamel would fold or has to mark is written as any other text. */
function blockOf(next: Scalar, head: string): Pick<RoundScalar, 'block'> {
  const isSimple = typeof next === 'string' && /^[^\s].*[^\s]$/u.test(next) && next.length < FOLD_WIDTH;
  if (!isSimple || !/^[|>][-+]?$/u.test(head)) return {};
  return { block: { head: `${head[0]}-`, lines: [next] } };
}

/** Longer lines may be folded. */
const FOLD_WIDTH = 70;

/** A list that grows or shrinks is written anew. */
function changeList(list: RoundList, next: readonly NextValue[]): RoundList {
  if (next.length !== list.items.length) {
    const items = next.map((value): RoundItem => ({ before: '', node: toRoundNode(value) }));
    return { ...list, items, flow: items.length === 0 };
  }
  return {
    ...list,
    items: list.items.map((item, index) => ({ ...item, node: changeNode(item.node, next[index] ?? null) })),
  };
}

/** A value as it is written where nothing stood. */
export function toRoundNode(value: NextValue): RoundNode {
  if (isKept(value)) return value.kept;
  if (isScalar(value)) return { kind: 'scalar', value, after: NO_TRIVIA };
  if (isNextMap(value)) {
    const members = [...value].map(([key, item]) => ({ key, value: toRoundNode(item), below: NO_TRIVIA }));
    return { kind: 'map', members, flow: members.length === 0, after: NO_TRIVIA };
  }
  const items = value.map((item): RoundItem => ({ before: '', node: toRoundNode(item) }));
  return { kind: 'list', items, flow: items.length === 0, after: NO_TRIVIA };
}

/** The values of a tree without their layout; a date or an alias is the text it is written as. */
export function roundValue(node: RoundNode): Value {
  if (node.kind === 'map') return roundMap(node);
  if (node.kind === 'list') return node.items.map(({ node: item }) => roundValue(item));
  return node.value;
}

export function roundMap({ members }: RoundMap): ValueMap {
  return new Map(members.map(({ key, value }) => [key, roundValue(value)]));
}

/** The value of a key. */
export function memberNode(map: RoundMap, key: Scalar): RoundNode | undefined {
  return map.members.find(member => member.key === key)?.value;
}

/** What is to be written as plain values, with kept parts as the values they hold. */
export function nextValue(value: NextValue): Value {
  if (isKept(value)) return roundValue(value.kept);
  if (isScalar(value)) return value;
  return isNextMap(value)
    ? new Map([...value].map(([key, item]) => [key, nextValue(item)]))
    : value.map(nextValue);
}

function isKept(value: NextValue): value is Kept {
  return typeof value === 'object' && value !== null && 'kept' in value;
}

function isScalar(value: NextValue): value is Scalar {
  return value === null || typeof value !== 'object';
}

function isNextMap(value: NextValue): value is NextMap {
  return isValueMap(value as Value);
}

function isNextList(value: NextValue): value is readonly NextValue[] {
  return isValueList(value as Value);
}
