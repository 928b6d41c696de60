// Bounds that the next file will not break without a reason: never the smallest and largest value seen, but where a kind of
// number ends by nature. Zero is such an end for counts, prices and durations, not for what also goes below.
const NATURAL: readonly {
  readonly words: RegExp;
  readonly low: number;
  readonly high: number;
  readonly as: string;
}[] = [
  { words: /^(lat|latitude|breitengrad)$/, low: -90, high: 90, as: 'degrees of latitude' },
  { words: /^(lon|lng|longitude|laengengrad)$/, low: -180, high: 180, as: 'degrees of longitude' },
  { words: /^(percent|percentage|pct|prozent|pourcentage|porcentaje)$/, low: 0, high: 100, as: 'percent' },
  { words: /^(share|fraction|proportion|probability|prob|anteil)$/, low: 0, high: 1, as: 'a share' },
  { words: /^(month|monat|mois|mes)$/, low: 1, high: 12, as: 'a month' },
  { words: /^(hour|stunde|heure|hora)$/, low: 0, high: 24, as: 'an hour of a day' },
];
/** Words of numbers that go below zero, though this file may not show it. */
const BELOW_ZERO =
  /^(temp|temperature|temperatur|celsius|fahrenheit|delta|change|diff|difference|balance|saldo|profit|margin|growth|return|score|x|y|z|offset|skew|log|residual|error|zscore|lat|latitude|lon|lng|longitude|altitude|elevation)$/;
/** A moment before this is mostly a way to write that none is known. */
export const EARLIEST = '1900-01-01';

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly as: string;
}

/** The bounds of a numeric column between whose ends all values lie; undefined where it has none. */
export function guessBounds(
  name: string,
  { low, high, isWhole }: { readonly low: number; readonly high: number; readonly isWhole: boolean },
): Bounds | undefined {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  const has = (form: RegExp) => words.some(word => form.test(word));
  const kind = NATURAL.find(one => has(one.words) && low >= one.low && high <= one.high);
  if (kind) return { minimum: kind.low, maximum: kind.high, as: kind.as };
  if (isWhole && low === 0 && high === 1) return { minimum: 0, maximum: 1, as: 'only 0 and 1' };
  return low >= 0 && !has(BELOW_ZERO) ? { minimum: 0, as: 'none is negative' } : undefined;
}
