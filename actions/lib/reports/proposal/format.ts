// How numbers are written in reports: as many digits as a reader can use, the unit beside them.

/** A value with its unit; fractions with three decimals, amounts with three significant digits or more. */
export function formatNumber(value: number | null, unit = ''): string {
  if (value === null) return 'undefined';
  if (unit === 'fraction' || unit === 'nats') return fixed(value, 3);
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  const text = fixed(value, digits);
  return unit ? `${text} ${unit}` : text;
}

/** Without the minus sign of what rounds to zero. */
function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** `2.01 to 2.12`; a dash where there is none. */
export function formatInterval(interval: readonly [number, number] | null, unit = ''): string {
  if (!interval) return '-';
  const bare = bareUnit(unit);
  return `${formatNumber(interval[0], bare)} to ${formatNumber(interval[1], bare)}`;
}

/** Keeps what decides the number of digits, drops what would be written behind the number. */
export function bareUnit(unit: string): string {
  return unit === 'fraction' || unit === 'nats' ? unit : '';
}

/** A difference with its sign. */
export function formatDifference(value: number, unit = ''): string {
  return `${value > 0 ? '+' : ''}${formatNumber(value, unit)}`;
}

/** `1 row`, `2 rows`. */
export function count(n: number, noun: string): string {
  const digits = String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return `${digits} ${noun}${n === 1 ? '' : 's'}`;
}
