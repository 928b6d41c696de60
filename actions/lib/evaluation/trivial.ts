// The trivial model every model must beat: the mean, or the shares of the answers, of the training rows.

/** The one answer the trivial model gives; 0 without rows. */
export function trivialPrediction(trainingTarget: Float64Array): number {
  if (trainingTarget.length === 0) return 0;
  return trainingTarget.reduce((sum, value) => sum + value, 0) / trainingTarget.length;
}

/** The probabilities that the trivial model gives every row: each class's share of the training rows. */
export function trivialShares(trainingTarget: Float64Array, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  for (const one of trainingTarget) shares[one] = (shares[one] ?? 0) + 1;
  return shares.map(times => times / Math.max(1, trainingTarget.length));
}
