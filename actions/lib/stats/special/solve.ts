// Finds where a monotone function of a positive number crosses a value: quantiles and sample sizes need no more.
import { exp, log } from '#lib/stats/elementary.ts';

/** Logarithms of the smallest and largest double. */
const LOG_MIN = -744.4;
const LOG_MAX = 709.7;

/**
 * The x > 0 with value(x) = target, for a monotone positive `value`, by inverse quadratic interpolation inside a bracket
 * (T. Chandrupatla, Adv. Eng. Softw. 28, 1997) of log value over log x, where tails are nearly straight.
 * Accurate to about 1e-14 of x where the function is.
 * @param largest upper end of the domain
 * @returns 0 or `largest` when the target lies beyond
 */
export function solvePositive(
  value: (x: number) => number,
  target: number,
  largest = Number.MAX_VALUE,
): number {
  const top = Math.min(log(largest), LOG_MAX);
  const gap = (u: number) => {
    const found = value(u === top ? largest : exp(u));
    return found === 0 ? Number.NEGATIVE_INFINITY : log(found / target);
  };
  const [bottomGap, topGap] = [gap(LOG_MIN), gap(top)];
  if (topGap === 0) return largest;
  if (bottomGap > 0 === topGap > 0) return Math.abs(bottomGap) < Math.abs(topGap) ? 0 : largest;
  return exp(chandrupatla(gap, [LOG_MIN, bottomGap], [top, topGap]));
}

type Point = readonly [u: number, gap: number];

function chandrupatla(gap: (u: number) => number, low: Point, high: Point): number {
  let [a, b, c] = [low, high, low];
  let share = 0.5;
  for (;;) {
    const u = a[0] + share * (b[0] - a[0]);
    const at: Point = [u, gap(u)];
    if (at[1] === 0) return u;
    if (at[1] > 0 === a[1] > 0) c = a;
    else [c, b] = [b, a];
    a = at;
    const [best] = Math.abs(a[1]) < Math.abs(b[1]) ? a : b;
    const least = (2.3e-16 * Math.max(1, Math.abs(best))) / Math.abs(b[0] - a[0]);
    if (!(least < 0.5)) return best;
    share = Math.min(1 - least, Math.max(least, nextShare(a, b, c)));
  }
}

/** Where to look next, as a share of the way from a to b: interpolated when that is safe, else half. */
function nextShare([ua, fa]: Point, [ub, fb]: Point, [uc, fc]: Point): number {
  const xi = (ua - ub) / (uc - ub);
  const phi = (fa - fb) / (fc - fb);
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5;
  const bend = ((uc - ua) / (ub - ua)) * (fa / (fc - fa)) * (fb / (fc - fb));
  const share = (fa / (fb - fa)) * (fc / (fb - fc)) + bend;
  return Number.isFinite(share) ? share : 0.5;
}
