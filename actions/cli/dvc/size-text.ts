// Bytes for people, in powers of 1024 as DVC shows them: 999, 1.21k, 3.5M.

const UNITS = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'];
const BASE = 1024;

/** Three digits that count. */
export function sizeText(bytes: number): string {
  if (bytes < BASE) return String(bytes);
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= BASE;
    unit += 1;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)}${UNITS[unit]}`;
}
