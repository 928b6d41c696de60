// Group-sequential bounds: a few planned looks and a known largest sample. More power than always-valid tests, and none
// of their freedom.

import { normalPdf, normalSf, normalUpperQuantile } from '#lib/stats/distributions/normal.ts';
import { log } from '#lib/stats/elementary.ts';
import { requireShare } from '#lib/stats/special/require.ts';

/** How the error rate is spent: little at first (O'Brien and Fleming) or evenly (Pocock). */
export type Spending = 'obrien-fleming' | 'pocock';

/**
 * The error spent up to a share t of the information (K. Lan and D. DeMets, Biometrika 70, 1983):
 * 2 - 2 Phi(z_(alpha/2) / sqrt(t)), or alpha ln(1 + (e - 1) t). All of it from t = 1 on, none at 0.
 * @throws RangeError for t < 0 or alpha outside (0, 1)
 */
export function spentError(spending: Spending, t: number, alpha = 0.05): number {
  requireShare(alpha, 'An error rate');
  if (!(t >= 0)) throw new RangeError(`A share of information is >= 0, not ${t}`);
  if (t >= 1) return alpha;
  if (t === 0) return 0;
  if (spending === 'pocock') return alpha * log(1 + (Math.E - 1) * t);
  return 2 * normalSf(normalUpperQuantile(alpha / 2) / Math.sqrt(t));
}

/** A plan of looks. */
export interface Looks {
  /** Rising shares of the largest sample, each in (0, 1] */
  readonly fractions: readonly number[];
  readonly spending?: Spending;
  readonly alpha?: number;
  readonly isTwoSided?: boolean;
}

/** A density on a grid of scores, with Simpson's weights in it. */
interface Grid {
  readonly scores: readonly number[];
  readonly masses: readonly number[];
}

const GRID_STEPS = 400;
/** Scores farther out have no mass left. */
const WIDEST = 8.5;

/**
 * The z that each look has to pass, upper side; two-sided plans spend alpha/2 on either and ignore that both could be
 * passed (P. Armitage, C. McPherson, B. Rowe, J. Royal Stat. Soc. A 132, 1969; C. Jennison and B. Turnbull, Group
 * Sequential Methods, 2000, chapter 19). Within 1e-6.
 * @throws RangeError for fractions that do not rise within (0, 1]
 */
export function groupSequentialBounds({
  fractions,
  spending = 'obrien-fleming',
  alpha = 0.05,
  isTwoSided = true,
}: Looks): readonly number[] {
  fractions.forEach((t, look) => {
    if (!(t > (fractions[look - 1] ?? 0) && t <= 1)) throw new RangeError('Looks rise within (0, 1]');
  });
  const sides = isTwoSided ? 2 : 1;
  const bounds: number[] = [];
  let grid: Grid = { scores: [0], masses: [1] };
  fractions.forEach((t, look) => {
    const before = fractions[look - 1] ?? 0;
    const spend = (share: number) => spentError(spending, share, alpha) / sides;
    const root = Math.sqrt(t - before);
    const target = spend(t) - spend(before);
    const bound = boundOf(grid, root, target);
    const lowest = isTwoSided ? -bound : -WIDEST * Math.sqrt(t);
    bounds.push(bound / Math.sqrt(t));
    grid = nextGrid(grid, root, [lowest, bound]);
  });
  return bounds;
}

/** The score that is passed with the target probability, from all scores where the test still went on. */
function boundOf({ scores, masses }: Grid, root: number, target: number): number {
  const passed = (bound: number) =>
    scores.reduce((sum, score, at) => sum + (masses[at] ?? 0) * normalSf((bound - score) / root), 0);
  let [low, high] = [-2 * WIDEST, 2 * WIDEST];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (passed(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The density of the score after this look, within the bounds, by Simpson's rule. */
function nextGrid({ scores, masses }: Grid, root: number, [low, high]: readonly [number, number]): Grid {
  const step = (high - low) / GRID_STEPS;
  const next = Array.from({ length: GRID_STEPS + 1 }, (_, at) => low + at * step);
  const weight = (at: number) => (at === 0 || at === GRID_STEPS ? 1 : at % 2 === 0 ? 2 : 4) * (step / 3);
  const density = (to: number) =>
    scores.reduce((sum, from, at) => sum + (masses[at] ?? 0) * normalPdf((to - from) / root), 0) / root;
  return { scores: next, masses: next.map((to, at) => density(to) * weight(at)) };
}
