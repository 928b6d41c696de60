// Seeded random numbers from 32-bit integer arithmetic alone, so that a seed gives the same rows on every machine.
// The generator is sfc32 (Chris Doty-Humphrey, PractRand): small, fast, far better than needed; not for secrets.

/** A stream of random numbers; every call moves it on. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  next(): number;
  /** Uniform among 0, 1, ..., bound - 1, without bias; bound is a whole number from 1 to 2^32. */
  integer(bound: number): number;
}

const TWO_TO_32 = 0x1_0000_0000;
/** Rounds thrown away after seeding, so that near seeds give unrelated streams. */
const WARM_UP_ROUNDS = 20;

/**
 * A generator for this seed. Streams of one seed are independent of each other: give each tree or fold its own.
 * @param seed whole number from 0 to 2^53 - 1
 * @param stream whole number from 0 to 2^32 - 1
 */
export function createRandom(seed: number, stream = 0): Random {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`A seed is a whole number >= 0, not ${seed}`);
  const draw = createSfc32([stream | 0, seed | 0, Math.floor(seed / TWO_TO_32) | 0]);
  for (let round = 0; round < WARM_UP_ROUNDS; round++) draw();
  return {
    next: () => ((draw() >>> 5) * 0x400_0000 + (draw() >>> 6)) / 0x20_0000_0000_0000,
    integer: bound => drawBelow(draw, bound),
  };
}

function createSfc32(state: readonly [number, number, number]): () => number {
  let [a, b, c] = state;
  let counter = 1;
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
}

/** Draws again above the largest multiple of the bound: the remainder would favour small numbers. */
function drawBelow(draw: () => number, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > TWO_TO_32) {
    throw new RangeError(`A bound is a whole number from 1 to 2^32, not ${bound}`);
  }
  const limit = TWO_TO_32 - (TWO_TO_32 % bound);
  let value = draw();
  while (value >= limit) value = draw();
  return value % bound;
}

/** The numbers 0 ... count - 1 in random order (Fisher and Yates). */
export function shuffledRows(count: number, random: Random): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = rows[last] ?? 0;
    rows[last] = rows[other] ?? 0;
    rows[other] = kept;
  }
  return rows;
}

/** `count` draws with replacement from 0 ... count - 1, in the order drawn. */
export function bootstrapRows(count: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: count }, () => random.integer(count));
}

/** `size` different numbers out of 0 ... count - 1, ascending; all of them when size >= count. */
export function sampleRows(count: number, size: number, random: Random): Uint32Array {
  return shuffledRows(count, random).subarray(0, Math.max(0, size)).slice().sort();
}
