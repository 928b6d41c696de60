// Rows in the order of their scores: sorted once, shared by everything that ranks the same scores. A million doubles are
// sorted by their bits in a tenth of the time that comparisons take.

export interface Ranked {
  /** Rows by score, lowest first; equal scores by row. */
  readonly order: Uint32Array;
  /** Where each group of equal scores ends in the order. */
  readonly ends: Uint32Array;
}

/** By the array itself, which nobody changes; gone with it. */
const known = new WeakMap<Float64Array, Ranked>();

/** Ranks the scores; NaN comes last. */
export function rankScores(scores: Float64Array): Ranked {
  const found = known.get(scores);
  if (found) return found;
  const order = ascending(scores);
  const ends: number[] = [];
  for (let place = 1; place <= order.length; place++) {
    if (place === order.length || scores[order[place] ?? 0] !== scores[order[place - 1] ?? 0]) {
      ends.push(place);
    }
  }
  const ranked = { order, ends: Uint32Array.from(ends) };
  known.set(scores, ranked);
  return ranked;
}

/** Fewer values are sorted faster by comparing them. */
const FEW = 2000;

/** The places of the values, smallest value first, equal values in their order; NaN comes last. */
export function ascending(values: Float64Array): Uint32Array {
  const places = new Uint32Array(values.length);
  for (let place = 0; place < places.length; place++) places[place] = place;
  if (values.length >= FEW) return sortByBits(values, places);
  return places.sort((a, b) => compareNumbers(values[a] ?? 0, values[b] ?? 0) || a - b);
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

const DIGITS = 65_536;

/** Sixteen bits at a time from the lowest, each pass stable; a pass in which all digits are equal is left out. */
function sortByBits(values: Float64Array, places: Uint32Array): Uint32Array {
  const keys = sortableBits(values);
  let from = places;
  let to: Uint32Array = new Uint32Array(places.length);
  for (const { words, shift } of [
    { words: keys.low, shift: 0 },
    { words: keys.low, shift: 16 },
    { words: keys.high, shift: 0 },
    { words: keys.high, shift: 16 },
  ]) {
    const starts = new Uint32Array(DIGITS);
    for (let i = 0; i < words.length; i++) starts[((words[i] ?? 0) >>> shift) & 0xffff]!++;
    if (starts.includes(words.length)) continue;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = starts[digit] ?? 0;
      starts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) {
      const place = from[i] ?? 0;
      to[starts[((words[place] ?? 0) >>> shift) & 0xffff]!++] = place;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The order of these 64-bit words is that of the numbers: of negative ones all bits turned, of others the sign only. */
function sortableBits(values: Float64Array): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const one = new Float64Array(1);
  const words = new Uint32Array(one.buffer);
  const isLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
  const [lowAt, highAt] = isLittle ? [0, 1] : [1, 0];
  const [high, low] = [new Uint32Array(values.length), new Uint32Array(values.length)];
  for (let i = 0; i < values.length; i++) {
    // Adding 0 gives both zeros the same bits, as they compare equal; there is one NaN.
    const value = (values[i] ?? 0) + 0;
    one[0] = value;
    const [upper, lower] = Number.isNaN(value) ? [0x7fffffff, 0] : [words[highAt] ?? 0, words[lowAt] ?? 0];
    const isNegative = upper >>> 31 === 1;
    high[i] = isNegative ? ~upper : upper | 0x80000000;
    low[i] = isNegative ? ~lower : lower;
  }
  return { high, low };
}
