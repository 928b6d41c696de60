// Numbers to at most 255 bins per feature: trees then compare small integers and sum histograms.
// Borders are float32, the type of the exported graph's inputs, so that trainer and graph send every row the same way.

/** Bin of missing values; present ones have 1 ... thresholds.length + 1. */
export const MISSING_BIN = 0;
/** Above every present value: a split here parts present from missing. */
const LARGEST_FLOAT = 3.4028234663852886e38;

/** One feature's bins: bin b holds values above thresholds[b - 2] up to and including thresholds[b - 1]. */
export interface Bins {
  readonly thresholds: Float32Array;
}

/** All training rows, column by column, as bin numbers. */
export interface BinnedRows {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
  readonly bins: readonly Bins[];
}

/** Bins every column on its own values; `maxBins` from 2 to 255. */
export function binRows(columns: readonly Float32Array[], maxBins: number): BinnedRows {
  const bins = columns.map(values => learnBins(values, maxBins));
  return {
    rows: columns[0]?.length ?? 0,
    bins,
    columns: columns.map((values, i) => assignBins(values, bins[i]?.thresholds ?? new Float32Array())),
  };
}

/** The border that a split after this bin compares with. */
export function upperBorder({ thresholds }: Bins, bin: number): number {
  return thresholds[bin - 1] ?? LARGEST_FLOAT;
}

/** One bin per distinct value when they are few, else bins of about equally many rows. */
export function learnBins(values: Float32Array, maxBins: number): Bins {
  const sorted = values.filter(value => !Number.isNaN(value)).sort();
  const ends = distinctEnds(sorted);
  const borders = ends.length <= maxBins ? ends.slice(0, -1) : evenEnds(ends, maxBins);
  return { thresholds: Float32Array.from(borders, end => between(sorted[end - 1] ?? 0, sorted[end] ?? 0)) };
}

/** Where each run of equal values ends (exclusive) in the sorted values. */
function distinctEnds(sorted: Float32Array): readonly number[] {
  const ends: number[] = [];
  for (let i = 1; i <= sorted.length; i++) if (sorted[i] !== sorted[i - 1]) ends.push(i);
  return ends;
}

/** Cuts whenever a bin holds its fair share of the rows that are left, so that heavy values do not starve the rest. */
function evenEnds(ends: readonly number[], maxBins: number): readonly number[] {
  const total = ends.at(-1) ?? 0;
  const chosen: number[] = [];
  let start = 0;
  for (const end of ends.slice(0, -1)) {
    const binsLeft = maxBins - chosen.length;
    if (binsLeft > 1 && end - start >= (total - start) / binsLeft) {
      chosen.push(end);
      start = end;
    }
  }
  return chosen;
}

/** A float32 border with low <= border < high. */
function between(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle < high ? middle : low;
}

function assignBins(values: Float32Array, thresholds: Float32Array): Uint8Array {
  return Uint8Array.from(values, value =>
    Number.isNaN(value) ? MISSING_BIN : 1 + countBelow(thresholds, value),
  );
}

/** How many thresholds lie below the value (binary search). */
function countBelow(thresholds: Float32Array, value: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((thresholds[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
