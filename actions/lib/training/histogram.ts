// Sums of gradients per feature and bin: all that a split needs to know about a node's rows.
import type { BinnedRows } from '#lib/training/bins.ts';
import type { Gradients } from '#lib/training/gradients.ts';

/** Numbers per cell: sum of first derivatives, of second derivatives, and the count of rows; all integers. */
export const CELL = 3;

/** Where each feature's cells begin, and how many numbers a histogram has. */
export interface HistogramLayout {
  readonly offsets: readonly number[];
  readonly length: number;
}

/** Every feature has one cell per bin and one for missing values. */
export function layOutHistogram({ bins }: BinnedRows): HistogramLayout {
  const offsets: number[] = [];
  let length = 0;
  for (const { thresholds } of bins) {
    offsets.push(length);
    length += CELL * (thresholds.length + 2);
  }
  return { offsets, length };
}

/** Sums the gradients of the given rows (a row may stand there more than once). */
export function buildHistogram(
  { columns }: BinnedRows,
  layout: HistogramLayout,
  { rows, gradients }: { rows: Uint32Array; gradients: Gradients },
): Float64Array {
  const histogram = new Float64Array(layout.length);
  const first = Int32Array.from(rows, row => gradients.first[row]!);
  const second = Int32Array.from(rows, row => gradients.second[row]!);
  columns.forEach((column, feature) => {
    const offset = layout.offsets[feature]!;
    for (let i = 0; i < rows.length; i++) {
      const cell = offset + CELL * column[rows[i]!]!;
      histogram[cell]! += first[i]!;
      histogram[cell + 1]! += second[i]!;
      histogram[cell + 2]! += 1;
    }
  });
  return histogram;
}

/** The sibling's histogram, exact because all numbers are integers; overwrites `parent`. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): Float64Array {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
  return parent;
}
