// The hypergeometric distribution: what a 2 x 2 table looks like when its margins are given.
import { binomialMass } from '#lib/stats/special/gamma.ts';

/** `draws` out of `total` of which `marked` are marked: whole numbers, draws and marked <= total. */
export interface Urn {
  readonly total: number;
  readonly marked: number;
  readonly draws: number;
}

/** The least and the greatest possible number of marked ones among the draws. */
export function hypergeometricRange({ total, marked, draws }: Urn): readonly [number, number] {
  return [Math.max(0, draws + marked - total), Math.min(draws, marked)];
}

/** P(X = k) as a quotient of binomial masses (Loader 2000, section 5), relative error about 1e-14; 0 out of range. */
export function hypergeometricPmf(k: number, urn: Urn): number {
  const [least, most] = hypergeometricRange(urn);
  if (!Number.isInteger(k) || k < least || k > most) return 0;
  const { total, marked, draws } = urn;
  if (draws === 0 || draws === total || marked === 0 || marked === total) return 1;
  const share = [draws / total, (total - draws) / total] as const;
  const inside = binomialMass(k, marked, share) * binomialMass(draws - k, total - marked, share);
  return inside / binomialMass(draws, total, share);
}

/**
 * P(X >= k) for `step` 1, P(X <= k) for `step` -1: the masses from k outwards by their ratio until they count no more,
 * or 1 minus the other tail where k lies before the mode. Relative error about 1e-13.
 */
export function hypergeometricTail(k: number, step: 1 | -1, urn: Urn): number {
  const [least, most] = hypergeometricRange(urn);
  if (step === 1 ? k <= least : k >= most) return 1;
  if (step === 1 ? k > most : k < least) return 0;
  const mode = Math.floor(((urn.draws + 1) * (urn.marked + 1)) / (urn.total + 2));
  if (step === 1 ? k <= mode : k > mode) return 1 - outwards(k - step, step === 1 ? -1 : 1, urn);
  return outwards(k, step, urn);
}

/** The sum from k to the end that lies in the direction of the step. */
function outwards(k: number, step: 1 | -1, urn: Urn): number {
  const { total, marked, draws } = urn;
  const others = total - marked - draws;
  let mass = hypergeometricPmf(k, urn);
  let sum = mass;
  for (let x = k; mass > sum * 1e-18; x += step) {
    mass *=
      step === 1
        ? ((marked - x) / (x + 1)) * ((draws - x) / (others + x + 1))
        : (x / (marked - x + 1)) * ((others + x) / (draws - x + 1));
    sum += mass;
  }
  return Math.min(1, sum);
}
