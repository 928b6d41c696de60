// The values that templates are filled in with. Each remembers the file it came from: that is how a redefinition can be
// explained, and how `params diff` knows which values a stage used.
import type { Scalar, Value } from '#lib/dvc/values/value.ts';
import { isValueList, isValueMap } from '#lib/dvc/values/value.ts';

export interface Origin {
  /** Absolute path of a parameters file; undefined for `vars` written out and for `item` and `key`. */
  readonly file: string | undefined;
  /** How people name it: a path or `vars[0]`. */
  readonly source: string;
  /** Dotted, from the top of the file. */
  readonly path: string;
}

export type ContextValue = ContextLeaf | ContextList | ContextMap;
export type ContextMembers = ReadonlyMap<string, ContextValue>;

interface ContextLeaf {
  readonly kind: 'leaf';
  readonly value: Scalar;
  readonly origin?: Origin | undefined;
}

interface ContextList {
  readonly kind: 'list';
  readonly items: readonly ContextValue[];
  readonly origin?: Origin | undefined;
}

export interface ContextMap {
  readonly kind: 'map';
  readonly members: ContextMembers;
  readonly origin?: Origin | undefined;
}

/** A value with its origin; keys that are no text cannot be named by a template and are left out, as DVC does. */
export function toContext(value: Value, origin?: Origin): ContextValue {
  if (isValueList(value)) {
    const items = value.map((item, index) => toContext(item, below(origin, String(index))));
    return { kind: 'list', items, origin };
  }
  if (!isValueMap(value)) return { kind: 'leaf', value, origin };
  const members = new Map<string, ContextValue>();
  for (const [key, item] of value) {
    if (typeof key === 'string') members.set(key, toContext(item, below(origin, key)));
  }
  return { kind: 'map', members, origin };
}

function below(origin: Origin | undefined, key: string): Origin | undefined {
  return origin && { ...origin, path: origin.path === '' ? key : `${origin.path}.${key}` };
}

/** The plain value. */
export function fromContext(context: ContextValue): Value {
  if (context.kind === 'leaf') return context.value;
  if (context.kind === 'list') return context.items.map(fromContext);
  return new Map([...context.members].map(([key, item]) => [key, fromContext(item)]));
}

/** Follows a path; undefined when it leads nowhere. Lists count from their end with negative numbers, as Python does. */
export function selectValue(members: ContextMembers, path: readonly string[]): ContextValue | undefined {
  let here: ContextValue | undefined = { kind: 'map', members };
  for (const part of path) {
    if (here?.kind === 'map') here = here.members.get(part);
    else if (here?.kind === 'list') here = /^[-+]?\d+$/.test(part) ? here.items.at(Number(part)) : undefined;
    else return undefined;
  }
  return here;
}

/** Dotted names of everything there is, to find the nearest one. */
export function contextNames(members: ContextMembers, prefix = ''): readonly string[] {
  return [...members].flatMap(([key, value]) => [
    prefix + key,
    ...(value.kind === 'map' ? contextNames(value.members, `${prefix}${key}.`) : []),
  ]);
}

/** Both are defined: what to say where. */
export interface MergeConflict {
  readonly path: string;
  readonly existing: ContextValue;
}

/** Maps merge key by key; anything else may be defined once only. */
export function mergeContext(
  into: ContextMembers,
  update: ContextMembers,
  prefix = '',
): ContextMembers | MergeConflict {
  const merged = new Map(into);
  for (const [key, value] of update) {
    const existing = merged.get(key);
    if (existing === undefined) merged.set(key, value);
    else if (existing.kind !== 'map' || value.kind !== 'map') return { path: prefix + key, existing };
    else {
      const members = mergeContext(existing.members, value.members, `${prefix}${key}.`);
      if (!isMembers(members)) return members;
      merged.set(key, { ...existing, members });
    }
  }
  return merged;
}

export function isMembers(merged: ContextMembers | MergeConflict): merged is ContextMembers {
  return merged instanceof Map;
}
