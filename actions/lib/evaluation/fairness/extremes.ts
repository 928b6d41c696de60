// The groups that lie farthest apart, with an interval that is honest about having looked for them. The largest of several
// noisy differences is too large, and drawing rows again makes it larger still: where groups are alike, a percentile
// interval of max - min never holds 0. So every pair gets limits that hold for all pairs at once, and the interval goes
// from the largest lower limit to the largest upper one. It is a little wide for many groups: about 3 % at ten.
import type { Estimate } from '#lib/evaluation/fairness/estimate.ts';
import { exp, log } from '#lib/stats/elementary.ts';
import type { Interval } from '#lib/stats/interval.ts';

/** Estimates by the name of their group, in a fixed order. */
export type ByGroup = ReadonlyMap<string, Estimate>;

/** How far apart, between whom. */
export interface Extreme {
  readonly value: number;
  /** Covers the true value in at least 95 of 100 cases, also where all groups are alike. */
  readonly interval: Interval;
  /** The group with the lowest value and the one with the highest; one alone where groups are held against the truth. */
  readonly groups: readonly string[];
  /** Rows behind the values of these groups. */
  readonly n: number;
}

/** What each of `looks` intervals must hold for all to hold together (Z. Sidak, JASA 62, 1967, for dependent ones too). */
function confidenceOfEach(looks: number): number {
  return exp(log(0.95) / looks);
}

interface Limited {
  readonly name: string;
  readonly value: number;
  readonly n: number;
  readonly lower: number;
  readonly upper: number;
}

function limited(estimates: ByGroup, confidence: number): readonly Limited[] {
  return [...estimates].map(([name, { value, n, limits }]) => {
    const [lower, upper] = limits(confidence);
    return { name, value, n, lower, upper };
  });
}

function pairsOf(estimates: ByGroup): number {
  return (estimates.size * (estimates.size - 1)) / 2;
}

/** Undefined for fewer than two groups; equal values go to the first name. */
function endsOf(groups: readonly Limited[]): readonly [low: Limited, high: Limited] | undefined {
  const [first, ...rest] = groups;
  if (!first || rest.length === 0) return undefined;
  const low = rest.reduce((lowest, one) => (one.value < lowest.value ? one : lowest), first);
  const others = groups.filter(one => one !== low);
  const high = others.reduce((highest, one) => (one.value > highest.value ? one : highest));
  return [low, high];
}

/**
 * The largest value minus the smallest. Each pair has the limits of G. Zou and A. Donner (Statistics in Medicine 27,
 * 2008), which for shares are Newcombe's.
 * @param others pairs of another comparison that must hold together with these
 */
export function widestDifference(estimates: ByGroup, others = 0): Extreme | undefined {
  const groups = limited(estimates, confidenceOfEach(Math.max(1, pairsOf(estimates) + others)));
  const ends = endsOf(groups);
  if (!ends) return undefined;
  let [lower, upper] = [0, 0];
  for (const high of groups) {
    for (const low of groups) {
      if (low === high) continue;
      const difference = high.value - low.value;
      const below = rootOfSquares(high.value - high.lower, low.upper - low.value);
      const above = rootOfSquares(high.upper - high.value, low.value - low.lower);
      lower = Math.max(lower, difference - below);
      upper = Math.max(upper, difference + above);
    }
  }
  return extremeOf(ends, ends[1].value - ends[0].value, [lower, upper]);
}

function rootOfSquares(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}

/** The larger of two such differences, with limits that hold for both at once. */
export function widerDifference(first: ByGroup, second: ByGroup): Extreme | undefined {
  const [one, other] = [widestDifference(first, pairsOf(second)), widestDifference(second, pairsOf(first))];
  if (!one || !other) return undefined;
  const wider = one.value >= other.value ? one : other;
  const interval: Interval = [
    Math.max(one.interval[0], other.interval[0]),
    Math.max(one.interval[1], other.interval[1]),
  ];
  return { ...wider, interval };
}

/**
 * The smallest value over the largest, 0 to 1, for values that cannot be negative. Each pair has the limits of A. Donner
 * and G. Zou (Statistics in Medicine 31, 2012). Undefined too where the largest is 0.
 */
export function smallestRatio(estimates: ByGroup): Extreme | undefined {
  const groups = limited(estimates, confidenceOfEach(Math.max(1, pairsOf(estimates))));
  const ends = endsOf(groups);
  if (!ends || ends[1].value === 0) return undefined;
  let [lower, upper] = [1, 1];
  for (const top of groups) {
    for (const bottom of groups) {
      if (top === bottom) continue;
      const [low, high] = ratioLimits(top, bottom);
      lower = Math.min(lower, low);
      upper = Math.min(upper, high);
    }
  }
  return extremeOf(ends, ends[0].value / ends[1].value, [lower, upper]);
}

/** Written so that nothing is divided by 0: with nothing above there is nothing below, with nothing below no limit. */
function ratioLimits(top: Limited, bottom: Limited): Interval {
  const product = top.value * bottom.value;
  const root = (a: number, b: number): number =>
    Math.sqrt(Math.max(0, (top.value * b) ** 2 + (bottom.value * a) ** 2 - (a * b) ** 2));
  const below = product + root(top.value - top.lower, bottom.upper - bottom.value);
  const above = product + root(top.upper - top.value, bottom.value - bottom.lower);
  const least = bottom.lower * (2 * bottom.value - bottom.lower);
  return [
    below > 0 ? (top.lower * (2 * top.value - top.lower)) / below : 0,
    least > 0 ? above / least : Number.POSITIVE_INFINITY,
  ];
}

/** The value farthest from 0, without its sign. */
export function farthestFromZero(estimates: ByGroup): Extreme | undefined {
  const groups = limited(estimates, confidenceOfEach(Math.max(1, estimates.size)));
  const [first, ...rest] = groups;
  if (!first || rest.length === 0) return undefined;
  const far = rest.reduce((best, one) => (Math.abs(one.value) > Math.abs(best.value) ? one : best), first);
  const interval: Interval = [
    Math.max(0, ...groups.map(({ lower, upper }) => Math.max(lower, -upper))),
    Math.max(...groups.map(({ lower, upper }) => Math.max(upper, -lower))),
  ];
  return { value: Math.abs(far.value), interval, groups: [far.name], n: far.n };
}

function extremeOf([low, high]: readonly [Limited, Limited], value: number, interval: Interval): Extreme {
  return { value, interval, groups: [low.name, high.name], n: low.n + high.n };
}
