// What changed between two revisions' metrics or parameters, value by value, as DVC counts it.
import { compareText } from '#lib/documents/canonical.ts';
import { flattenMap } from '#lib/dvc/pipeline/arguments.ts';
import { parseJson } from '#lib/dvc/values/json-read.ts';
import { pythonEqual } from '#lib/dvc/values/python-equal.ts';
import { pythonRepr } from '#lib/dvc/values/python-text.ts';
import { isValueList, isValueMap, type Value, type ValueMap } from '#lib/dvc/values/value.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** Null on the side that does not have it; `diff` where both are numbers. */
export interface ValueChange {
  readonly old: Value;
  readonly new: Value;
  readonly diff?: bigint | number | undefined;
}

/** File, then dotted name, then change; sorted by code point. */
export type FilesDiff = ReadonlyMap<string, ReadonlyMap<string, ValueChange>>;

interface DiffOptions {
  /** True for values that are the same as well. */
  readonly withUnchanged?: boolean | undefined;
}

/** @param before by file; a file that could not be read is left out */
export function diffFiles(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
  { withUnchanged = false }: DiffOptions = {},
): FilesDiff {
  const files = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  const diffs = files.map(file => {
    const [old, now] = [before, after].map(side => parseText(listsAsText(side.get(file) ?? new Map())));
    return [file, diffFile(old ?? null, now ?? null, withUnchanged)] as const;
  });
  return new Map(diffs.filter(([, changes]) => changes.size > 0));
}

/** DVC compares lists by their text. */
function listsAsText(value: Value): Value {
  if (isValueList(value)) return pythonRepr(value);
  if (!isValueMap(value)) return value;
  return new Map([...value].map(([key, item]) => [key, listsAsText(item)]));
}

/** A file that is one text may be JSON. */
function parseText(value: Value): Value {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value, 'text');
  } catch (cause) {
    if (cause instanceof ConfigurationError) return value;
    throw cause;
  }
}

function diffFile(old: Value, now: Value, withUnchanged: boolean): ReadonlyMap<string, ValueChange> {
  if (!isValueMap(old) && !isValueMap(now)) {
    const change = diffValue(old, now, withUnchanged);
    return new Map(change ? [['', change]] : []);
  }
  const [before, after] = [flatten(old), flatten(now)];
  const names = [...new Set([...before.names.keys(), ...after.names.keys()])].sort(compareText);
  return new Map(
    names.flatMap(name => {
      const change = diffValue(before.get(name), after.get(name), withUnchanged);
      return change ? [[name, change] as const] : [];
    }),
  );
}

interface Flat {
  readonly names: ReadonlyMap<string, Value>;
  readonly get: (name: string) => Value;
}

function flatten(value: Value): Flat {
  const map: ValueMap = isValueMap(value) ? value : new Map();
  const names = new Map(flattenMap(map));
  const other = isValueMap(value) || !value ? null : 'unable to parse';
  return { names, get: name => names.get(name) ?? other };
}

function diffValue(old: Value, now: Value, withUnchanged: boolean): ValueChange | undefined {
  if (isValueList(old) && isValueList(now) && old.length === 1 && now.length === 1) {
    return diffValue(old[0] ?? null, now[0] ?? null, withUnchanged);
  }
  if (!withUnchanged && pythonEqual(old, now)) return undefined;
  const diff = isNumeric(old) && isNumeric(now) ? subtract(now, old) : undefined;
  return { old, new: now, ...(diff !== undefined && { diff }) };
}

function isNumeric(value: Value): value is bigint | number | boolean {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
}

function subtract(a: bigint | number | boolean, b: bigint | number | boolean): bigint | number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return BigInt(a) - BigInt(b);
}
