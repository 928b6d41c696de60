// YAML as a tree that remembers where everything stands: mistakes are told at their line and column, and templates are
// filled in without losing the place that they were written at.
import type { Scalar, Value, ValueMap } from '#lib/dvc/values/value.ts';

/** `at` is the offset in the text, in UTF-16 units. */
export type YamlNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly at: number;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly at: number;
}

export interface MapNode {
  readonly kind: 'map';
  /** In the order of the file; no key twice. */
  readonly members: readonly Member[];
  readonly at: number;
}

export interface Member {
  readonly key: Scalar;
  readonly keyAt: number;
  readonly value: YamlNode;
}

/** The value alone, without places. */
export function plainOf(node: YamlNode): Value {
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'list' ? node.items.map(plainOf) : mapOf(node);
}

function mapOf({ members }: MapNode): ValueMap {
  const map = new Map<Scalar, Value>();
  for (const { key, value } of members) map.set(key, plainOf(value));
  return map;
}

/** The member with this key. */
export function memberOf(node: YamlNode | undefined, key: Scalar): Member | undefined {
  return node?.kind === 'map' ? node.members.find(member => member.key === key) : undefined;
}

/** Finds line and column of an offset; both count from 1. */
export function createLocator(text: string): (offset: number) => { line: number; column: number } {
  let starts: readonly number[] | undefined;
  let last = 0;
  return offset => {
    starts ??= lineStarts(text);
    // Most places are asked for from top to bottom.
    if (!isOnLine(starts, last, offset)) {
      last = isOnLine(starts, last + 1, offset) ? last + 1 : findLine(starts, offset);
    }
    return { line: last + 1, column: offset - (starts[last] ?? 0) + 1 };
  };
}

function isOnLine(starts: readonly number[], line: number, offset: number): boolean {
  const [start, next] = [starts[line], starts[line + 1]];
  return start !== undefined && start <= offset && (next === undefined || offset < next);
}

function findLine(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
