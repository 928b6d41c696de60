// The confusion matrix: how often each answer met each truth.
import { z } from 'zod';
import type { MetricTask, Sample } from '#lib/evaluation/metric.ts';

export const confusionSchema = z.strictObject({
  /** Binary: the positive word, then what stands for all others. */
  labels: z.array(z.string()).readonly(),
  /** cells[truth][answer], in the order of the labels. */
  cells: z.array(z.array(z.number()).readonly()).readonly(),
});

export type ConfusionTable = Readonly<z.output<typeof confusionSchema>>;

/** Null for amounts. `positive` is the word of a binary target. */
export function confusionTable(
  sample: Sample,
  task: MetricTask,
  positive = 'positive',
): ConfusionTable | null {
  if (task === 'regression') return null;
  const { truth, prediction, threshold, classes } = sample;
  const labels = classes?.names ?? [positive, `not ${positive}`];
  const cells = labels.map(() => labels.map(() => 0));
  const place = (isPositive: boolean): number => (isPositive ? 0 : 1);
  for (let row = 0; row < truth.length; row++) {
    const [actual, answer] = [truth[row] ?? 0, prediction[row] ?? 0];
    const line = cells[classes ? actual : place(actual === 1)];
    const column = classes ? answer : place(answer >= threshold);
    if (line) line[column] = (line[column] ?? 0) + 1;
  }
  return { labels, cells };
}
