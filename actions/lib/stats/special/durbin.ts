// The exact distribution of the Kolmogorov-Smirnov statistic as a power of a small matrix (J. Durbin 1968, in the form of
// G. Marsaglia, W. W. Tsang and J. Wang, "Evaluating Kolmogorov's Distribution", J. Stat. Softw. 8(18), 2003).
// Its time grows with the cube of n d, so it serves small samples and small distances.
import { exp, log } from '#lib/stats/elementary.ts';
import { poissonMass } from '#lib/stats/special/gamma.ts';

/** A square matrix row by row, times 2^exponent. */
interface Scaled {
  readonly cells: Float64Array;
  readonly exponent: number;
}

const SCALE_BITS = 128;
const SCALE = 2 ** SCALE_BITS;

/** P(D <= d) for a sample of n, d > 1/(2n). */
export function durbinCdf(d: number, n: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  const { cells, exponent } = power(stepMatrix(size, k - n * d), n, size);
  const middle = cells[(k - 1) * size + k - 1] ?? 0;
  // n! / n^n = e^-n over the Poisson mass of n at mean n.
  return exp(log(middle) + exponent * Math.LN2 - n) / poissonMass(n, n);
}

/** The paper's matrix H: inverse factorials below and on the first upper diagonal, corrected at its left and bottom. */
function stepMatrix(size: number, h: number): Scaled {
  const inverse = [1];
  const powers = [1];
  for (let i = 1; i <= size; i++) {
    inverse.push((inverse[i - 1] ?? 0) / i);
    powers.push((powers[i - 1] ?? 0) * h);
  }
  const edge = (i: number) => (1 - (powers[i] ?? 0)) * (inverse[i] ?? 0);
  const cells = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      cells[row * size + column] = inverse[row - column + 1] ?? 0;
    }
  }
  for (let row = 0; row < size; row++) {
    cells[row * size] = edge(row + 1);
    cells[(size - 1) * size + row] = edge(size - row);
  }
  let both = 1;
  for (let i = 0; i < size; i++) both *= Math.max(0, 2 * h - 1);
  cells[(size - 1) * size] = (1 - 2 * (powers[size] ?? 0) + both) * (inverse[size] ?? 0);
  return { cells, exponent: 0 };
}

function power(base: Scaled, exponent: number, size: number): Scaled {
  if (exponent === 1) return base;
  const half = power(base, Math.floor(exponent / 2), size);
  const square = product(half, half, size);
  return exponent % 2 === 0 ? square : product(square, base, size);
}

function product(left: Scaled, right: Scaled, size: number): Scaled {
  const cells = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < size; inner++) {
      const factor = left.cells[row * size + inner] ?? 0;
      for (let column = 0; column < size; column++) {
        const at = row * size + column;
        cells[at] = (cells[at] ?? 0) + factor * (right.cells[inner * size + column] ?? 0);
      }
    }
  }
  const exponent = left.exponent + right.exponent;
  const isLarge = (cells[(size >> 1) * size + (size >> 1)] ?? 0) > SCALE;
  return isLarge
    ? { cells: cells.map(cell => cell / SCALE), exponent: exponent + SCALE_BITS }
    : { cells, exponent };
}
