// Sums that do not depend on the order in which rows come, so that no number of threads shows in a result: each is carried
// in two doubles, which together are exact far beyond the digits that are told.

/** A sum of doubles as high + low. */
export interface Sum {
  readonly high: number;
  readonly low: number;
}

/** Adds as it goes (D. Knuth's two-sum, TAOCP 2, 4.2.2); the rests are added up too. */
export function openSum() {
  let [high, low] = [0, 0];
  return {
    add(value: number): void {
      const sum = high + value;
      const part = sum - high;
      low += high - (sum - part) + (value - part);
      high = sum;
    },
    total: (): Sum => ({ high, low }),
  };
}

/** How many values, their mean, and the sum of their squared distances from it. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly squares: number;
}

/** The moments of both together (T. Chan, G. Golub and R. LeVeque, The American Statistician 37, 1983). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0 || b.n === 0) return a.n === 0 ? b : a;
  const n = a.n + b.n;
  const gap = b.mean - a.mean;
  return {
    n,
    mean: a.mean + (gap * b.n) / n,
    squares: a.squares + b.squares + gap * gap * ((a.n * b.n) / n),
  };
}
