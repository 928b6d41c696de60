// The trivial model every model must beat: the mean, or the share of positives, of the training rows.

/** The one answer the trivial model gives; 0 without rows. */
export function trivialPrediction(trainingTarget: Float64Array): number {
  if (trainingTarget.length === 0) return 0;
  return trainingTarget.reduce((sum, value) => sum + value, 0) / trainingTarget.length;
}
