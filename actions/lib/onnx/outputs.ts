// Which of a model's outputs is the answer. Exporters disagree on names and shapes; what is unclear is refused.
import { ConfigurationError } from '#lib/errors.ts';
import type { Interface, InterfaceEntry } from '#lib/onnx/scorer.ts';

/** What scikit-learn's, XGBoost's, LightGBM's and our exporters call the answer. */
const KNOWN_NAMES = ['probabilities', 'output_probability', 'prediction', 'variable'];

/**
 * The output that holds the predicted value [N,1] or [N], or the classes' probabilities [N,2].
 * @throws ConfigurationError when there is none, or several without a known name
 */
export function pickOutput({ outputs }: Interface): InterfaceEntry {
  const floats = outputs.filter(({ type }) => type === 'float' || type === 'float64');
  const answer = floats.length === 1 ? floats[0] : floats.find(({ name }) => KNOWN_NAMES.includes(name));
  if (answer) return answer;
  const found = outputs.map(({ name, type }) => `${name} (${type})`).join(', ');
  throw new ConfigurationError(`The model has no output that could be the answer; it has: ${found}`, {
    remedy:
      'Export one float output "prediction" [N, 1] or "probabilities" [N, 2]; with skl2onnx pass options={"zipmap": False}.',
  });
}

/**
 * One answer per row: the value itself, or the second of two class probabilities.
 * @throws ConfigurationError when the output does not hold one or two numbers per row
 */
export function readScores(values: ArrayLike<number>, rows: number): Float64Array {
  const width = values.length / rows;
  if (width !== 1 && width !== 2) {
    throw new ConfigurationError(
      `The model gives ${values.length} numbers for ${rows} rows, one or two per row were expected`,
      {
        remedy: 'Models answer with one value, or with the probabilities of two classes.',
      },
    );
  }
  // A plain loop: mapping costs as much as a fiftieth of the model's own work.
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row++) scores[row] = values[row * width + width - 1] ?? Number.NaN;
  return scores;
}

/**
 * The probabilities of every class, row after row.
 * @throws ConfigurationError when the output does not hold one number per class
 */
export function readClasses(values: ArrayLike<number>, rows: number, classes: number): Float64Array {
  if (values.length !== rows * classes) {
    const width = Number((values.length / rows).toPrecision(3));
    throw new ConfigurationError(
      `The model gives ${width} ${width === 1 ? 'number' : 'numbers'} a row, and model.yaml names ${classes} classes`,
      {
        remedy:
          'Write spec.classes in the order of the model\'s output "probabilities" [N, classes], or export that output.',
      },
    );
  }
  return Float64Array.from(values);
}
