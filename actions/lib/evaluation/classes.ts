// Answers among several classes: the most probable one of each row, and how sure of it the model says it is.
import { ConfigurationError } from '#lib/errors.ts';
import type { Classes, Sample } from '#lib/evaluation/metric.ts';

/** 32-bit probabilities of a hundred classes do not sum to exactly 1. */
const SUM_TOLERANCE = 1e-3;

/**
 * The class with the highest probability of each row, the first among equals.
 * @throws ConfigurationError when a row holds no probabilities, such as margins or logarithms
 */
export function mostProbable({ names, probabilities }: Classes): Float64Array {
  const width = names.length;
  return new Float64Array(probabilities.length / width).map((_, row) => {
    let [best, most, sum] = [0, Number.NEGATIVE_INFINITY, 0];
    for (let k = 0; k < width; k++) {
      const p = probabilities[row * width + k] ?? Number.NaN;
      sum += p;
      if (!(p >= -SUM_TOLERANCE)) throw noProbabilities(row, `${p} for "${names[k]}"`);
      if (p > most) [best, most] = [k, p];
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) throw noProbabilities(row, `numbers that sum to ${sum}`);
    return best;
  });
}

function noProbabilities(row: number, found: string): ConfigurationError {
  return new ConfigurationError(`The model's output holds no probabilities: row ${row + 1} has ${found}`, {
    remedy: 'Export probabilities that sum to 1 in every row, not margins, votes or logarithms.',
  });
}

/** Yes or no instead of several classes: 1 where the answer is right, beside the probability that the model gave it. */
export function topLabel({ truth, prediction, classes, ...rest }: Sample): Sample {
  const width = classes?.names.length ?? 1;
  return {
    ...rest,
    truth: truth.map((one, row) => (one === prediction[row] ? 1 : 0)),
    prediction: prediction.map((best, row) => classes?.probabilities[row * width + best] ?? Number.NaN),
  };
}

/** Yes or no instead of several classes: is it this one, beside its probability. */
export function oneAgainstRest({ truth, classes, ...rest }: Sample, index: number): Sample {
  const width = classes?.names.length ?? 1;
  return {
    ...rest,
    truth: truth.map(one => (one === index ? 1 : 0)),
    prediction: truth.map((_, row) => classes?.probabilities[row * width + index] ?? Number.NaN),
  };
}

/**
 * The same probabilities with the classes in another order.
 * @throws ConfigurationError when they are other classes
 */
export function orderClasses({ names, probabilities }: Classes, wanted: readonly string[]): Classes {
  const places = wanted.map(name => names.indexOf(name));
  if (names.length !== wanted.length || places.includes(-1)) {
    throw new ConfigurationError(
      `The model answers with the classes ${names.join(', ') || 'none'}; expected were ${wanted.join(', ')}`,
      { remedy: 'Models can be compared where they tell the same classes apart.' },
    );
  }
  const width = wanted.length;
  const ordered = probabilities.map((_, index) => {
    const place = places[index % width] ?? 0;
    return probabilities[index - (index % width) + place] ?? Number.NaN;
  });
  return { names: wanted, probabilities: ordered };
}
