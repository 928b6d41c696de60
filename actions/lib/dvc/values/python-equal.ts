// Equality as Python has it, which decides whether a parameter changed: 1, 1.0 and True are one value, NaN equals nothing.
import { isValueList, isValueMap, type Scalar, type Value, type ValueMap } from '#lib/dvc/values/value.ts';

/** True where Python's `==` is; sameValue also looks at types. */
export function pythonEqual(a: Value, b: Value): boolean {
  if (isValueList(a)) {
    return isValueList(b) && a.length === b.length && a.every((item, index) => equalItem(item, b[index]));
  }
  if (isValueMap(a)) return isValueMap(b) && a.size === b.size && [...a].every(entry => hasEntry(b, entry));
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are only ever loosely equal
  if (isNumeric(a)) return isNumeric(b) && toComparable(a) == toComparable(b);
  return a === b;
}

function equalItem(a: Value, b: Value | undefined): boolean {
  return b !== undefined && pythonEqual(a, b);
}

/** Keys are hashed in Python, where 1, 1.0 and True are the same key. */
function hasEntry(map: ValueMap, [key, value]: readonly [Scalar, Value]): boolean {
  const direct = map.get(key);
  if (direct !== undefined) return pythonEqual(value, direct);
  return (
    isNumeric(key) && [...map].some(([other, item]) => pythonEqual(key, other) && pythonEqual(value, item))
  );
}

function isNumeric(value: Value): value is bigint | number | boolean {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
}

/** JavaScript compares whole numbers and floats by their mathematical value, as Python does. */
function toComparable(value: bigint | number | boolean): bigint | number {
  return typeof value === 'boolean' ? BigInt(value) : value;
}
