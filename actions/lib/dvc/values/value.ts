// Parameter values with the types Python sees. DVC writes and hashes `2` and `2.0` differently, and JavaScript cannot
// tell them apart: whole numbers are bigint here and only floats are number.

export type Scalar = string | bigint | number | boolean | null;
export type Value = Scalar | readonly Value[] | ValueMap;
/** Keys keep the order of the file. */
export type ValueMap = ReadonlyMap<Scalar, Value>;

export function isValueMap(value: Value | undefined): value is ValueMap {
  return value instanceof Map;
}

export function isValueList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Equal in type and content; the order of a map's keys does not matter, and NaN equals itself. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (isValueList(a) && isValueList(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (isValueMap(a) && isValueMap(b)) {
    return a.size === b.size && [...a].every(([key, item]) => b.has(key) && sameValue(item, b.get(key)));
  }
  return Object.is(a, b);
}

/** Digits after which Python changes from 123.0 to 1.23e+02 notation. */
const PLAIN_EXPONENT = { least: -4, below: 16 };

/**
 * A float as Python's repr writes it: shortest digits that read back the same, at least one decimal, an exponent of
 * two digits or more. Not for infinities and NaN, which YAML and JSON spell differently.
 */
export function formatFloat(value: number): string {
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < PLAIN_EXPONENT.least || exponent >= PLAIN_EXPONENT.below) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
