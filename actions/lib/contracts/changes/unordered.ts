// Whether two parts of contracts say the same. Their lists have no order, but for the ends of a range and the columns of a
// foreign key.
import { canonicalJson, compareText } from '#lib/documents/canonical.ts';

const ORDERED: readonly string[] = ['mustBeBetween', 'mustNotBeBetween', 'from', 'to'];

/** Equal whatever the order of lists; what is missing equals null. */
export function isSame(from: unknown, to: unknown): boolean {
  return unorderedJson(from) === unorderedJson(to);
}

/** One text for all orders of a value's lists. */
export function unorderedJson(value: unknown): string {
  return canonicalJson(unordered(value) ?? null);
}

function unordered(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => unordered(item) ?? null);
    return ORDERED.includes(key)
      ? items
      : items.toSorted((a, b) => compareText(canonicalJson(a), canonicalJson(b)));
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unordered(item, name)]));
}
