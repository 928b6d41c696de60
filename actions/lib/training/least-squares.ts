// Weighted ridge least squares on a design: linear regression is one such solution, logistic regression a few.
import { solvePositiveDefinite } from '#lib/training/cholesky.ts';
import type { Design } from '#lib/training/design.ts';

interface WeightedGoal {
  /** What the sum should be, per row. */
  readonly target: Float64Array;
  /** How much each row counts; all 1 when left out. */
  readonly weights?: Float64Array;
}

/**
 * Minimises sum of weight * (target - intercept - x w)^2 + lambda |w|^2; the intercept is not penalised.
 * @returns the intercept, then one weight per design column
 */
export function solveRidge(design: Design, { target, weights }: WeightedGoal, lambda: number): Float64Array {
  const size = design.width + 1;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  const line = new Float64Array(size).fill(1);
  for (let row = 0; row < target.length; row++) {
    line.set(design.cells.subarray(row * design.width, (row + 1) * design.width), 1);
    addRow(matrix, right, { line, target: target[row]!, weight: weights?.[row] ?? 1 });
  }
  for (let i = 1; i < size; i++) matrix[i * size + i]! += lambda;
  return solvePositiveDefinite(matrix, right);
}

function addRow(
  matrix: Float64Array,
  right: Float64Array,
  { line, target, weight }: { line: Float64Array; target: number; weight: number },
): void {
  const size = line.length;
  for (let i = 0; i < size; i++) {
    const weighed = weight * line[i]!;
    if (weighed === 0) continue;
    right[i]! += weighed * target;
    for (let j = 0; j <= i; j++) matrix[i * size + j]! += weighed * line[j]!;
  }
}

/** intercept + x w, per row. */
export function multiplyDesign(design: Design, solution: Float64Array): Float64Array {
  const { width, cells } = design;
  return Float64Array.from({ length: cells.length / width }, (_, row) => {
    let sum = solution[0]!;
    for (let column = 0; column < width; column++)
      sum += cells[row * width + column]! * solution[column + 1]!;
    return sum;
  });
}
