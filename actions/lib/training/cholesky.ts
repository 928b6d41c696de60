// Solves symmetric positive definite systems, the heart of both linear trainers. + - * / and sqrt only: exact rules.

/**
 * Solves A x = b by Cholesky's decomposition (Golub and Van Loan, Matrix Computations, algorithm 4.2.1).
 * @param matrix A row by row, size n * n; only its lower triangle is read, and overwritten
 * @throws RangeError when A is not positive definite
 */
export function solvePositiveDefinite(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  decompose(matrix, n);
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= matrix[i * n + k]! * x[k]!;
    x[i] = sum / matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k++) sum -= matrix[k * n + i]! * x[k]!;
    x[i] = sum / matrix[i * n + i]!;
  }
  return x;
}

/** Replaces the lower triangle by L with L L' = A. */
function decompose(matrix: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      if (i > j) {
        matrix[i * n + j] = sum / matrix[j * n + j]!;
      } else if (sum > 0) {
        matrix[j * n + j] = Math.sqrt(sum);
      } else {
        throw new RangeError('The matrix is not positive definite');
      }
    }
  }
}
