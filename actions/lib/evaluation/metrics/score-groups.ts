// Rows of equal score taken together: what all metrics of ranking are computed from.
import { type Ranked, rankScores } from '#lib/evaluation/order.ts';

/** How many rows of either class have each score, lowest score first. */
export interface Groups {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** Each row counted `counts[row]` times. */
export function groupCounts({ order, ends }: Ranked, truth: Float64Array, counts: Float64Array): Groups {
  const [positives, negatives] = [new Float64Array(ends.length), new Float64Array(ends.length)];
  let place = 0;
  for (let group = 0; group < ends.length; group++) {
    const end = ends[group] ?? 0;
    let [positive, negative] = [0, 0];
    for (; place < end; place++) {
      const row = order[place] ?? 0;
      if (truth[row] === 1) positive += counts[row] ?? 0;
      else negative += counts[row] ?? 0;
    }
    positives[group] = positive;
    negatives[group] = negative;
  }
  return { positives, negatives };
}

/** By the scores, for the truth they were last held against; all metrics ask for the same. */
const known = new WeakMap<Float64Array, Groups & { readonly truth: Float64Array }>();

/** Each row counted once. */
export function groupsOf(truth: Float64Array, scores: Float64Array): Groups {
  const found = known.get(scores);
  if (found?.truth === truth) return found;
  const groups = groupCounts(rankScores(scores), truth, new Float64Array(truth.length).fill(1));
  known.set(scores, { ...groups, truth });
  return groups;
}

/** A number per row from those of its group, one for positive rows and one for negative ones. */
export function spread(
  values: Groups,
  { truth, prediction }: { readonly truth: Float64Array; readonly prediction: Float64Array },
): Float64Array {
  const { order, ends } = rankScores(prediction);
  const rows = new Float64Array(truth.length);
  let place = 0;
  for (let group = 0; group < ends.length; group++) {
    const end = ends[group] ?? 0;
    for (; place < end; place++) {
      const row = order[place] ?? 0;
      rows[row] = (truth[row] === 1 ? values.positives[group] : values.negatives[group]) ?? Number.NaN;
    }
  }
  return rows;
}
