// Loss gradients as fixed-point integers: integer sums do not depend on the order of adding, so histograms may be
// subtracted and rows visited in any order without moving a bit. The price is a resolution of 2^-23 of the largest.

/** Per row, as whole numbers; the real value is the integer times its unit, a power of two. */
export interface Gradients {
  readonly first: Int32Array;
  readonly firstUnit: number;
  readonly second: Int32Array;
  readonly secondUnit: number;
}

/** Sums of 2^29 rows of this size still fit into the 53 bits of a double. */
const LARGEST_INTEGER = 0x100_0000;
/** Hessians of the logistic loss are at most 1/4, gradients at most 1. */
const PROBABILITY_UNIT = 1 / LARGEST_INTEGER;

/** Squared loss: the gradient is the prediction minus the target, the second derivative 1. */
export function squaredLossGradients(target: Float64Array, predicted: Float64Array): Gradients {
  const residuals = target.map((value, row) => predicted[row]! - value);
  const unit = fittingUnit(residuals);
  return {
    first: Int32Array.from(residuals, residual => Math.round(residual / unit)),
    firstUnit: unit,
    second: new Int32Array(target.length).fill(1),
    secondUnit: 1,
  };
}

/** Logistic loss with 0/1 targets, at these probabilities. */
export function logisticLossGradients(target: Float64Array, probability: Float64Array): Gradients {
  return {
    first: Int32Array.from(target, (value, row) =>
      Math.round((probability[row]! - value) / PROBABILITY_UNIT),
    ),
    firstUnit: PROBABILITY_UNIT,
    second: Int32Array.from(probability, p => Math.max(1, Math.round((p * (1 - p)) / PROBABILITY_UNIT))),
    secondUnit: PROBABILITY_UNIT,
  };
}

/** The smallest power of two with which no value exceeds the largest integer. */
function fittingUnit(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 1;
  let unit = 1;
  while (largest / unit > LARGEST_INTEGER) unit *= 2;
  while (largest / unit <= LARGEST_INTEGER / 2) unit /= 2;
  return unit;
}
