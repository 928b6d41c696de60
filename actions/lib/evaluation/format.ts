// How numbers are written for people, in one place, so that a value reads the same in a gate, a table and a card.

const MINUS = '\u2212';
const NO_BREAK = '\u00a0';

/** A value with its unit; fractions with three decimals, amounts with four digits or so. `none` where undefined. */
export function formatNumber(value: number | null, unit = ''): string {
  if (value === null) return 'none';
  if (unit === 'count') return groupDigits(fixed(value, 0));
  if (bareUnit(unit) !== '') return fixed(value, 3);
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  const text = fixed(value, digits);
  return unit ? `${text}${NO_BREAK}${unit}` : text;
}

/** With a real minus sign, and without one on what rounds to zero. */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : '∞';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', MINUS);
}

/** `2.010 to 2.120`, without the unit; a dash where there is none. */
export function formatInterval(interval: readonly [number, number] | null, unit = ''): string {
  if (!interval) return '-';
  const bare = bareUnit(unit);
  return `${formatNumber(interval[0], bare)} to ${formatNumber(interval[1], bare)}`;
}

/** Keeps what decides the number of digits, drops what would be written behind the number. */
export function bareUnit(unit: string): string {
  return unit === 'fraction' || unit === 'nats' || unit === 'count' ? unit : '';
}

/** A difference with its sign. */
export function formatDifference(value: number, unit = ''): string {
  return `${value > 0 ? '+' : ''}${formatNumber(value, unit)}`;
}

/** A number as a person declared it: no digits added or dropped. */
export function formatDeclared(value: number, unit = ''): string {
  const text = String(value).replace('-', MINUS);
  return unit && bareUnit(unit) === '' ? `${text}${NO_BREAK}${unit}` : text;
}

/** `2 %` */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}${NO_BREAK}%`;
}

/** `1 row`, `10 012 rows`. */
export function count(n: number, noun: string): string {
  return `${groupDigits(String(n))}${NO_BREAK}${noun}${n === 1 ? '' : 's'}`;
}

/** `10 012` */
export function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A p-value; three decimals are all that anybody acts on. */
export function formatP(p: number): string {
  return p < 0.001 ? 'below 0.001' : p.toFixed(3);
}
