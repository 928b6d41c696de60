// Some of the rows of a sample, with everything that stands beside them.
import type { BusinessValues, Classes, Sample } from '#lib/evaluation/metric.ts';

/** The sample of some rows, in their order. */
export function selectSample(sample: Sample, rows: ArrayLike<number>): Sample {
  const { classes, business } = sample;
  return {
    ...sample,
    truth: pick(sample.truth, rows),
    prediction: pick(sample.prediction, rows),
    ...(classes ? { classes: { ...classes, probabilities: pickLines(classes, rows) } } : {}),
    ...(business ? { business: pickBusiness(business, rows) } : {}),
  };
}

/** The values of some rows; NaN for one that is not there. */
export function pick(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let place = 0; place < picked.length; place++) {
    picked[place] = values[rows[place] ?? -1] ?? Number.NaN;
  }
  return picked;
}

function pickBusiness(
  business: ReadonlyMap<string, BusinessValues>,
  rows: ArrayLike<number>,
): ReadonlyMap<string, BusinessValues> {
  return new Map(
    [...business].map(([name, { value, per }]) => [
      name,
      { value: pick(value, rows), per: per && pick(per, rows) },
    ]),
  );
}

function pickLines({ names, probabilities }: Classes, rows: ArrayLike<number>): Float64Array {
  const width = names.length;
  const picked = new Float64Array(rows.length * width);
  for (let place = 0; place < rows.length; place++) {
    const start = (rows[place] ?? 0) * width;
    picked.set(probabilities.subarray(start, start + width), place * width);
  }
  return picked;
}
