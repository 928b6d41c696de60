// JSON exactly as Python's json.dumps(value, sort_keys=True) writes it: DVC hashes these bytes.

import { compareText } from '#lib/documents/canonical.ts';
import { formatFloat, isValueList, isValueMap, type Scalar, type Value } from '#lib/dvc/values/value.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** `, ` and `: ` between parts, everything outside ASCII escaped, keys sorted by code point or as numbers. */
export function pythonJson(value: Value): string {
  return writeJson(value, true);
}

/** The same with keys in their own order, as DVC prints what it found. */
export function pythonJsonInOrder(value: Value): string {
  return writeJson(value, false);
}

function writeJson(value: Value, isSorted: boolean): string {
  if (isValueList(value)) return `[${value.map(item => writeJson(item, isSorted)).join(', ')}]`;
  if (isValueMap(value)) {
    const members = isSorted ? [...value].sort(([a], [b]) => compareKeys(a, b)) : [...value];
    const texts = members.map(([key, item]) => `${quote(keyText(key))}: ${writeJson(item, isSorted)}`);
    return `{${texts.join(', ')}}`;
  }
  return typeof value === 'string' ? quote(value) : plain(value);
}

function plain(value: Exclude<Scalar, string>): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return formatFloat(value);
}

function keyText(key: Scalar): string {
  return typeof key === 'string' ? key : plain(key);
}

function compareKeys(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : Number(a > b);
  throw new ConfigurationError(`The keys ${keyText(a)} and ${keyText(b)} of one map have different types`, {
    remedy: 'Make all keys of the map text (in quotes), or all numbers.',
  });
}

function isNumeric(key: Scalar): key is bigint | number | boolean {
  return key !== null && typeof key !== 'string';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Characters outside the basic plane become two escapes, one per UTF-16 unit. */
function quote(text: string): string {
  const escaped = text.replace(
    /["\\]|[^ -~]/g,
    unit => ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
