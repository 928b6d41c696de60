// Rows drawn again in an order that their content decides: the same rows in another order give the same interval. Rows that are
// equal in everything that is measured may trade places.
import type { Measure, Sample } from '#lib/evaluation/metric.ts';
import { ascending } from '#lib/evaluation/order.ts';
import { bootstrap } from '#lib/stats/bootstrap.ts';

/** At most so many rows times resamples are drawn. */
const MOST_DRAWN = 2e8;
const FEWEST_DRAWS = 200;

/**
 * Seeded replicates of measures that take counts by row of the samples.
 * @param samples of the same rows
 * @param resamples fewer are drawn where there are very many rows
 */
export function redraw(
  samples: readonly Sample[],
  measures: readonly Measure[],
  resamples: number,
): readonly Float64Array[] {
  const [first] = samples;
  const n = first?.truth.length ?? 0;
  const order = orderByContent(samples);
  const counts = new Float64Array(n);
  const inPlace = (drawn: Float64Array): Float64Array => {
    for (let place = 0; place < n; place++) counts[order[place] ?? 0] = drawn[place] ?? 0;
    return counts;
  };
  let seen: Float64Array | undefined;
  const [head, ...rest] = measures;
  const statistics = head
    ? [
        (drawn: Float64Array): number => {
          seen = inPlace(drawn);
          return head(seen);
        },
        ...rest.map(measure => (): number => measure(seen ?? counts)),
      ]
    : [];
  const draws = Math.min(resamples, Math.max(FEWEST_DRAWS, Math.floor(MOST_DRAWN / n)));
  return bootstrap(n, statistics, { resamples: draws });
}

/** Stable sorts from the least key to the first: by prediction, then truth, then everything else that metrics read. */
function orderByContent(samples: readonly Sample[]): Uint32Array {
  const keys = samples.flatMap(({ prediction, truth, classes, business }) => [
    ...[prediction, truth],
    ...(classes ? columnsOf(classes) : []),
    ...[...(business?.values() ?? [])].flatMap(({ value, per }) => [value, ...(per ? [per] : [])]),
  ]);
  let order = Uint32Array.from(keys[0]?.keys() ?? []);
  for (const key of keys.toReversed()) {
    const sorted = ascending(Float64Array.from(order, row => key[row] ?? Number.NaN));
    order = Uint32Array.from(sorted, place => order[place] ?? 0);
  }
  return order;
}

function columnsOf({ names, probabilities }: NonNullable<Sample['classes']>): readonly Float64Array[] {
  const width = names.length;
  return names.map((_, column) =>
    Float64Array.from(
      { length: probabilities.length / width },
      (_row, row) => probabilities[row * width + column] ?? 0,
    ),
  );
}
