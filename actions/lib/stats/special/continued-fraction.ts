// One evaluation of continued fractions for gamma, beta and the normal tail.

const TINY = 1e-300;
const MAX_STEPS = 10_000_000;

/**
 * b0 + a1/(b1 + a2/(b2 + ...)) by the modified Lentz algorithm (Thompson and Barnett, J. Comput. Phys. 64, 1986).
 * @param part the n-th [a, b], n = 1, 2, ...
 * @throws RangeError when ten million steps do not settle it
 */
export function lentz(b0: number, part: (n: number) => readonly [number, number]): number {
  let value = b0 === 0 ? TINY : b0;
  let c = value;
  let d = 0;
  for (let n = 1; n <= MAX_STEPS; n++) {
    const [a, b] = part(n);
    d = b + a * d;
    if (Math.abs(d) < TINY) d = TINY;
    d = 1 / d;
    c = b + a / c;
    if (Math.abs(c) < TINY) c = TINY;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) <= Number.EPSILON) return value;
  }
  throw new RangeError('The continued fraction did not settle: the arguments are too large');
}
