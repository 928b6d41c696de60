// The model that is asked, whatever opens it: rows in, numbers out, and how the numbers become an answer. One shape for
// all tasks, so that every test of behaviour is written once.
import type { Table } from '#lib/tables/table.ts';

interface Regression {
  readonly task: 'regression';
  readonly unit?: string | undefined;
  /** Answers this near are as good as equal, in the unit of the target. */
  readonly tolerance?: number | undefined;
}

interface Binary {
  readonly task: 'binary-classification';
  /** Probability from which the answer is positive. */
  readonly threshold: number;
}

interface Multiclass {
  readonly task: 'multiclass-classification';
  /** In the order of the model's probabilities. */
  readonly classes: readonly string[];
}

/** How a model's numbers become its answer. */
export type Answering = Regression | Binary | Multiclass;

/** What the model says of one row: one number, or one probability per class. */
export type Output = ArrayLike<number>;

export type Subject = Answering & {
  /** @returns per row the predicted amount, the probability of the positive class, or those of all classes in turn. */
  readonly score: (rows: Table) => Promise<Float64Array>;
};

/** What was said of several rows. */
export interface Outputs {
  readonly values: Float64Array;
  /** Numbers per row. */
  readonly width: number;
}

/** Numbers per row of this model. */
export function widthOf(answering: Answering): number {
  return answering.task === 'multiclass-classification' ? answering.classes.length : 1;
}

/** Asks the model; an answer of another length than the rows need is our bug. */
export async function ask(subject: Subject, rows: Table): Promise<Outputs> {
  const width = widthOf(subject);
  const values = rows.rows === 0 ? new Float64Array() : await subject.score(rows);
  if (values.length !== rows.rows * width) {
    throw new Error(`${rows.rows} rows of ${width} numbers were asked for, ${values.length} numbers came`);
  }
  return { values, width };
}

/** The numbers of one row, not copied. */
export function outputOf({ values, width }: Outputs, row: number): Output {
  return values.subarray(row * width, (row + 1) * width);
}

/** False for a model that answers a row with what is no number. */
export function isAnswered(output: Output): boolean {
  return Array.from(output).every(Number.isFinite);
}

/** 1 or 0 (binary), the index of the most probable class, ties to the first (multiclass), the amount (regression). */
export function decisionOf(answering: Answering, output: Output): number {
  if (!isAnswered(output)) return Number.NaN;
  const first = output[0] ?? Number.NaN;
  if (answering.task === 'regression') return first;
  if (answering.task === 'binary-classification') return first >= answering.threshold ? 1 : 0;
  let best = 0;
  for (let index = 1; index < output.length; index++) {
    if ((output[index] ?? 0) > (output[best] ?? 0)) best = index;
  }
  return best;
}

/** Models compute in single precision: answers this near to each other are the same answer, computed twice. */
export function noiseOf(a: number, b: number): number {
  return 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** The same side or class; for amounts within the tolerance, or within the noise of computing where there is none. */
export function isSameAnswer(answering: Answering, before: Output, after: Output): boolean {
  const [a, b] = [decisionOf(answering, before), decisionOf(answering, after)];
  if (answering.task !== 'regression') return a === b;
  return Math.abs(a - b) <= (answering.tolerance ?? 0) + noiseOf(a, b);
}

/** The largest change of any of the numbers; NaN where one of them is none. */
export function distanceBetween(before: Output, after: Output): number {
  let largest = 0;
  for (let index = 0; index < before.length; index++) {
    const distance = Math.abs((after[index] ?? Number.NaN) - (before[index] ?? Number.NaN));
    if (Number.isNaN(distance)) return Number.NaN;
    largest = Math.max(largest, distance);
  }
  return largest;
}

/** Of the range of the training target. */
const SAME_AMOUNT = 0.01;

/** For amounts without a declared tolerance, 1 % of the range of the training target counts as the same answer. */
export function withTolerance(subject: Subject, targetRange: number): Subject {
  if (subject.task !== 'regression' || subject.tolerance !== undefined) return subject;
  return { ...subject, tolerance: targetRange * SAME_AMOUNT };
}
